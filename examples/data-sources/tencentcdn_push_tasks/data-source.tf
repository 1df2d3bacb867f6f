data "tencentcdn_push_tasks" "release" {
  task_id = "1533031853231313311"
}

# A URL can have several rows, so group them with `...`.
output "statuses_by_url" {
  value = { for row in data.tencentcdn_push_tasks.release.push_logs : row.url => row.status... }
}

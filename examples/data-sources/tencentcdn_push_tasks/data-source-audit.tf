data "tencentcdn_push_tasks" "november" {
  start_time = "2026-11-01 00:00:00" # UTC+8
  end_time   = "2026-11-30 23:59:59"
  keyword    = "www.example.com"
}

output "november" {
  value = data.tencentcdn_push_tasks.november.status_counts
}

output "november_failures" {
  value = [
    for row in data.tencentcdn_push_tasks.november.push_logs : row.url
    if contains(["fail", "invalid"], row.status)
  ]
}

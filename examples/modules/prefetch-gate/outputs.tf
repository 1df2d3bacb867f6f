output "status_counts" {
  description = "Number of URLs by status. Depend on any output to ship only when the gate is open."
  value       = data.tencentcdn_push_tasks.gate.status_counts
}

output "failures" {
  description = "URLs that were not prefetched although the gate is open: at most max_failures."
  value = [
    for row in data.tencentcdn_push_tasks.gate.push_logs : { url = row.url, status = row.status, task_id = row.task_id }
    if row.status != "done"
  ]
}

output "request_id" {
  description = "RequestId of the last answer, for a ticket."
  value       = data.tencentcdn_push_tasks.gate.request_id
}

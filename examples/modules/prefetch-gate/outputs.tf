output "status_counts" {
  description = "Number of rows by status, over all tasks. Depend on any output to ship only if the gate is open."
  value = {
    for status in distinct(flatten([for task in data.tencentcdn_push_tasks.gate : keys(task.status_counts)])) :
    status => sum([for task in data.tencentcdn_push_tasks.gate : lookup(task.status_counts, status, 0)])
  }
}

output "failures" {
  description = "Rows that were not prefetched although the gate is open: at most max_failures of each task."
  value = flatten([
    for task in data.tencentcdn_push_tasks.gate : [
      for row in task.push_logs : { url = row.url, area = row.area, status = row.status, task_id = row.task_id } if row.status != "done"
    ]
  ])
}

output "request_id" {
  description = "RequestId of the last response, for a support ticket. If there are several tasks, one for each."
  value       = join(", ", [for task in data.tencentcdn_push_tasks.gate : task.request_id])
}

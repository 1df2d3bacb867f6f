data "tencentcdn_push_tasks" "gate" {
  task_id    = var.task_id
  start_time = var.start_time
  keyword    = var.keyword
  area       = var.area

  wait_for_completion = true
  poll_interval       = var.poll_interval

  timeouts {
    read = var.timeout
  }

  lifecycle {
    postcondition {
      condition     = length(self.push_logs) > 0
      error_message = "The cache is not warm: there is no such task."
    }

    # Whatever is not done counts, so that a state unknown to this module keeps the gate shut.
    postcondition {
      condition     = length([for row in self.push_logs : row if row.status != "done"]) <= var.max_failures
      error_message = <<-EOT
        The cache is not warm: ${jsonencode(self.status_counts)}, and ${var.max_failures} may have failed.
        ${join("\n", [for row in self.push_logs : "${row.status}: ${row.url}" if row.status != "done"])}
      EOT
    }
  }
}

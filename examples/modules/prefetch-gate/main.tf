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
    # Whatever is not done counts as a failure, so that a status that this module does not know keeps the gate shut.
    # Counts rather than rows: Terraform's mocks leave a list of nested objects such as push_logs empty.
    postcondition {
      condition = self.status_counts["done"] > 0 && (
        sum(values(self.status_counts)) - self.status_counts["done"] <= var.max_failures
      )
      error_message = <<-EOT
        The cache is not warm: ${jsonencode(self.status_counts)}, and ${var.max_failures} may have failed.
        ${join("\n", [for row in self.push_logs : "${row.status}: ${row.url}" if row.status != "done"])}
      EOT
    }
  }
}

data "tencentcdn_push_tasks" "gate" {
  task_id             = "1533031853231313311"
  wait_for_completion = true

  timeouts {
    read = "30m"
  }

  lifecycle {
    postcondition {
      condition = self.passed
      error_message = (length(self.push_logs) == 0 ? "The cache is not warm: no push tasks are listed." :
      "The cache is not warm: ${jsonencode(self.status_counts)}.")
    }
  }
}

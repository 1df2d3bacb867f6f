terraform {
  required_version = ">= 1.10" # with OpenTofu, 1.11

  required_providers {
    tencentcdn = {
      source  = "tencentcdn/tencentcdn"
      version = "~> 0.1"
    }
  }
}

# Wait for all URLs of a task, each time that this is planned or applied, also from a saved plan.
ephemeral "tencentcdn_push_tasks" "launch" {
  task_id             = "1533031853231313311"
  wait_for_completion = true

  timeouts {
    open = "30m"
  }

  lifecycle {
    postcondition {
      condition     = self.passed
      error_message = "The cache is not warm."
    }
  }
}

# Created only when the gate is open.
resource "terraform_data" "release" {
  depends_on = [ephemeral.tencentcdn_push_tasks.launch]
}

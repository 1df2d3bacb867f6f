# A gate that is checked when the plan is applied, also a saved one, and keeps nothing in state or plan.

terraform {
  required_version = ">= 1.10" # ephemeral resources; with OpenTofu, 1.11

  required_providers {
    tencentcdn = {
      source  = "tencentcdn/tencentcdn"
      version = "~> 0.1"
    }
  }
}

provider "tencentcdn" {}

variable "task_id" {
  description = "Task ID that the submission returned."
  type        = string
}

# Read during plan, and again during apply.
ephemeral "tencentcdn_push_tasks" "launch" {
  task_id = var.task_id

  lifecycle {
    postcondition {
      condition     = self.passed
      error_message = "The cache is not warm." # must not quote ephemeral values
    }
  }
}

# Stands for whatever must not ship while the cache is cold. It is created only when the gate is open.
resource "terraform_data" "release" {
  depends_on = [ephemeral.tencentcdn_push_tasks.launch]
}

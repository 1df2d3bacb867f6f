# A gate that waits right before a release is created or updated, shows its progress, and does nothing at any other time.
# To wait without a release: terraform apply -invoke=action.tencentcdn_await_push_tasks.launch

terraform {
  required_version = ">= 1.14" # actions

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

variable "poll_interval" {
  description = "Time between two polls."
  type        = string
  default     = "10s"
}

variable "timeout" {
  description = "How long to wait."
  type        = string
  default     = "30m"
}

action "tencentcdn_await_push_tasks" "launch" {
  config {
    task_id       = var.task_id
    poll_interval = var.poll_interval

    timeouts {
      invoke = var.timeout
    }
  }
}

# Stands for whatever must not ship while the cache is cold. It changes only when all tasks are done.
resource "terraform_data" "release" {
  input = var.task_id

  lifecycle {
    action_trigger {
      events  = [before_create, before_update]
      actions = [action.tencentcdn_await_push_tasks.launch]
    }
  }
}

# Warns when a prefetch task is not done. Nothing is held up: a failed check, and even a failed read, is a warning.

terraform {
  required_version = ">= 1.5" # check

  required_providers {
    tencentcdn = {
      source = "tencentcdn/tencentcdn"
    }
  }
}

provider "tencentcdn" {}

variable "task_id" {
  description = "Task id that the submission answered."
  type        = string
}

check "cache_is_warm" {
  data "tencentcdn_push_tasks" "launch" {
    task_id = var.task_id
  }

  assert {
    condition     = data.tencentcdn_push_tasks.launch.all_done
    error_message = "The cache is not warm: ${jsonencode(data.tencentcdn_push_tasks.launch.status_counts)}."
  }
}

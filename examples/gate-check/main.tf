# Warns if a prefetch task is not done. Nothing is blocked: a failed check, and even a failed read, is a warning.

terraform {
  required_version = ">= 1.5" # check

  required_providers {
    tencentcdn = {
      source  = "tencentcdn/tencentcdn"
      version = "~> 0.1"
    }
  }
}

provider "tencentcdn" {}

variable "task_id" {
  description = "ID that the submission returned."
  type        = string
}

check "cache_is_warm" {
  data "tencentcdn_push_tasks" "launch" {
    task_id = var.task_id
  }

  assert {
    condition = data.tencentcdn_push_tasks.launch.passed
    error_message = (length(data.tencentcdn_push_tasks.launch.push_logs) == 0
      ? "The cache is not warm: no push tasks are listed for task ${var.task_id}."
      : "The cache is not warm: ${jsonencode(data.tencentcdn_push_tasks.launch.status_counts)}."
    )
  }
}

terraform {
  required_providers {
    tencentcdn = {
      source  = "tencentcdn/tencentcdn"
      version = "~> 0.1"
    }
  }
}

variable "task_id" {
  description = "ID of a task to look up."
  type        = string
}

data "tencentcdn_push_tasks" "example" {
  task_id = var.task_id
}

output "status_counts" {
  value = data.tencentcdn_push_tasks.example.status_counts
}

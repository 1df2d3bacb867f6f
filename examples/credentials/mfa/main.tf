terraform {
  required_providers {
    tencentcdn = {
      source  = "tencentcdn/tencentcdn"
      version = "~> 0.1"
    }
  }
}

variable "task_id" {
  description = "A task to look up, so that there is something to sign."
  type        = string
}

data "tencentcdn_push_tasks" "example" {
  task_id = var.task_id
}

output "status_counts" {
  value = data.tencentcdn_push_tasks.example.status_counts
}

# The plan fails unless every URL of a prefetch task is done.

terraform {
  required_version = ">= 1.4" # terraform_data; the postcondition alone needs 1.2

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

data "tencentcdn_push_tasks" "launch" {
  task_id = var.task_id

  lifecycle {
    postcondition {
      condition = self.passed
      error_message = (length(self.push_logs) == 0
        ? "The cache is not warm: no push tasks are listed for task ${var.task_id}."
        : join("\n", concat(
          ["The cache is not warm: ${jsonencode(self.status_counts)}."],
          [for row in self.push_logs : "${row.status}: ${row.url}" if row.status != "done"],
        ))
      )
    }
  }
}

# Stands for whatever must not ship while the cache is cold.
resource "terraform_data" "release" {
  depends_on = [data.tencentcdn_push_tasks.launch]
}

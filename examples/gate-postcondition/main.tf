# The plan fails unless every URL of a prefetch task is done.

terraform {
  required_version = ">= 1.4" # terraform_data; the postcondition alone needs 1.2

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

data "tencentcdn_push_tasks" "launch" {
  task_id = var.task_id

  lifecycle {
    postcondition {
      condition = self.all_done
      error_message = join("\n", concat(
        ["The cache is not warm: ${jsonencode(self.status_counts)}."],
        [for row in self.push_logs : "${row.status}: ${row.url}" if row.status != "done"],
      ))
    }
  }
}

# Stands for whatever must not ship while the cache is cold.
resource "terraform_data" "release" {
  depends_on = [data.tencentcdn_push_tasks.launch]
}

# One gate for each area. A submission names one area, so that warming several takes a task for each.

terraform {
  required_version = ">= 1.4" # terraform_data; the postcondition alone needs 1.2

  required_providers {
    tencentcdn = {
      source = "tencentcdn/tencentcdn"
    }
  }
}

provider "tencentcdn" {}

variable "task_ids" {
  description = "Task id by area: mainland, overseas or global."
  type        = map(string)
}

data "tencentcdn_push_tasks" "launch" {
  for_each = var.task_ids

  task_id = each.value
  area    = each.key

  lifecycle {
    postcondition {
      condition     = self.all_done
      error_message = "The cache is not warm in ${each.key}: ${jsonencode(self.status_counts)}."
    }
  }
}

# Stands for whatever must not ship while the cache is cold anywhere.
resource "terraform_data" "release" {
  depends_on = [data.tencentcdn_push_tasks.launch]
}

# One gate for each area. Prefetching into several areas takes one submission, and so one task ID, for each.

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

variable "task_ids" {
  description = "Task IDs, by a name for the area that the task was submitted for."
  type        = map(string)
}

# The task ID is enough. Do not add `area`: how the rows of a task for `global` name their area is not documented, so that
# a filter might leave them out.
data "tencentcdn_push_tasks" "launch" {
  for_each = var.task_ids

  task_id = each.value

  lifecycle {
    postcondition {
      condition = self.passed
      error_message = (length(self.push_logs) == 0
        ? "The cache is not warm in ${each.key}: no push tasks are listed for task ${each.value}."
        : "The cache is not warm in ${each.key}: ${jsonencode(self.status_counts)}."
      )
    }
  }
}

# Stands for whatever must not ship while the cache is cold in any of them.
resource "terraform_data" "release" {
  depends_on = [data.tencentcdn_push_tasks.launch]
}

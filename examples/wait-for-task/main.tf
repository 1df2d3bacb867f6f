# Waits for a task that another tool submitted, and continues only if every URL was prefetched.

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

variable "timeout" {
  description = "How long to wait. A prefetch takes 5 to 30 minutes."
  type        = string
  default     = "30m"
}

variable "poll_interval" {
  description = "Time between two polls."
  type        = string
  default     = "10s"
}

data "tencentcdn_push_tasks" "launch" {
  task_id             = var.task_id
  wait_for_completion = true
  poll_interval       = var.poll_interval

  timeouts {
    read = var.timeout
  }

  # The wait ends when every row has ended, including those that failed. The postcondition decides whether that is enough.
  lifecycle {
    postcondition {
      condition = self.passed
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

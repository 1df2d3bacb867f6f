# Waits for a task that another tool submitted, then lets the run go on only if all of it was prefetched.

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
  description = "Task id that the other tool was answered."
  type        = string
}

variable "timeout" {
  description = "How long to wait. A prefetch takes 5 to 30 minutes."
  type        = string
  default     = "30m"
}

variable "poll_interval" {
  description = "How long to pause between two looks."
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

  # The wait ends when nothing is in process any more, also if URLs failed. Whether that will do is said here.
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

# A gate whose result a CI system can read: `terraform test -junit-xml=report.xml`, or the checks in `terraform show -json`.

terraform {
  required_version = ">= 1.5" # check; the test needs 1.6, and its JUnit report 1.11

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

data "tencentcdn_push_tasks" "launch" {
  task_id             = var.task_id
  wait_for_completion = true

  timeouts {
    read = var.timeout
  }
}

check "cache_is_warm" {
  assert {
    condition = data.tencentcdn_push_tasks.launch.passed
    error_message = join("\n", concat(
      ["The cache is not warm: ${jsonencode(data.tencentcdn_push_tasks.launch.status_counts)}."],
      [for row in data.tencentcdn_push_tasks.launch.push_logs : "${row.status}: ${row.url}" if row.status != "done"],
    ))
  }
}

# The task ID is known only during apply, so the data source is read, and the gate evaluated, during apply.

terraform {
  required_version = ">= 1.4" # terraform_data

  required_providers {
    tencentcdn = {
      source  = "tencentcdn/tencentcdn"
      version = "~> 0.1"
    }
  }
}

provider "tencentcdn" {}

variable "task_id" {
  description = "ID that the submission returns."
  type        = string
}

# Stands for the resource that submits the task. Its output is unknown until it is created.
resource "terraform_data" "submission" {
  input = var.task_id
}

data "tencentcdn_push_tasks" "launch" {
  task_id = terraform_data.submission.output

  lifecycle {
    postcondition {
      condition     = self.passed
      error_message = length(self.push_logs) == 0 ? "The cache is not warm: no push tasks are listed." : "The cache is not warm: ${jsonencode(self.status_counts)}."
    }
  }
}

# Stands for whatever must not ship while the cache is cold. It is created only if the gate is open.
resource "terraform_data" "release" {
  depends_on = [data.tencentcdn_push_tasks.launch]
}

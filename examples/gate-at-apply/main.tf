# The task id is known only during the run, so the read, and the gate, come at apply.

terraform {
  required_version = ">= 1.4" # terraform_data

  required_providers {
    tencentcdn = {
      source = "tencentcdn/tencentcdn"
    }
  }
}

provider "tencentcdn" {}

variable "task_id" {
  description = "Task id that the submission answers."
  type        = string
}

# Stands for the resource that submits the task. Its output is unknown until it has been created.
resource "terraform_data" "submission" {
  input = var.task_id
}

data "tencentcdn_push_tasks" "launch" {
  task_id = terraform_data.submission.output

  lifecycle {
    postcondition {
      condition     = self.all_done
      error_message = "The cache is not warm: ${jsonencode(self.status_counts)}."
    }
  }
}

# Stands for whatever must not ship while the cache is cold. It is created only when the gate is open.
resource "terraform_data" "release" {
  depends_on = [data.tencentcdn_push_tasks.launch]
}

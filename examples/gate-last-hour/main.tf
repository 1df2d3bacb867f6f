# Every prefetch task of the last hour for one domain must be done. There must be one.

terraform {
  required_version = ">= 1.5" # plantimestamp()

  required_providers {
    tencentcdn = {
      source = "tencentcdn/tencentcdn"
    }
  }
}

provider "tencentcdn" {}

variable "domain" {
  description = "Domain whose tasks count."
  type        = string
}

data "tencentcdn_push_tasks" "last_hour" {
  start_time = timeadd(plantimestamp(), "-1h")
  keyword    = var.domain

  lifecycle {
    postcondition {
      condition     = length(self.push_logs) > 0
      error_message = "The cache is not warm: nothing was submitted for ${var.domain} in the last hour."
    }

    postcondition {
      condition     = self.all_done || length(self.push_logs) == 0
      error_message = "The cache is not warm: ${jsonencode(self.status_counts)}."
    }
  }
}

# Stands for whatever must not ship while the cache is cold.
resource "terraform_data" "release" {
  depends_on = [data.tencentcdn_push_tasks.last_hour]
}

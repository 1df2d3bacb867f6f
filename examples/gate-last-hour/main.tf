# Every prefetch task of the last hour for one domain must be done, and there must be at least one.

terraform {
  required_version = ">= 1.5" # plantimestamp()

  required_providers {
    tencentcdn = {
      source  = "tencentcdn/tencentcdn"
      version = "~> 0.1"
    }
  }
}

provider "tencentcdn" {}

variable "domain" {
  description = "Domain whose tasks must be done."
  type        = string
}

data "tencentcdn_push_tasks" "last_hour" {
  start_time = timeadd(plantimestamp(), "-1h")
  keyword    = var.domain

  lifecycle {
    postcondition {
      condition = self.passed
      error_message = (length(self.push_logs) == 0
        ? "The cache is not warm: no push tasks are listed for ${var.domain} in the last hour."
        : "The cache is not warm: ${jsonencode(self.status_counts)}."
      )
    }
  }
}

# Stands for whatever must not ship while the cache is cold.
resource "terraform_data" "release" {
  depends_on = [data.tencentcdn_push_tasks.last_hour]
}

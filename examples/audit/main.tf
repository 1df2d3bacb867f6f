# The prefetch tasks of the last month as a page to look at:
#
#   terraform apply
#   terraform output -raw report > report.html

terraform {
  required_version = ">= 1.5" # plantimestamp()

  required_providers {
    tencentcdn = {
      source = "tencentcdn/tencentcdn"
    }
  }
}

provider "tencentcdn" {}

variable "days" {
  description = "Days to report on, today included. The service forgets tasks after about 30."
  type        = number
  default     = 30

  validation {
    condition     = var.days >= 1 && var.days <= 31 && floor(var.days) == var.days
    error_message = "days must be a whole number from 1 to 31."
  }
}

variable "domain" {
  description = "Domain whose tasks count; all domains if null."
  type        = string
  default     = null
}

variable "max_listed" {
  description = "How many failures the page lists at most. It says how many it leaves out."
  type        = number
  default     = 1000
}

locals {
  # Now, as a clock in the service's zone shows it. The zone that is written behind it must be ignored.
  now  = timeadd(plantimestamp(), "8h")
  days = [for i in range(var.days) : formatdate("YYYY-MM-DD", timeadd(local.now, "-${24 * (var.days - 1 - i)}h"))]

  start_time = "${local.days[0]} 00:00:00"
  end_time   = formatdate("YYYY-MM-DD hh:mm:ss", local.now)
}

data "tencentcdn_push_tasks" "window" {
  start_time = local.start_time
  end_time   = local.end_time
  keyword    = var.domain
}

output "status_counts" {
  description = "Number of URLs by status."
  value       = data.tencentcdn_push_tasks.window.status_counts
}

output "report" {
  description = "The page, in HTML."
  value       = local.report
  sensitive   = true # nothing in it is secret: this keeps the page off the screen
}

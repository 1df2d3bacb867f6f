# Prefetch tasks as a page and as a spreadsheet: of the last 30 days, of an hour, or of one task.
#
#   terraform apply
#   terraform apply -var hours=1 -var 'end_time=2026-11-25 09:00:00'
#   terraform apply -var task_id=1533031853231313311
#
#   terraform output -raw report > report.html
#   terraform output -raw csv > report.csv

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

variable "days" {
  description = "Days to report on, the day of end_time included. The service forgets tasks after about 30."
  type        = number
  default     = 30

  validation {
    condition     = var.days >= 1 && var.days <= 31 && floor(var.days) == var.days
    error_message = "days must be a whole number from 1 to 31."
  }
}

variable "hours" {
  description = "Hours up to end_time to report on, instead of days."
  type        = number
  default     = null

  validation {
    condition     = try(var.hours >= 1 && var.hours <= 744 && floor(var.hours) == var.hours, var.hours == null)
    error_message = "hours must be a whole number from 1 to 744."
  }
}

variable "end_time" {
  description = "End of the time to report on, as YYYY-MM-DD hh:mm:ss in UTC+8; now if null."
  type        = string
  default     = null

  validation {
    condition     = var.end_time == null || can(formatdate("", "${replace(var.end_time, " ", "T")}Z"))
    error_message = "end_time must look like 2026-11-25 09:00:00."
  }
}

variable "task_id" {
  description = "ID of one task to report on, whenever it was submitted, instead of a time."
  type        = string
  default     = null
}

variable "domain" {
  description = "Domain to report on; all domains if null."
  type        = string
  default     = null
}

variable "max_listed" {
  description = "Maximum number of domains, and of failures, that the page lists. It says how many it leaves out."
  type        = number
  default     = 100

  validation {
    condition     = var.max_listed >= 0 && floor(var.max_listed) == var.max_listed
    error_message = "max_listed must be a whole number, 0 or more."
  }
}

locals {
  # The clock of the service, UTC+8, written as if it were UTC: the language has no other time zone to calculate in.
  end   = var.end_time == null ? timeadd(plantimestamp(), "8h") : "${replace(var.end_time, " ", "T")}Z"
  today = formatdate("YYYY-MM-DD'T00:00:00Z'", local.end)
  start = var.hours == null ? timeadd(local.today, "-${24 * (var.days - 1)}h") : timeadd(local.end, "-${var.hours}h")
}

data "tencentcdn_push_tasks" "audited" {
  task_id    = var.task_id
  start_time = var.task_id == null ? formatdate("YYYY-MM-DD hh:mm:ss", local.start) : null
  end_time   = var.task_id == null ? formatdate("YYYY-MM-DD hh:mm:ss", local.end) : null
  keyword    = var.domain
}

output "status_counts" {
  description = "Number of URLs by status."
  value       = local.audited.status_counts
}

# Nothing in these is secret: sensitive keeps them off the screen. `terraform output counts` shows one of them.

output "counts" {
  description = "Number of URLs by domain, time of submission and status: a list of objects."
  value       = local.counts
  sensitive   = true
}

output "csv" {
  description = "The same counts as CSV, for a spreadsheet."
  value       = local.csv
  sensitive   = true
}

output "report" {
  description = "The page, in HTML."
  value       = local.report
  sensitive   = true
}

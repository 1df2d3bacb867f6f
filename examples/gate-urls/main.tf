# Known URLs on a domain that other teams push to as well, in two areas. Some were pushed again after a failure: only the
# latest push of each URL counts. Waits for at most 30 minutes.

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

variable "domain" {
  description = "Domain of the URLs."
  type        = string
}

variable "urls" {
  description = "URLs that must be cached in every area."
  type        = set(string)
}

variable "areas" {
  description = "Areas that the URLs were submitted for, each with a submission of its own."
  type        = set(string)
  default     = ["mainland", "overseas"]
}

variable "since" {
  description = "A time just before the first submission, such as 2026-11-24T08:00:00Z."
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

# One data source for each area, because a URL counts as listed as soon as it has a row in any area. Within an area, one
# data source waits for all URLs together.
data "tencentcdn_push_tasks" "launch" {
  for_each = var.areas

  start_time          = var.since
  keyword             = var.domain
  area                = each.key
  urls                = var.urls
  latest_only         = true
  wait_for_completion = true
  poll_interval       = var.poll_interval

  timeouts {
    read = var.timeout
  }

  lifecycle {
    postcondition {
      condition = self.passed
      error_message = join("\n", concat(
        ["The cache is not warm in ${each.key}: ${jsonencode(self.status_counts)}."],
        [for row in self.push_logs : "${row.status}: ${row.url}" if row.status != "done"],
      ))
    }
  }
}

# Stands for whatever must not ship while the cache is cold.
resource "terraform_data" "release" {
  depends_on = [data.tencentcdn_push_tasks.launch]
}

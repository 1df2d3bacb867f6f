# Questions to ask of an audit, each as an output.

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

data "tencentcdn_push_tasks" "fortnight" {
  start_time = timeadd(plantimestamp(), "-336h")
}

locals {
  rows     = data.tencentcdn_push_tasks.fortnight.push_logs
  failures = [for row in local.rows : row if contains(["fail", "invalid"], row.status)]
}

output "how_many_by_status" {
  value = data.tencentcdn_push_tasks.fortnight.status_counts
}

output "how_many_by_day" {
  value = { for day, rows in { for row in local.rows : substr(row.create_time, 0, 10) => row... } : day => length(rows) }
}

output "how_many_failed_by_domain" {
  value = {
    for domain, rows in { for row in local.failures : try(regex("^https?://([^/:?#]+)", row.url)[0], "unknown") => row... } :
    domain => length(rows)
  }
}

output "which_tasks_failed" {
  value = toset(local.failures[*].task_id)
}

# A URL may be listed several times: in two areas, or because it was submitted again. So group by it: `...` makes a list
# of the rows of each URL. Without the dots, a URL that is listed twice is an error.
output "which_urls_were_submitted_again" {
  value = [
    for key, rows in { for row in local.rows : "${row.url} (${row.area})" => row... } : key if length(rows) > 1
  ]
}

# One JSON object per line, for other tools: terraform output -raw rows
output "rows" {
  value     = join("\n", [for row in local.rows : jsonencode(row)])
  sensitive = true # nothing in it is secret: this keeps the rows off the screen
}

# The three uses of tencentcdn_push_tasks, with the demo data of the simulator. `make demo` runs this.

terraform {
  required_version = ">= 1.5" # plantimestamp()

  required_providers {
    tencentcdn = {
      source  = "tencentcdn/tencentcdn"
      version = "~> 0.1"
    }
  }
}

provider "tencentcdn" {} # endpoint and credentials come from the environment

# 1. Look up one task.
data "tencentcdn_push_tasks" "release" {
  task_id = "1602745198"
}

# 2. Gate: wait for a task that is still in process, and continue only if every URL was prefetched.
data "tencentcdn_push_tasks" "launch" {
  task_id             = "1602745231"
  wait_for_completion = true
  poll_interval       = "1s"

  timeouts {
    read = "2m"
  }

  lifecycle {
    postcondition {
      condition     = self.passed
      error_message = "The cache is not warm: ${jsonencode(self.status_counts)}."
    }
  }
}

# 3. Audit the last 14 days: how many URLs, and which failed?
data "tencentcdn_push_tasks" "fortnight" {
  start_time = timeadd(plantimestamp(), "-336h")
}

output "look_up" {
  description = "The URLs of one task by status. A URL can have several rows, so it is no key; the status is, with `...`."
  value       = { for row in data.tencentcdn_push_tasks.release.push_logs : row.status => row.url... }
}

output "gate" {
  description = "Shown only if the gate is open."
  value = format("open: %d of %d URLs are done",
    data.tencentcdn_push_tasks.launch.status_counts["done"],
    data.tencentcdn_push_tasks.launch.total_count,
  )
}

output "audit" {
  description = "URLs of the last 14 days by status."
  value       = data.tencentcdn_push_tasks.fortnight.status_counts
}

output "audit_failures" {
  description = "The URLs that were not prefetched: fail is a failure of the CDN, invalid a 4XX or 5XX status from the origin."
  value = join("\n", [
    for row in data.tencentcdn_push_tasks.fortnight.push_logs :
    format("%s  %-7s  %s", row.create_time, row.status, row.url) if contains(["fail", "invalid"], row.status)
  ])
}

# The three uses of tencentcdn_push_tasks, against the simulator's demo data. `make demo` runs this.

terraform {
  required_version = ">= 1.5" # plantimestamp()

  required_providers {
    tencentcdn = {
      source = "tencentcdn/tencentcdn"
    }
  }
}

provider "tencentcdn" {} # endpoint and credentials come from the environment

# 1. Look up: what became of one task?
data "tencentcdn_push_tasks" "release" {
  task_id = "1602745198"
}

# 2. Gate: wait for a task that is still in process, and go on only if all of it was prefetched.
data "tencentcdn_push_tasks" "launch" {
  task_id             = "1602745231"
  wait_for_completion = true
  poll_interval       = "1s"

  timeouts {
    read = "2m"
  }

  lifecycle {
    postcondition {
      condition     = self.all_done
      error_message = "The cache is not warm: ${jsonencode(self.status_counts)}."
    }
  }
}

# 3. Audit: what happened in the last 14 days, and what went wrong?
data "tencentcdn_push_tasks" "fortnight" {
  start_time = timeadd(plantimestamp(), "-336h")
}

output "look_up" {
  description = "The URLs of one task, with the state of each."
  value       = { for row in data.tencentcdn_push_tasks.release.push_logs : row.url => row.status }
}

output "gate" {
  description = "Seen only when the gate is open."
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
  description = "The URLs that were not prefetched: fail is the CDN's fault, invalid a 4XX or 5XX of the origin."
  value = join("\n", [
    for row in data.tencentcdn_push_tasks.fortnight.push_logs :
    format("%s  %-7s  %s", row.create_time, row.status, row.url) if contains(["fail", "invalid"], row.status)
  ])
}

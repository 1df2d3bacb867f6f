locals {
  # The keys are positions rather than IDs, because an ID may be unknown until apply.
  task_ids = length(var.task_ids) == 0 ? { "0" = var.task_id } : { for i, id in var.task_ids : tostring(i) => id }
}

data "tencentcdn_push_tasks" "gate" {
  for_each = local.task_ids

  task_id      = each.value
  start_time   = var.start_time
  keyword      = var.keyword
  area         = var.area
  urls         = var.urls
  latest_only  = var.latest_only
  max_failures = var.max_failures

  wait_for_completion = true
  poll_interval       = var.poll_interval

  timeouts {
    read = var.timeout
  }

  lifecycle {
    precondition {
      condition     = var.task_id == null || length(var.task_ids) == 0
      error_message = "task_id conflicts with task_ids. Set one of them."
    }

    precondition {
      condition     = var.urls == null || length(var.task_ids) < 2
      error_message = "urls conflicts with more than one of task_ids: no task has all of them. Set start_time instead of task_ids."
    }

    # Control characters, and marks that change the direction of text, are replaced: a URL must not pass for output of
    # Terraform.
    postcondition {
      condition = self.passed
      error_message = join("\n", concat(
        ["The cache is not warm${try(": task ${trimspace(each.value)}", "")}."],
        length(self.push_logs) == 0 ? ["No push tasks are listed."] : [
          "By status: ${join(", ", [for status, count in self.status_counts : "${count} ${status}"])}",
          "By area: ${join("; ", [
            for area, statuses in { for row in self.push_logs : coalesce(row.area, "null") => coalesce(row.status, "null")... } :
            "${area} ${join(", ", [for status in sort(distinct(statuses)) : "${length([for s in statuses : s if s == status])} ${status}"])}"
          ])}",
        ],
        flatten([
          for held in [
            { by = "Missing", what = self.missing_urls },
            { by = "Failed or invalid", what = [
              for row in self.push_logs : format("%s (%s, %s)", coalesce(row.url, "null"), coalesce(row.area, "null"), row.status)
              if contains(["fail", "invalid"], coalesce(row.status, "null"))
            ] },
            { by = "In process", what = [
              for row in self.push_logs : format("%s (%s, %s)", coalesce(row.url, "null"), coalesce(row.area, "null"), coalesce(row.status, "null"))
              if !contains(["done", "fail", "invalid"], coalesce(row.status, "null"))
            ] },
            ] : concat(
            ["${held.by}:"],
            [for text in slice(held.what, 0, min(10, length(held.what))) : "  - ${replace(text, "/[\\p{C}\\p{Zl}\\p{Zp}]/", "?")}"],
            length(held.what) > 10 ? ["  - and ${length(held.what) - 10} more"] : [],
          ) if length(held.what) > 0
        ]),
      ))
    }
  }
}

# From rows to counts by domain, time of submission and status. A URL is no key: it may be submitted again, or for two areas.

locals {
  # Terraform decodes all rows again for each reference to the data source, so this is the only one.
  audited = data.tencentcdn_push_tasks.audited
  rows    = local.audited.push_logs

  # A short time is counted by the hour or by ten minutes. A period is the start of a time, cut off where it gets too fine.
  span          = var.task_id != null ? 744 : coalesce(var.hours, 24 * var.days)
  unit          = local.span > 72 ? "day" : local.span > 3 ? "hour" : "ten minutes"
  period_length = { "day" = 10, "hour" = 13, "ten minutes" = 15 }[local.unit]
  period_pad    = substr("0000-00-00 00:00:00", local.period_length, -1)
  shown_length  = local.unit == "day" ? 10 : 16

  # Only this and the list of failures walk all rows. The rest costs as much as there are different groups.
  groups = [
    for key, rows in {
      for row in local.rows : jsonencode([
        try(substr(row.create_time, 0, local.period_length), ""), try(split("/", row.url)[2], ""), row.status
      ]) => true...
    } : concat(jsondecode(key), [length(rows)])
  ]
  tidy_groups = [for group in local.groups : {
    key = jsonencode([
      lower(try(regex("^(?:[^@]*@)?([^:?#]+)", group[1])[0], "unknown")),
      can(formatdate("", "${replace("${group[0]}${local.period_pad}", " ", "T")}Z"))
      ? substr("${group[0]}${local.period_pad}", 0, local.shown_length) : "unknown",
      coalesce(group[2], "unknown"),
    ])
    count = group[3]
  }]
  counts = [for key, counts in { for group in local.tidy_groups : group.key => group.count... } : {
    domain    = jsondecode(key)[0]
    submitted = jsondecode(key)[1] # the start of the day, hour or ten minutes, in UTC+8
    status    = jsondecode(key)[2]
    count     = sum(counts)
  }]
}

# Every cell is quoted, and none is a formula: a spreadsheet evaluates what starts with one of these characters, even in
# quotes, unless an apostrophe comes first. The byte order mark tells Excel that the text is UTF-8.
locals {
  csv_lines = concat(
    [["domain", "submitted", "status", "count"]],
    [for c in local.counts : [c.domain, c.submitted, c.status, c.count]],
  )
  csv = "\ufeff${join("", [for line in local.csv_lines : "${join(",", [
    for cell in line : "\"${can(regex("^[=+@\\t\\r\\n＝＋－＠-]", cell)) ? "'" : ""}${replace(cell, "\"", "\"\"")}\""
  ])}\r\n"])}"
}

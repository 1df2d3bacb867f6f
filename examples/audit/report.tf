# From counts to what report.html.tftpl draws: tables, the geometry of the chart, text that is safe to print.

# The tables.
locals {
  # The order in which a bar is stacked, from the bottom. "other" takes a status that is not in the documents.
  labels   = { done = "Done", process = "In progress", invalid = "Invalid", fail = "Failed", other = "Other" }
  statuses = ["done", "process", "invalid", "fail", "other"]

  known_counts = [for c in local.counts : merge(c, { status = contains(local.statuses, c.status) ? c.status : "other" })]
  sums = {
    for kind, groups in {
      all    = { all = local.known_counts }
      domain = { for c in local.known_counts : c.domain => c... }
      period = { for c in local.known_counts : c.submitted => c... }
    } :
    kind => { for name, counts in groups : name => {
      for status in local.statuses : status => sum(concat([0], [for c in counts : c.count if c.status == status]))
    } }
  }
  totals    = local.sums.all.all
  shown     = [for status in local.statuses : status if status != "other" || local.totals["other"] > 0]
  no_counts = { for status in local.statuses : status => 0 }

  # Periods without a task have a place in the chart too. One task has no window to fill.
  minutes = { "day" = 1440, "hour" = 60, "ten minutes" = 10 }[local.unit]
  first   = "${substr(formatdate("YYYY-MM-DD'T'hh:mm:ss", local.start), 0, local.period_length)}${replace(local.period_pad, " ", "T")}Z"
  starts  = [for i in range(ceil(60 * local.span / local.minutes) + 1) : timeadd(local.first, "${i * local.minutes}m")]
  window = var.task_id != null ? [] : [
    for time in local.starts : formatdate(local.unit == "day" ? "YYYY-MM-DD" : "YYYY-MM-DD hh:mm", time)
    if timecmp(time, local.end) < 0
  ]
  periods = sort(setunion(local.window, keys(local.sums.period)))

  # The worst domain comes first.
  domains = values({ for name, counts in local.sums.domain :
    format("%09d %09d %s", 999999999 - counts["fail"] - counts["invalid"], 999999999 - sum(values(counts)), name) => name
  })
  listed_domains = slice(local.domains, 0, min(length(local.domains), var.max_listed))

  tables = { for kind, lines in {
    all    = { all = local.totals }
    domain = { for i, name in local.listed_domains : format("%09d", i) => local.sums.domain[name] }
    period = { for i, period in local.periods : format("%09d", i) => try(local.sums.period[period], local.no_counts) }
    } : kind => [for counts in values(lines) : {
      counts = [for status in local.shown : counts[status]]
      total  = sum(values(counts))
      bad    = counts["fail"] + counts["invalid"]
      # Rounded down, so that 100% means all.
      done = sum(values(counts)) == 0 ? "–" : format("%.1f%%", floor(1000 * counts["done"] / sum(values(counts))) / 10)
  }] }
}

# The chart. Its axis ends at a round number: four steps, or a few more, of 1, 2 or 5 times a power of ten.
locals {
  plot = { left = 64, top = 26, width = 884, height = 240 }

  busiest   = max(1, local.tables.period[*].total...)
  magnitude = pow(10, max(0, floor(log(local.busiest / 4, 10))))
  step      = [for m in [1, 2, 5, 10] : m * local.magnitude if m * local.magnitude * 4 >= local.busiest][0]
  top       = ceil(local.busiest / local.step) * local.step
  ticks = [for n in range(local.top / local.step + 1) : {
    value = n * local.step
    y     = format("%.2f", local.plot.top + local.plot.height * (1 - n * local.step / local.top))
  }]

  slot        = local.plot.width / max(1, length(local.periods))
  bar         = min(local.slot * 0.72, 48)
  label_every = ceil(length(local.periods) / 10)
  # A number of failures stands above its bar, unless the bars are too close for that.
  numbered = local.slot >= 7 * length(tostring(max(0, local.tables.period[*].bad...)))

  bars = [for i, line in local.tables.period : {
    label  = (length(local.periods) - 1 - i) % local.label_every == 0 ? local.short_names[local.periods[i]] : ""
    x      = format("%.2f", local.plot.left + local.slot * i + (local.slot - local.bar) / 2)
    middle = format("%.2f", local.plot.left + local.slot * (i + 0.5))
    top    = format("%.2f", local.plot.top + local.plot.height * (1 - line.total / local.top))
    bad    = local.numbered ? line.bad : 0
    segments = [for j, status in local.shown : {
      status = status
      count  = line.counts[j]
      height = format("%.2f", local.plot.height * line.counts[j] / local.top)
      y      = format("%.2f", local.plot.top + local.plot.height * (1 - sum(slice(line.counts, 0, j + 1)) / local.top))
    } if line.counts[j] > 0]
  }]
}

# The failures, newest first.
locals {
  failures = [for row in local.rows : row if row.status == "fail" || row.status == "invalid"]
  by_age   = { for i, row in local.failures : "${coalesce(row.create_time, "-")} ${999999999 - i}" => i }
  newest   = reverse(values(local.by_age))
  listed = [
    for row in [for i in slice(local.newest, 0, min(length(local.newest), var.max_listed)) : local.failures[i]] : {
      for name, value in merge(row, {
        create_time = try(formatdate("D MMM YYYY, hh:mm:ss", "${replace(row.create_time, " ", "T")}Z"), row.create_time)
        status      = local.labels[row.status]
      }) : name => coalesce(value, "–")
    }
  ]
}

# The page.
locals {
  times = { for period in local.periods :
    period => "${replace("${period}${substr("0000-00-00 00:00:00", length(period), -1)}", " ", "T")}Z" if period != "unknown"
  }
  names = merge({ unknown = "Unknown" }, { for period, time in local.times :
    period => formatdate(local.unit == "day" ? "EEE D MMM YYYY" : "EEE D MMM YYYY, hh:mm", time)
  })
  short_names = merge({ unknown = "Unknown" }, { for period, time in local.times :
    period => formatdate(local.unit == "day" ? "D MMM" : "D MMM hh:mm", time)
  })

  scope = var.task_id == null && var.domain == null ? "All domains" : join(", ", [
    for text in [try("Task ${var.task_id}", null), var.domain] : text if text != null
  ])
  time = var.task_id == null ? [local.start, local.end] : [
    for time in distinct([try(values(local.times)[0], ""), try(reverse(values(local.times))[0], "")]) : time if time != ""
  ]
  time_format = var.task_id == null ? "D MMMM YYYY, hh:mm" : "D MMMM YYYY"

  # What the service says is text, not HTML: the template prints such a text only by way of this map.
  html = { for text in toset(concat(
    [local.scope, local.audited.request_id], local.listed_domains, flatten([for row in local.listed : values(row)])
    )) : text =>
    replace(replace(replace(replace(replace(text, "&", "&amp;"), "<", "&lt;"), ">", "&gt;"), "\"", "&quot;"), "'", "&#39;")
  }

  # 1234567 -> "1,234,567"
  pretty = { for n in toset(flatten([
    [for lines in local.tables : [for line in lines : [line.counts, line.total, line.bad]]], local.ticks[*].value,
    local.audited.total_count, length(local.failures), length(local.failures) - length(local.listed),
    length(local.domains) - length(local.listed_domains), length(local.listed),
  ])) : n => strrev(trimsuffix(replace(strrev(tostring(n)), "/(\\d{3})/", "$1,"), ",")) }

  report = templatefile("${path.module}/report.html.tftpl", {
    html           = local.html
    pretty         = local.pretty
    scope          = local.scope
    time           = join(" to ", [for time in local.time : formatdate(local.time_format, time)])
    request_id     = local.audited.request_id
    uncounted      = max(0, local.audited.total_count - length(local.rows))
    total_count    = local.audited.total_count
    labels         = local.labels
    shown          = local.shown
    total          = local.tables.all[0]
    domains        = local.listed_domains
    domain_lines   = local.tables.domain
    hidden_domains = length(local.domains) - length(local.listed_domains)
    unit           = local.unit
    periods        = [for period in local.periods : local.names[period]]
    period_lines   = local.tables.period
    plot           = local.plot
    bar            = format("%.2f", local.bar)
    ticks          = local.ticks
    bars           = local.bars
    numbered       = local.numbered
    failures       = local.listed
    left_out       = length(local.failures) - length(local.listed)
  })
}

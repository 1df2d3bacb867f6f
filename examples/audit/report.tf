# From rows to what report.html.tftpl draws: counts, the geometry of the chart, cells that are safe to print.

locals {
  rows = data.tencentcdn_push_tasks.window.push_logs

  # The order in which a bar is stacked, from the bottom. "other" takes a status that is not in the documents.
  labels   = { done = "Done", process = "In process", invalid = "Invalid", fail = "Failed", other = "Other" }
  statuses = ["done", "process", "invalid", "fail", "other"]

  marked = [for row in local.rows : {
    day    = can(regex("^\\d{4}-\\d{2}-\\d{2} ", row.create_time)) ? substr(row.create_time, 0, 10) : "unknown"
    status = contains(local.statuses, coalesce(row.status, "other")) ? coalesce(row.status, "other") : "other"
  }]
  by_status  = { for row in local.marked : row.status => true... }
  by_day     = { for row in local.marked : row.day => true... }
  by_segment = { for row in local.marked : "${row.day} ${row.status}" => true... }

  # Days without a task have a place in the chart too.
  chart_days = sort(distinct(concat(local.days, keys(local.by_day))))
  shown      = [for status in local.statuses : status if status != "other" || can(local.by_status["other"])]
  totals     = { for status in local.shown : status => length(lookup(local.by_status, status, [])) }
  total      = length(local.rows)
  per_day    = [for day in local.chart_days : [for s in local.shown : length(lookup(local.by_segment, "${day} ${s}", []))]]
  day_totals = [for day in local.chart_days : length(lookup(local.by_day, day, []))]
}

# The chart. Its axis ends at a round number: four steps, or a few more, of 1, 2 or 5 times a power of ten.
locals {
  plot = { left = 52, top = 26, width = 896, height = 240 }

  busiest   = max(1, local.day_totals...)
  magnitude = pow(10, max(0, floor(log(local.busiest / 4, 10))))
  step      = [for m in [1, 2, 5, 10] : m * local.magnitude if m * local.magnitude * 4 >= local.busiest][0]
  top       = ceil(local.busiest / local.step) * local.step
  ticks = [for n in range(local.top / local.step + 1) : {
    value = n * local.step
    y     = format("%.2f", local.plot.top + local.plot.height * (1 - n * local.step / local.top))
  }]

  slot        = local.plot.width / length(local.chart_days)
  bar         = min(local.slot * 0.72, 48)
  label_every = ceil(length(local.chart_days) / 10)

  bars = [for i, day in local.chart_days : {
    day    = day
    label  = (length(local.chart_days) - 1 - i) % local.label_every == 0 ? trimprefix(day, "${substr(day, 0, 4)}-") : ""
    x      = format("%.2f", local.plot.left + local.slot * i + (local.slot - local.bar) / 2)
    middle = format("%.2f", local.plot.left + local.slot * (i + 0.5))
    top    = format("%.2f", local.plot.top + local.plot.height * (1 - local.day_totals[i] / local.top))
    bad    = sum([for j, status in local.shown : contains(["fail", "invalid"], status) ? local.per_day[i][j] : 0])
    segments = [for j, status in local.shown : {
      status = status
      count  = local.per_day[i][j]
      height = format("%.2f", local.plot.height * local.per_day[i][j] / local.top)
      y      = format("%.2f", local.plot.top + local.plot.height * (1 - sum(slice(local.per_day[i], 0, j + 1)) / local.top))
    } if local.per_day[i][j] > 0]
  }]
}

# What the service says is text, not HTML.
locals {
  failures = [for row in local.rows : row if contains(["fail", "invalid"], coalesce(row.status, "other"))]
  listed   = slice(local.failures, 0, min(length(local.failures), var.max_listed))
  failure_rows = [for row in local.listed : {
    for name in ["create_time", "status", "url", "area", "task_id"] :
    name => row[name] == null ? "" : replace(replace(replace(row[name], "&", "&amp;"), "<", "&lt;"), ">", "&gt;")
  }]
  scope = var.domain == null ? "all domains" : replace(replace(replace(var.domain, "&", "&amp;"), "<", "&lt;"), ">", "&gt;")

  report = templatefile("${path.module}/report.html.tftpl", {
    scope      = local.scope
    start_time = local.start_time
    end_time   = local.end_time
    request_id = data.tencentcdn_push_tasks.window.request_id
    labels     = local.labels
    shown      = local.shown
    totals     = local.totals
    total      = local.total
    plot       = local.plot
    bar        = format("%.2f", local.bar)
    ticks      = local.ticks
    bars       = local.bars
    per_day    = local.per_day
    day_totals = local.day_totals
    failures   = local.failure_rows
    left_out   = length(local.failures) - length(local.listed)
    # 1234567 -> "1,234,567"
    pretty = { for n in distinct(concat(values(local.totals), [local.total], [for t in local.ticks : t.value])) :
      n => strrev(trimsuffix(replace(strrev(tostring(n)), "/(\\d{3})/", "$1,"), ","))
    }
    # Rounded down, so that 100 % means all.
    done_percent = local.total == 0 ? "–" : format("%.1f %%", floor(1000 * local.totals["done"] / local.total) / 10)
  })
}

# Run with `terraform test` or `tofu test`. Needs no account and no network: the provider is mocked, the data is below.
#
# A mock leaves push_logs empty, as any list of nested objects. So the verdict comes from `passed`, and the counts from
# status_counts.

mock_provider "tencentcdn" {}

variables {
  task_id = "1533031853231313311"
}

run "opens_when_passed" {
  command = plan

  override_data {
    target = data.tencentcdn_push_tasks.gate
    values = {
      passed        = true
      missing_urls  = []
      request_id    = "00000000-0000-0000-0000-000000000001"
      status_counts = { done = 2, fail = 0, invalid = 0, process = 0 }
    }
  }

  assert {
    condition     = output.status_counts["done"] == 2
    error_message = "status_counts must be that of the task."
  }

  assert {
    condition     = output.request_id == "00000000-0000-0000-0000-000000000001"
    error_message = "request_id must be that of the task."
  }

  assert {
    condition     = data.tencentcdn_push_tasks.gate["0"].wait_for_completion && data.tencentcdn_push_tasks.gate["0"].max_failures == null
    error_message = "The gate must wait until every row has ended."
  }
}

run "stays_shut_when_not_passed" {
  command = plan

  override_data {
    target = data.tencentcdn_push_tasks.gate
    values = {
      passed        = false
      missing_urls  = []
      status_counts = { done = 99, fail = 0, invalid = 1, process = 0 }
    }
  }

  expect_failures = [data.tencentcdn_push_tasks.gate]
}

run "stays_shut_when_a_url_is_missing" {
  command = plan

  variables {
    task_id    = null
    start_time = "2026-11-24 08:00:00"
    urls       = ["https://www.example.com/a", "https://www.example.com/b"]
  }

  override_data {
    target = data.tencentcdn_push_tasks.gate
    values = {
      passed        = false
      missing_urls  = ["https://www.example.com/b"]
      status_counts = { done = 1, fail = 0, invalid = 0, process = 0 }
    }
  }

  expect_failures = [data.tencentcdn_push_tasks.gate]
}

run "opens_when_every_task_has_passed" {
  command = plan

  variables {
    task_id      = null
    task_ids     = ["1533031853231313311", "1602745231"]
    latest_only  = true
    max_failures = 2
  }

  override_data {
    target = data.tencentcdn_push_tasks.gate
    values = {
      passed        = true
      missing_urls  = []
      status_counts = { done = 98, fail = 1, invalid = 0, process = 0 }
    }
  }

  assert {
    condition     = output.status_counts["done"] == 196 && output.status_counts["fail"] == 2
    error_message = "status_counts must add up those of all tasks."
  }

  assert {
    condition     = join(" ", [for task in data.tencentcdn_push_tasks.gate : task.task_id]) == "1533031853231313311 1602745231"
    error_message = "There must be one data source for each task."
  }

  assert {
    condition     = alltrue([for task in data.tencentcdn_push_tasks.gate : task.latest_only && task.max_failures == 2])
    error_message = "latest_only and max_failures must apply to each task."
  }
}

run "rejects_task_id_beside_task_ids" {
  command = plan

  variables {
    task_ids = ["1602745231"]
  }

  expect_failures = [data.tencentcdn_push_tasks.gate]
}

run "rejects_urls_of_several_tasks" {
  command = plan

  variables {
    task_id  = null
    task_ids = ["1533031853231313311", "1602745231"]
    urls     = ["https://www.example.com/a"]
  }

  expect_failures = [data.tencentcdn_push_tasks.gate]
}

run "rejects_a_negative_number_of_failures" {
  command = plan

  variables {
    max_failures = -1
  }

  expect_failures = [var.max_failures]
}

# terraform test, or tofu test. No account, no network: the provider is a mock, the data are below.

mock_provider "tencentcdn" {}

variables {
  task_id = "1533031853231313311"
}

run "open_when_all_is_done" {
  command = plan

  override_data {
    target = data.tencentcdn_push_tasks.gate
    values = {
      request_id    = "00000000-0000-0000-0000-000000000001"
      status_counts = { done = 2, fail = 0, invalid = 0, process = 0 }
    }
  }

  assert {
    condition     = output.status_counts["done"] == 2
    error_message = "The counts are not those of the service."
  }

  assert {
    condition     = output.request_id == "00000000-0000-0000-0000-000000000001"
    error_message = "The RequestId is not that of the service."
  }
}

run "shut_when_one_url_is_invalid" {
  command = plan

  override_data {
    target = data.tencentcdn_push_tasks.gate
    values = { status_counts = { done = 99, fail = 0, invalid = 1, process = 0 } }
  }

  expect_failures = [data.tencentcdn_push_tasks.gate]
}

run "open_when_so_many_may_fail" {
  command = plan

  variables {
    max_failures = 2
  }

  override_data {
    target = data.tencentcdn_push_tasks.gate
    values = { status_counts = { done = 98, fail = 1, invalid = 1, process = 0 } }
  }

  assert {
    condition     = output.status_counts["fail"] == 1
    error_message = "The counts are not those of the service."
  }
}

run "shut_when_one_more_fails" {
  command = plan

  variables {
    max_failures = 2
  }

  override_data {
    target = data.tencentcdn_push_tasks.gate
    values = { status_counts = { done = 97, fail = 2, invalid = 1, process = 0 } }
  }

  expect_failures = [data.tencentcdn_push_tasks.gate]
}

run "shut_when_a_status_is_unknown" {
  command = plan

  override_data {
    target = data.tencentcdn_push_tasks.gate
    values = { status_counts = { done = 99, fail = 0, invalid = 0, process = 0, init = 1 } }
  }

  expect_failures = [data.tencentcdn_push_tasks.gate]
}

run "shut_when_nothing_is_done" {
  command = plan

  override_data {
    target = data.tencentcdn_push_tasks.gate
    values = { status_counts = { done = 0, fail = 0, invalid = 0, process = 0 } }
  }

  expect_failures = [data.tencentcdn_push_tasks.gate]
}

run "refuses_a_negative_number_of_failures" {
  command = plan

  variables {
    max_failures = -1
  }

  expect_failures = [var.max_failures]
}

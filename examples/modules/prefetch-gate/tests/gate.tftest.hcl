# terraform test, or tofu test. No account, no network: the provider is a mock, the data are below.

mock_provider "tencentcdn" {}

variables {
  task_id = "1533031853231313311"
}

run "open_when_all_is_done" {
  override_data {
    target = data.tencentcdn_push_tasks.gate
    values = {
      request_id    = "00000000-0000-0000-0000-000000000001"
      status_counts = { done = 2, fail = 0, invalid = 0, process = 0 }
      push_logs = [
        { task_id = "1533031853231313311", url = "https://www.example.com/a", status = "done" },
        { task_id = "1533031853231313311", url = "https://www.example.com/b", status = "done" },
      ]
    }
  }

  assert {
    condition     = output.status_counts["done"] == 2
    error_message = "The counts are not those of the service."
  }

  assert {
    condition     = length(output.failures) == 0
    error_message = "There is no failure to list."
  }

  assert {
    condition     = output.request_id == "00000000-0000-0000-0000-000000000001"
    error_message = "The RequestId is not that of the service."
  }
}

run "shut_when_one_url_is_invalid" {
  override_data {
    target = data.tencentcdn_push_tasks.gate
    values = {
      status_counts = { done = 1, fail = 0, invalid = 1, process = 0 }
      push_logs = [
        { task_id = "1533031853231313311", url = "https://www.example.com/a", status = "done" },
        { task_id = "1533031853231313311", url = "https://www.example.com/b", status = "invalid" },
      ]
    }
  }

  expect_failures = [data.tencentcdn_push_tasks.gate]
}

run "open_when_so_many_may_fail" {
  variables {
    max_failures = 1
  }

  override_data {
    target = data.tencentcdn_push_tasks.gate
    values = {
      status_counts = { done = 1, fail = 1, invalid = 0, process = 0 }
      push_logs = [
        { task_id = "1533031853231313311", url = "https://www.example.com/a", status = "done" },
        { task_id = "1533031853231313311", url = "https://www.example.com/b", status = "fail" },
      ]
    }
  }

  assert {
    condition     = output.failures[0].url == "https://www.example.com/b" && output.failures[0].status == "fail"
    error_message = "The failure that was let through is not listed."
  }
}

run "shut_when_the_state_is_unknown" {
  override_data {
    target = data.tencentcdn_push_tasks.gate
    values = {
      status_counts = { done = 0, fail = 0, invalid = 0, process = 0, init = 1 }
      push_logs     = [{ task_id = "1533031853231313311", url = "https://www.example.com/a", status = "init" }]
    }
  }

  expect_failures = [data.tencentcdn_push_tasks.gate]
}

run "shut_when_there_is_no_task" {
  override_data {
    target = data.tencentcdn_push_tasks.gate
    values = {
      status_counts = { done = 0, fail = 0, invalid = 0, process = 0 }
      push_logs     = []
    }
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

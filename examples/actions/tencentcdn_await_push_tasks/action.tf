terraform {
  required_version = ">= 1.14"

  required_providers {
    tencentcdn = {
      source  = "tencentcdn/tencentcdn"
      version = "~> 0.1"
    }
  }
}

# Wait for two URLs on a domain that others push to as well. Of a URL that was pushed again, only the newest row counts.
action "tencentcdn_await_push_tasks" "launch" {
  config {
    start_time  = "2026-11-24T00:00:00Z"
    keyword     = "www.example.com"
    urls        = ["https://www.example.com/000", "https://www.example.com/001"]
    latest_only = true

    timeouts {
      invoke = "30m"
    }
  }
}

# Created and updated only after the action.
resource "terraform_data" "release" {
  input = "1.2.3"

  lifecycle {
    action_trigger {
      events  = [before_create, before_update]
      actions = [action.tencentcdn_await_push_tasks.launch]
    }
  }
}

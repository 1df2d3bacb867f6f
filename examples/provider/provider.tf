terraform {
  required_providers {
    tencentcdn = {
      source  = "tencentcdn/tencentcdn"
      version = "~> 0.1"
    }
  }
}

provider "tencentcdn" {} # credentials: TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY

data "tencentcdn_push_tasks" "launch" {
  task_id = "1533031853231313311"
}

output "all_done" {
  value = data.tencentcdn_push_tasks.launch.all_done
}

# A playlist that was submitted with ParseM3U8: the service finds its segments, and lists them, after the playlist itself.
# The gate takes the segments from the file, so that it does not open when only the first of them are listed.

terraform {
  required_version = ">= 1.4" # terraform_data; the postcondition alone needs 1.2

  required_providers {
    tencentcdn = {
      source  = "tencentcdn/tencentcdn"
      version = "~> 0.1"
    }
  }
}

provider "tencentcdn" {}

variable "task_id" {
  description = "ID that the submission of the playlist returned."
  type        = string
}

variable "playlist_url" {
  description = "URL of the playlist. Its segments are relative to it."
  type        = string
  default     = "https://video.example.net/vod/1/index.m3u8"
}

variable "playlist_file" {
  description = "Local copy of the playlist."
  type        = string
  default     = "index.m3u8"
}

variable "timeout" {
  description = "How long to wait. A prefetch takes 5 to 30 minutes."
  type        = string
  default     = "30m"
}

variable "poll_interval" {
  description = "Time between two polls."
  type        = string
  default     = "10s"
}

locals {
  folder   = replace(var.playlist_url, "/[^/]*$/", "")
  lines    = [for line in split("\n", file(var.playlist_file)) : trimspace(line)]
  segments = [for line in local.lines : "${local.folder}${line}" if line != "" && substr(line, 0, 1) != "#"]
}

data "tencentcdn_push_tasks" "playlist" {
  task_id             = var.task_id
  urls                = concat([var.playlist_url], local.segments)
  wait_for_completion = true
  poll_interval       = var.poll_interval

  timeouts {
    read = var.timeout
  }

  lifecycle {
    postcondition {
      condition = self.passed
      error_message = join("\n", concat(
        ["The video is not cached: ${jsonencode(self.status_counts)}."],
        [for row in self.push_logs : "${row.status}: ${row.url}" if row.status != "done"],
      ))
    }
  }
}

# Stands for whatever must not ship while the cache is cold.
resource "terraform_data" "release" {
  depends_on = [data.tencentcdn_push_tasks.playlist]
}

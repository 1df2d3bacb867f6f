variable "task_id" {
  description = "Task id that the submission answered. Set this, start_time, or both."
  type        = string
  default     = null
}

variable "start_time" {
  description = "Every task from this time on counts: YYYY-MM-DD hh:mm:ss (UTC+8), or RFC 3339."
  type        = string
  default     = null
}

variable "keyword" {
  description = "A domain name, or a URL, whose tasks count. All if null."
  type        = string
  default     = null
}

variable "area" {
  description = "Area whose tasks count: mainland, overseas or global. All if null."
  type        = string
  default     = null
}

variable "max_failures" {
  description = "How many URLs may have failed or be invalid while the gate still opens."
  type        = number
  default     = 0

  validation {
    condition     = var.max_failures >= 0
    error_message = "max_failures must be 0 or more."
  }
}

variable "timeout" {
  description = "How long to wait for tasks in process. A prefetch takes 5 to 30 minutes."
  type        = string
  default     = "30m"
}

variable "poll_interval" {
  description = "How long to pause between two looks; 1s at least."
  type        = string
  default     = "10s"
}

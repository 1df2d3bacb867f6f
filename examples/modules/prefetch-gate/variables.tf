variable "task_id" {
  description = "ID that the submission returned. Set this, task_ids or start_time."
  type        = string
  default     = null
}

variable "task_ids" {
  description = "IDs of several submissions, each of which must pass."
  type        = list(string)
  default     = []
}

variable "start_time" {
  description = "Start of the time range in which the tasks were submitted: YYYY-MM-DD hh:mm:ss (UTC+8), or RFC 3339."
  type        = string
  default     = null
}

variable "keyword" {
  description = "Domain name or URL of the tasks. All if null."
  type        = string
  default     = null
}

variable "area" {
  description = "Area of the tasks: mainland, overseas or global. All if null."
  type        = string
  default     = null
}

variable "urls" {
  description = "URLs that must all be listed; rows of other URLs are ignored. Every row counts if null."
  type        = set(string)
  default     = null
}

variable "latest_only" {
  description = "Whether only the newest row of each URL and area counts."
  type        = bool
  default     = false
}

variable "max_failures" {
  description = "Number of rows of each task that may be fail or invalid. If set, the wait ends as soon as there are more; null means 0, and the wait goes on until every row has ended."
  type        = number
  default     = null

  validation {
    condition     = try(var.max_failures >= 0 && floor(var.max_failures) == var.max_failures, var.max_failures == null)
    error_message = "max_failures must be a whole number, 0 or more."
  }
}

variable "timeout" {
  description = "How long to wait. A prefetch takes 5 to 30 minutes."
  type        = string
  default     = "30m"
}

variable "poll_interval" {
  description = "Time between two polls, 1s or more."
  type        = string
  default     = "10s"
}

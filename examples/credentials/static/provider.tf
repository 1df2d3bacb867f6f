variable "secret_id" {
  type = string
}

variable "secret_key" {
  type      = string
  sensitive = true
}

provider "tencentcdn" {
  secret_id  = var.secret_id
  secret_key = var.secret_key
}

variable "token_code" {
  description = "Code that the MFA device shows now."
  type        = string
  sensitive   = true
}

provider "tencentcdn" {
  mfa_certification {
    serial_number    = "qcs::cam:uin/100000000001::mfa/softToken"
    token_code       = var.token_code
    duration_seconds = 3600
  }
}

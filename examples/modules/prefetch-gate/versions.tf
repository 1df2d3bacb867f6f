terraform {
  required_version = ">= 1.2" # postcondition; the module's tests need Terraform 1.7 or OpenTofu 1.8

  required_providers {
    tencentcdn = {
      source  = "tencentcdn/tencentcdn"
      version = "~> 0.1"
    }
  }
}

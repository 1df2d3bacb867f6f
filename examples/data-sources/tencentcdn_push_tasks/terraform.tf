terraform {
  required_version = ">= 1.2" # postcondition

  required_providers {
    tencentcdn = {
      source  = "tencentcdn/tencentcdn"
      version = "~> 0.1"
    }
  }
}

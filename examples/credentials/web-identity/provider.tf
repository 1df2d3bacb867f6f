variable "web_identity_token_file" {
  description = "File with a current token of the identity provider."
  type        = string
}

provider "tencentcdn" {
  assume_role_with_web_identity {
    provider_id             = "GitHub"
    web_identity_token_file = var.web_identity_token_file
    role_arn                = "qcs::cam::uin/100000000001:roleName/cdn-reader"
    session_name            = "terraform"
  }
}

variable "saml_assertion" {
  description = "SAML response of the identity provider, in base64."
  type        = string
  sensitive   = true
}

provider "tencentcdn" {
  assume_role_with_saml {
    saml_assertion = var.saml_assertion
    principal_arn  = "qcs::cam::uin/100000000001:saml-provider/corporate"
    role_arn       = "qcs::cam::uin/100000000001:roleName/cdn-reader"
    session_name   = "terraform"
  }
}

provider "tencentcdn" {
  allowed_account_ids = ["100000000001"]
}

provider "tencentcdn" {
  profile = "ci" # ~/.tccli/ci.credential
}

provider "tencentcdn" {
  enable_pod_oidc = true # the cluster sets the variables
}

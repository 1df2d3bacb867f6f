provider "tencentcdn" {
  enable_pod_oidc = true # TKE sets the rest in the pod
}

provider "tencentcdn" {
  cam_role_name = "cdnsim" # the role bound to the instance
}

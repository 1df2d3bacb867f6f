provider "tencentcdn" {
  cam_role_name = "cdnsim" # the role attached to the instance
}

provider "tencentcdn" {
  assume_role {
    role_arn         = "qcs::cam::uin/100000000001:roleName/cdn-reader"
    session_name     = "terraform"
    session_duration = 3600 # seconds
    external_id      = "release-pipeline"

    # Limits what the session may do, whatever the role allows.
    policy = jsonencode({
      version = "2.0"
      statement = [{
        effect   = "allow"
        action   = ["cdn:DescribePushTasks"]
        resource = ["*"]
      }]
    })
  }
}

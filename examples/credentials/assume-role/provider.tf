provider "tencentcdn" {
  assume_role {
    role_arn         = "qcs::cam::uin/100000000001:roleName/cdn-reader"
    session_name     = "terraform"
    session_duration = 3600 # seconds
    external_id      = "release-pipeline"

    # The session may do no more than this, whatever the role may.
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

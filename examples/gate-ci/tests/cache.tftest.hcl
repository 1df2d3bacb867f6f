# Reads the real service, and fails if the check does.
run "cache_is_warm" {
  command = plan
}

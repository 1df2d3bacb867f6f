#!/usr/bin/env bash
# Writes docs/ from the provider's schema, templates/ and examples/. Called by `make generate`, which builds what it needs.
# Nothing is downloaded: the CLI takes the provider from .build.
set -euo pipefail

work=$PWD/.build/generate
trap 'rm -rf "$work"' EXIT
rm -rf "$work"
mkdir -p "$work"

"$CLI" fmt -recursive examples
cat >"$work/main.tf" <<'TF'
terraform {
  required_providers {
    tencentcdn = {
      source = "registry.terraform.io/tencentcdn/tencentcdn"
    }
  }
}
TF
"$CLI" -chdir="$work" providers schema -json >"$work/schema.json"
tfplugindocs generate --provider-name tencentcdn --rendered-provider-name "Tencent Cloud CDN" \
  --providers-schema "$work/schema.json"

#!/usr/bin/env bash
# Writes docs/ from the provider's schema, templates/ and examples/. Called by `make generate`, which builds what it needs.
# Nothing is downloaded: the CLI takes the provider from .build. The schema stays there for `make check`.
set -euo pipefail

work=$PWD/.build/generate
rm -rf "$work"
mkdir -p "$work"

"$CLI" fmt -recursive examples
cat >"$work/main.tf" <<'EOT'
terraform {
  required_providers {
    tencentcdn = {
      source = "tencentcdn/tencentcdn"
    }
  }
}
EOT
# tfplugindocs looks for the bare name; each CLI has its own registry in front.
"$CLI" -chdir="$work" providers schema -json | sed 's|"[a-z.]*/tencentcdn/tencentcdn"|"tencentcdn"|' >"$work/schema.json"
tfplugindocs generate --provider-name tencentcdn --rendered-provider-name 'Tencent Cloud CDN' \
  --providers-schema "$work/schema.json"

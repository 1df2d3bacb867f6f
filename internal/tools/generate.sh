#!/usr/bin/env bash
# Generates docs/ from the provider's schema, templates/ and examples/. Called by `make generate`, which builds the tools.
# Nothing is downloaded: the CLI uses the provider in .build. The schema is kept there for `make check`.
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
# tfplugindocs expects the bare name, without the registry that each CLI puts in front of it.
"$CLI" -chdir="$work" providers schema -json | sed 's|"[a-z.]*/tencentcdn/tencentcdn"|"tencentcdn"|' >"$work/schema.json"
tfplugindocs generate --provider-name tencentcdn --rendered-provider-name 'Tencent Cloud CDN' \
  --providers-schema "$work/schema.json"

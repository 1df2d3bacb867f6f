#!/usr/bin/env bash
# Generates docs/ from the provider's schema, templates/ and examples/. Called by `make generate`, which builds the tools.
# Nothing is downloaded. The schema comes from the provider itself, since a CLI leaves out the kinds that are newer than it;
# it is kept in .build for `make check`.
set -euo pipefail

work=$PWD/.build/generate
rm -rf "$work"
mkdir -p "$work"

"$CLI" fmt -recursive examples
go run ./internal/provider/schema >"$work/schema.json"
tfplugindocs generate --provider-name tencentcdn --rendered-provider-name 'Tencent Cloud CDN' \
  --providers-schema "$work/schema.json"

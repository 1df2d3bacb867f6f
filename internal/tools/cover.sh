#!/usr/bin/env bash
# Fails if the tests reach less than 90 % of the statements of internal/. Called by `make cover`.
set -euo pipefail

profile=.build/cover.out
mkdir -p .build
go test -coverpkg=./internal/... -coverprofile="$profile" ./... >/dev/null
go tool cover -func="$profile" | awk '
  /^total:/ { total = $3 + 0; next }
  $3 == "0.0%" { print "never reached:", $1, $2 }
  END { printf "%.1f %% of the statements of internal/ are tested\n", total; exit total < 90 }'

#!/usr/bin/env bash
# Fails if the tests cover less than 90 % of the statements in internal/. Called by `make cover`. The simulator's program
# counts as not covered, because its tests run it as a separate process.
set -euo pipefail

mkdir -p .build
profile=.build/cover.out
go test -coverpkg=./internal/... -coverprofile="$profile" ./... >.build/cover.txt || { cat .build/cover.txt; exit 1; }
go tool cover -func="$profile" | awk '
  /^total:/ { total = $3 + 0; next }
  $3 == "0.0%" { print "not covered:", $1, $2 }
  END { printf "%.1f %% of the statements of internal/ are covered\n", total; exit total < 90 }'

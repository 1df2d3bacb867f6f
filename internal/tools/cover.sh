#!/usr/bin/env bash
# Fails if the tests reach less than 90 % of the statements of internal/. Called by `make cover`. The simulator's program
# counts as not reached: its tests run it as a process of its own.
set -euo pipefail

mkdir -p .build
profile=.build/cover.out
go test -coverpkg=./internal/... -coverprofile="$profile" ./... >.build/cover.txt || { cat .build/cover.txt; exit 1; }
go tool cover -func="$profile" | awk '
  /^total:/ { total = $3 + 0; next }
  $3 == "0.0%" { print "never reached:", $1, $2 }
  END { printf "%.1f %% of the statements of internal/ are tested\n", total; exit total < 90 }'

#!/usr/bin/env bash
# Runs each fuzz target of the root and bench modules for $FUZZTIME. Called by `make fuzz`.
set -euo pipefail

found=0
for module in . internal/bench; do
  for package in $(cd "$module" && go list ./...); do
    for target in $(cd "$module" && go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
      found=$((found + 1))
      echo "fuzz: $package $target"
      (cd "$module" && go test -run '^$' -fuzz "^$target\$" -fuzztime "$FUZZTIME" "$package")
    done
  done
done
echo "fuzz: $found targets, $FUZZTIME each"
((found > 0))

#!/usr/bin/env bash
# Runs each fuzz target of the root and bench modules for $FUZZTIME. Called by `make fuzz`.
set -euo pipefail

found=0
for module in . internal/bench; do
  cd "$module"
  # One line of JSON for each target, with its package.
  listed=$(go test -json -list '^Fuzz' ./...)
  while read -r package target; do
    found=$((found + 1))
    echo "fuzz: $package $target"
    go test -run '^$' -fuzz "^$target\$" -fuzztime "$FUZZTIME" -fuzzminimizetime 1s "$package"
  done < <(sed -nE 's/.*"Package":"([^"]*)".*"Output":"(Fuzz[^\\]*)\\n".*/\1 \2/p' <<<"$listed")
  cd "$OLDPWD"
done
echo "fuzz: $found targets, $FUZZTIME each"
((found > 0))

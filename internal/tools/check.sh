#!/usr/bin/env bash
# Runs the checks other than lint and tests. Called by `make check`, after lint and generate.
set -euo pipefail

step() { echo "check: $*"; }

step modules are tidy
go mod tidy -diff
(cd internal/bench && go mod tidy -diff)

step other platforms compile
for os in darwin windows; do
  GOOS=$os go build ./...
done

step the bench module compiles
(cd internal/bench && go vet ./...)

step documentation is valid and up to date
tfplugindocs validate --provider-name tencentcdn --providers-schema .build/generate/schema.json 2> >(grep -v DEBUG >&2)
git add --intent-to-add docs examples
git diff --exit-code -- docs examples

step shell scripts are valid
scripts=(.ci/run internal/tools/*.sh)
for script in "${scripts[@]}"; do
  bash -n "$script"
done
if command -v shellcheck >/dev/null; then
  shellcheck "${scripts[@]}"
fi

# The API document's own example of a secret id ends in EXAMPLE.
step no secrets
if git grep -nIE 'AKID[0-9A-Za-z]{32}|-----BEGIN [A-Z ]*PRIVATE KEY|ghp_[0-9A-Za-z]{36}' | grep -v EXAMPLE; then
  exit 1
fi

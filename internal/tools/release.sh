#!/usr/bin/env bash
# Publishes the version that HEAD is tagged with. Called by `make release` in the release workflow, with GITHUB_TOKEN and
# GPG_FINGERPRINT in the environment. The release notes are the version's section of CHANGELOG.md, which must exist.
set -euo pipefail

tag=$(git describe --tags --exact-match)
mkdir -p .build
awk -v heading="## ${tag#v} (" '/^## / { on = index($0, heading) == 1 && !/Unreleased/; next } on' CHANGELOG.md >.build/notes.md
if ! grep -q . .build/notes.md; then
  echo "CHANGELOG.md has no '## ${tag#v} (Month day, year)'" >&2
  exit 1
fi
goreleaser release --clean --release-notes .build/notes.md

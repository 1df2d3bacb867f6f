#!/usr/bin/env bash
# Builds a snapshot release twice and tests it. Called by `make release-check`, which builds the tools. The release is
# signed with a temporary key, or not at all where gpg is missing.
set -euo pipefail

dist=$PWD/.build/dist
again=$PWD/.build/dist-again
keys=$(mktemp -d)
trap 'gpgconf --homedir "$keys" --kill all 2>/dev/null || true; rm -rf "$keys"' EXIT

# goreleaser reads the repository's URL from a remote; without one it ignores the time of the commit too.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=remote.origin.url
export GIT_CONFIG_VALUE_0=https://github.com/tencentcdn/terraform-provider-tencentcdn

skip=()
if command -v gpg >/dev/null; then
  export GNUPGHOME=$keys GPG_FINGERPRINT=release-check@example.com
  gpg --batch --quiet --passphrase '' --quick-generate-key "$GPG_FINGERPRINT" ed25519 sign never
else
  echo 'release-check: gpg was not found, so the release is not signed' >&2
  skip=(--skip=sign)
fi

goreleaser check
goreleaser release --snapshot --clean "${skip[@]}"
rm -rf "$again"
mv "$dist" "$again"
goreleaser release --snapshot --clean --skip=sign
mv "$dist" "$dist-second"
mv "$again" "$dist"
mv "$dist-second" "$again"

DIST=$dist AGAIN=$again go test -count=1 -v -tags release ./internal/tools/release

#!/usr/bin/env bash
# Measures what the README shows. Called by `make bench`. It takes a while and wants a machine that does nothing else.
set -euo pipefail

figures=$PWD/.build/bench.txt
cd internal/bench
go test -run '^$' -bench . -count "${COUNT:-3}" -timeout 2h . | tee "$figures"
benchstat "$figures"
go run ./plan
go run ./start

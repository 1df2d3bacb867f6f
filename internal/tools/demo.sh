#!/usr/bin/env bash
# Runs $CLI on a copy of examples/demo against the simulator. Called by `make demo`, which builds what it needs.
set -euo pipefail

demo=$PWD/.build/demo
trap 'rm -rf "$demo"' EXIT
rm -rf "$demo"
cp -R examples/demo "$demo"

echo
echo "$("$CLI" version | head -n 1) applies examples/demo. One task is still in process: the gate waits for it, about 10 s."
echo
cd "$demo"
# The outputs are shown once, below, rather than as a plan and again as a result.
cdnsim -progress 10s -- "$CLI" apply -auto-approve -compact-warnings -no-color | grep -iE ': (still )?read'
echo
"$CLI" output

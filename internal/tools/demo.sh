#!/usr/bin/env bash
# Runs $CLI on a copy of examples/demo against the simulator. Called by `make demo`, which builds everything.
set -euo pipefail

demo=$PWD/.build/demo
trap 'rm -rf "$demo"' EXIT
rm -rf "$demo"
cp -R examples/demo "$demo"

echo
echo "$("$CLI" version | head -n 1) applies examples/demo. One task is still in process; the gate waits about 10 s for it."
echo
cd "$demo"
# Show the outputs once, below, not also as a plan and as the result of apply.
cdnsim -progress 10s -- "$CLI" apply -auto-approve -compact-warnings -no-color | grep -iE ': (still )?read'
echo
"$CLI" output

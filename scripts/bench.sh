#!/usr/bin/env bash
# Measures DFA against the same work without it, side by side, on a cluster of its own; the result is in .dfa/bench.json.
set -euo pipefail
cd "$(dirname "$0")"
source environment.sh

./prerequisites.sh
./install.sh
(cd "$REPO" && cargo build --release --quiet --package dfa_tests --bin dfa_bench)
mkdir -p "$DEMO"
"$CARGO_TARGET_DIR/release/dfa_bench" "$(./demo-data.sh)" "$DEMO/bench.json" "$@"

#!/usr/bin/env bash
# Measures DFA against the same work without it, side by side, on a cluster of its own; the result is in .dfa/bench.json.
# A name, as in `make bench PART=serving`, measures one part, `PART=peers` sets it beside other tools; DFA_BENCH_SECONDS=30 loads the service for longer, DFA_BENCH_MB=1024 sends it more.
set -euo pipefail
cd "$(dirname "$0")"
source environment.sh

./prerequisites.sh bench
./install.sh
(cd "$REPO" && cargo build --release --quiet --package dfa_tests --bin dfa_bench)
if [ "${1:-}" = peers ]; then exec ./bench-peers.sh; fi
mkdir -p "$DEMO"
"$CARGO_TARGET_DIR/release/dfa_bench" "$(./demo-data.sh)" "$DEMO/bench.json" "$@"
# How good the forecasts are, beside other libraries; a machine without an index of Python packages is told so.
if [ "${1:-}" = forecast ]; then ./forecast-peers.sh || true; fi

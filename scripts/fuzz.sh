#!/usr/bin/env bash
# The property tests of everything that reads bytes of others, with many more cases than a run of all tests takes.
set -euo pipefail
source "$(dirname "$0")/environment.sh"
cd "$REPO"

export PROPTEST_CASES=${1:-100000}
[[ $PROPTEST_CASES =~ ^[0-9]+$ ]] || fail "'$PROPTEST_CASES' is no number of cases" "make fuzz CASES=100000"
say "Catalogs: $PROPTEST_CASES cases a test"
cargo test --release --quiet --package dfa_catalog properties
say "Forms, CSV, JSON, cookies: $PROPTEST_CASES cases a test"
cargo test --release --quiet --package dfa_front any_

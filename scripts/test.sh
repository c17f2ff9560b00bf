#!/usr/bin/env bash
# Every test: lint, the unit tests, then the extension and the command end to end. Ends with how many passed and failed.
# `test.sh fast`: only what needs no server.
set -euo pipefail
cd "$(dirname "$0")"
source environment.sh

RESULTS=$(mktemp)
trap 'rm -f "$RESULTS"' EXIT

# A step that is no cargo test counts as one check.
check() {
    if "$@"; then
        echo 'test result: ok. 1 passed; 0 failed;' >>"$RESULTS"
    else
        echo 'test result: FAILED. 0 passed; 1 failed;' >>"$RESULTS"
        say "FAILED: $*"
    fi
}

# Goes on after a failure, so that one run shows them all. A test that did not compile counts as one that failed.
tests() {
    say "cargo test $*"
    local status=0 before after
    before=$(wc -l <"$RESULTS")
    (cd "$REPO" && cargo test --quiet --no-fail-fast "$@") 2>&1 | tee -a "$RESULTS" || status=$?
    after=$(grep -c '^test result: FAILED' <(tail -n "+$((before + 1))" "$RESULTS") || true)
    if [ $status != 0 ] && [ "$after" = 0 ]; then echo 'test result: FAILED. 0 passed; 1 failed;' >>"$RESULTS"; fi
}

./prerequisites.sh tests
check ./lint.sh
# With the checks of a debug build, which this crate builds in seconds; the others are what the demo builds, too.
tests --package dfa_catalog
if [ "${1:-}" = fast ]; then
    tests --release --package dfa_front --package dfa_dataframe --package dfa_forecast
    tests --release --package dfa_tests --test documents
else
    check ./install.sh
    tests --release --package dfa_front --package dfa_dataframe --package dfa_forecast
    tests --release --package dfa_tests
fi

awk '/^test result:/ { passed += $4; failed += $6 } END { printf "\n%d passed, %d failed\n", passed, failed; exit failed > 0 }' "$RESULTS"

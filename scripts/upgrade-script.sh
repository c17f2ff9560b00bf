#!/usr/bin/env bash
# Writes the script of ALTER EXTENSION dfa UPDATE, from the last release to this version: what is in pg_dfa_ext/sql/upgrade/ by hand, and
# the difference between what both versions create. Then tries it.
set -euo pipefail
cd "$(dirname "$0")"
source environment.sh

./prerequisites.sh
./install.sh
upgrade_tests() { (cd "$REPO" && cargo test --release --quiet --package dfa_tests --test upgrade "$@"); }
UPDATE_SCRIPT=1 upgrade_tests by_hand
./install.sh
upgrade_tests
(cd "$REPO" && git --no-pager diff --stat -- pg_dfa_ext/sql)

#!/usr/bin/env bash
# Pictures of every page, in light and dark, on a laptop and a phone, and of what is long, into docs/screens/: to be looked at beside docs/design.md.
set -euo pipefail
cd "$(dirname "$0")"
source environment.sh

./prerequisites.sh tests
./install.sh
mkdir -p "$REPO/docs/screens"
(cd "$REPO" && DFA_SCREENS=$REPO/docs/screens cargo test --release --quiet --package dfa_tests --test web -- look::every_page drawing::three_hundred editor::ten_thousand)
say "Pictures are in docs/screens/"

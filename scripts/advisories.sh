#!/usr/bin/env bash
# Advisories against what we depend on. Says loudly when nobody could look: a tool or its database that is not there finds nothing.
set -euo pipefail
source "$(dirname "$0")/environment.sh"
cd "$REPO"

if ! cargo deny --version >/dev/null 2>&1; then
    say "NOT LOOKED FOR: advisories. cargo-deny is not installed (cargo install cargo-deny --locked)"
    exit 0
fi
if ! cargo deny --log-level error fetch advisories 2>/dev/null; then
    say "NOT LOOKED FOR: advisories. Their database cannot be fetched here"
    exit 0
fi
say "cargo deny check advisories"
cargo deny --log-level error check advisories

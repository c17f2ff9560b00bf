#!/usr/bin/env bash
# Advisories against what we depend on. Says loudly when nobody could look: a tool or its database that is not there finds nothing.
set -euo pipefail
source "$(dirname "$0")/environment.sh"
cd "$REPO"

if ! scripts/cargo-deny.sh --version >/dev/null; then
    say "NOT LOOKED FOR: advisories. cargo-deny is not installed (cargo install cargo-deny --locked)"
    exit 0
fi
if ! scripts/cargo-deny.sh fetch advisories 2>/dev/null; then
    say "NOT LOOKED FOR: advisories. Their database cannot be fetched here"
    exit 0
fi
say "cargo deny check advisories"
scripts/cargo-deny.sh check advisories

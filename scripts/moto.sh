#!/usr/bin/env bash
# Prints the path of a Python that has moto, an S3 server for tests; installed once, below the cache.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

VERSION=5.2.5
VENV=$CACHE/moto-$VERSION

# Beside its place, and then moved: two who install it at once do not meet.
install() {
    local work
    mkdir -p "$CACHE"
    work=$(mktemp -d "$CACHE/moto.XXXXXX")
    python3 -m venv "$work" && "$work/bin/pip" --quiet --disable-pip-version-check install "moto[server]==$VERSION"
    mv -T "$work" "$VENV" 2>/dev/null || rm -rf "$work"
}

[ -x "$VENV/bin/python" ] || { say "Installing moto $VERSION (once)"; install >&2; }
printf '%s\n' "$VENV/bin/python"

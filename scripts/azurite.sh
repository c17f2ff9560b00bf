#!/usr/bin/env bash
# Prints the path of azurite-blob, a server that speaks as Azure Blob Storage, for tests; npm installs it once, below the cache.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

VERSION=3.35.0
place=$CACHE/azurite-$VERSION
if [ ! -x "$place/node_modules/.bin/azurite-blob" ]; then
    command -v npm >/dev/null || fail "npm is missing" "Install Node.js (Debian: apt-get install nodejs npm), then try again."
    say "Installing azurite $VERSION (once)"
    mkdir -p "$CACHE"
    # Beside its place, and then moved: two who install it at once do not meet.
    work=$(mktemp -d "$CACHE/azurite.XXXXXX")
    if ! npm install --prefix "$work" --ignore-scripts --no-audit --no-fund --silent "azurite@$VERSION" >&2; then
        rm -rf "$work"
        exit 1
    fi
    mv -T "$work" "$place" 2>/dev/null || rm -rf "$work"
fi
printf '%s\n' "$place/node_modules/.bin/azurite-blob"

#!/usr/bin/env bash
# Prints the path of azurite-blob, a server that speaks as Azure Blob Storage, for tests; npm installs it once, below the cache.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

VERSION=3.35.0
place=$CACHE/azurite-$VERSION

install() {
    say "Installing azurite $VERSION (once)"
    npm install --prefix "$1" --ignore-scripts --no-audit --no-fund --silent "azurite@$VERSION"
}

[ -d "$place" ] || command -v npm >/dev/null || fail "npm is missing" "Install Node.js (Debian: apt-get install nodejs npm), then try again."
once "$place" install
printf '%s\n' "$place/node_modules/.bin/azurite-blob"

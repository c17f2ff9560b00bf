#!/usr/bin/env bash
# Fetches what is kept here of others' JavaScript, at the versions of front/static/vendor/package-lock.json, and writes
# their hashes. npm checks each package against the lockfile. Nothing of it is needed for a build.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

VENDOR=$REPO/front/static/vendor
FOR_TESTS=$REPO/tests/web/vendor

command -v npm >/dev/null || fail "npm is missing" "Install Node.js (Debian: apt-get install nodejs npm), then try again."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$VENDOR"/package*.json "$work"
(cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --silent)

mkdir -p "$FOR_TESTS"
cp "$work/node_modules/htmx.org/dist/htmx.min.js" "$VENDOR/htmx.min.js"
cp "$work/node_modules/htmx.org/LICENSE" "$VENDOR/htmx.LICENSE"
cp "$work/node_modules/axe-core/axe.min.js" "$FOR_TESTS/axe.min.js"
cp "$work/node_modules/axe-core/LICENSE" "$FOR_TESTS/axe.LICENSE"
# A map of its source is not served.
sed -i '/^\/\/# sourceMappingURL=/d' "$VENDOR/htmx.min.js"
(cd "$REPO" && sha256sum front/static/vendor/htmx.min.js tests/web/vendor/axe.min.js) >"$VENDOR/SHA256SUMS"
say "vendored: $(cut -d ' ' -f 3 "$VENDOR/SHA256SUMS" | tr '\n' ' ')"

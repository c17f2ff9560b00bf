#!/usr/bin/env bash
# Writes what the extension and the command are built of, as CycloneDX, to dist/dfa-VERSION.cdx.json: the crates of Cargo.lock with
# their hashes. By cdxgen, which npm fetches once; says loudly when there is no npm.
set -euo pipefail
source "$(dirname "$0")/environment.sh"
cd "$REPO"

CDXGEN=12.8.4
FOLDER=$CACHE/cdxgen-$CDXGEN

if ! command -v npm >/dev/null; then
    say "NOT MADE: a bill of materials. npm is not installed, which brings cdxgen"
    exit 0
fi
if [ ! -x "$FOLDER/node_modules/.bin/cdxgen" ]; then
    say "Installing cdxgen $CDXGEN (once)"
    mkdir -p "$FOLDER"
    # Nothing of it is run while it is installed.
    npm install --prefix "$FOLDER" --ignore-scripts --omit=optional --no-audit --no-fund --silent "@cyclonedx/cdxgen@$CDXGEN" >&2
fi
VERSION=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
FILE=dist/dfa-$VERSION.cdx.json
mkdir -p dist
say "cdxgen: $FILE"
"$FOLDER/node_modules/.bin/cdxgen" --type rust --no-recurse --no-install-deps --no-babel --spec-version 1.6 --output "$FILE" . >/dev/null
python3 - "$FILE" <<'PYTHON'
import json, sys
bill = json.load(open(sys.argv[1]))
parts = [part for part in bill["components"] if part.get("purl", "").startswith("pkg:cargo/")]
known = sum(1 for part in parts if part.get("hashes"))
assert len(parts) > 100, f"{len(parts)} crates: Cargo.lock was not read"
print(f"{len(parts)} crates, {known} with a hash")
PYTHON

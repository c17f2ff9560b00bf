#!/usr/bin/env bash
# Prints the path of a Python that has aiosmtpd, an SMTP server for tests; installed once, below the cache.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

VERSION=1.4.6
VENV=$CACHE/aiosmtpd-$VERSION

# Beside its place, and then moved: two who install it at once do not meet.
install() {
    local work
    mkdir -p "$CACHE"
    work=$(mktemp -d "$CACHE/aiosmtpd.XXXXXX")
    python3 -m venv "$work" && "$work/bin/pip" --quiet --disable-pip-version-check install "aiosmtpd==$VERSION"
    mv -T "$work" "$VENV" 2>/dev/null || rm -rf "$work"
}

[ -x "$VENV/bin/python" ] || { say "Installing aiosmtpd $VERSION (once)"; install >&2; }
printf '%s\n' "$VENV/bin/python"

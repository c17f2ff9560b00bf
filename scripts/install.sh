#!/usr/bin/env bash
# Builds the command `dfa` and installs the extension into the PostgreSQL that PG_CONFIG names. Seconds if nothing changed.
# `install.sh prefix DIR` puts the command into DIR/bin, too.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

STAMP=$CARGO_TARGET_DIR/dfa-extension.installed

# What the extension is made of.
sources() {
    (cd "$REPO" && find pg_dfa_ext sql catalog/src catalog/Cargo.toml Cargo.toml Cargo.lock -type f -print0 |
        sort -z | xargs -0 sha256sum)
}

# What lies in the server's folders; another clone may have put its own there.
installed() {
    local files=("$("$PG_CONFIG" --pkglibdir)/dfa.so" "$("$PG_CONFIG" --sharedir)"/extension/dfa[.-]*)
    sha256sum "${files[@]}" 2>/dev/null || true
}

fingerprint() { { sources && installed; } | sha256sum | cut -d ' ' -f 1; }

# first_time HOW_LONG: what to expect of a build from nothing; nothing where the command was built before.
first_time() { [ -e "$DFA_BIN" ] || printf ', from nothing: %s' "$1"; }

install_extension() {
    local sudo=()
    [ -w "$("$PG_CONFIG" --pkglibdir)" ] || sudo=(--sudo)
    say "Building and installing the extension$(first_time 'some five minutes on two cores')"
    # A server that has the library loaded keeps the file it has; written over, it would crash.
    as_root rm -f "$("$PG_CONFIG" --pkglibdir)/dfa.so"
    (cd "$REPO/pg_dfa_ext" && while_telling 'the extension' \
        cargo pgrx install --release --pg-config "$PG_CONFIG" --no-default-features --features "pg$(pg_major)" "${sudo[@]}" >&2)
    # What a release created, for the tests of upgrades: pgrx installs the scripts of upgrades alone.
    as_root cp "$REPO"/pg_dfa_ext/sql/dfa--*.sql "$("$PG_CONFIG" --sharedir)/extension/"
    fingerprint >"$STAMP"
}

mkdir -p "$CARGO_TARGET_DIR"
[ "$(cat "$STAMP" 2>/dev/null)" = "$(fingerprint)" ] || install_extension

say "Building the command dfa$(first_time 'some ten minutes on two cores')"
(cd "$REPO" && while_telling 'the command' cargo build --release --package dfa_front >&2)

# `install.sh prefix DIR`: the command on the PATH as well.
if [ "${1:-}" = prefix ]; then
    folder=${2:-/usr/local}/bin
    mkdir -p "$folder" 2>/dev/null || as_root mkdir -p "$folder"
    if [ -w "$folder" ]; then install -m 755 "$DFA_BIN" "$folder/dfa"; else as_root install -m 755 "$DFA_BIN" "$folder/dfa"; fi
    say "The command is $folder/dfa"
fi

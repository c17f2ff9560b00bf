#!/usr/bin/env bash
# Builds Debian packages into dist/: the extension for the PostgreSQL that PG_CONFIG names, and the command with its systemd unit.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

VERSION=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$REPO/Cargo.toml" | head -1)
MAJOR=$(pg_major)
ARCHITECTURE=$(dpkg --print-architecture)
DIST=$REPO/dist
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# needs FILE…: the packages with the libraries that these were linked with
needs() {
    mkdir -p "$work/debian"
    printf 'Source: dfa\n\nPackage: dfa\nArchitecture: any\n' >"$work/debian/control"
    (cd "$work" && dpkg-shlibdeps -O "$@" 2>/dev/null) | sed -n 's/^shlibs:Depends=//p'
}

# pack NAME DEPENDS FOLDER DESCRIPTION [LONG]
pack() {
    local file=$DIST/$1_$VERSION-1_$ARCHITECTURE.deb
    mkdir -p "$3/DEBIAN" "$3/usr/share/doc/$1"
    cp "$REPO/LICENSE" "$3/usr/share/doc/$1/copyright"
    gzip -9n <"$REPO/CHANGELOG.md" >"$3/usr/share/doc/$1/changelog.gz"
    cat >"$3/DEBIAN/control" <<CONTROL
Package: $1
Version: $VERSION-1
Architecture: $ARCHITECTURE
Maintainer: The owners of DFA <dfa@localhost>
Section: database
Priority: optional
Depends: $2
Installed-Size: $(du -sk --exclude=DEBIAN "$3" | cut -f 1)
Description: $4
 $5
CONTROL
    if [ -d "$3/etc" ]; then (cd "$3" && find etc -type f -printf '/%p\n') >"$3/DEBIAN/conffiles"; fi
    chmod -R u=rwX,go=rX "$3"
    # Settings have secrets in them.
    if [ -d "$3/etc/dfa" ]; then chmod 600 "$3/etc/dfa/dfa.env"; fi
    dpkg-deb --root-owner-group --build "$3" "$file" >/dev/null
    say "$file"
}

command -v dpkg-shlibdeps >/dev/null || fail "dpkg-shlibdeps is missing" "apt-get install dpkg-dev"
mkdir -p "$DIST"

say "Building the extension for PostgreSQL $MAJOR"
extension=$work/extension
(cd "$REPO/pg_dfa_ext" && while_telling 'the extension' \
    cargo pgrx package --pg-config "$PG_CONFIG" --no-default-features --features "pg$MAJOR" --out-dir "$extension" >&2)
strip --strip-unneeded "$extension$("$PG_CONFIG" --pkglibdir)/dfa.so"
pack "postgresql-$MAJOR-dfa" "postgresql-$MAJOR, $(needs "$extension$("$PG_CONFIG" --pkglibdir)/dfa.so")" "$extension" \
    "data pipelines inside PostgreSQL: the extension" \
    "CREATE EXTENSION dfa; with shared_preload_libraries = 'dfa', work goes on after a restart. Later: ALTER EXTENSION dfa UPDATE."

say "Building the command"
(cd "$REPO" && while_telling 'the command' cargo build --release --package dfa_front >&2)
front=$work/front
install -D -m 755 "$DFA_BIN" "$front/usr/bin/dfa"
strip "$front/usr/bin/dfa"
install -D -m 644 "$REPO/deploy/systemd/dfa.service" "$front/lib/systemd/system/dfa.service"
install -D -m 600 "$REPO/.env.example" "$front/etc/dfa/dfa.env"
for shell in bash zsh fish; do
    case $shell in
        bash) place=usr/share/bash-completion/completions/dfa ;;
        zsh) place=usr/share/zsh/vendor-completions/_dfa ;;
        fish) place=usr/share/fish/vendor_completions.d/dfa.fish ;;
    esac
    mkdir -p "$front/$(dirname "$place")"
    "$DFA_BIN" completions $shell >"$front/$place"
done
mkdir -p "$front/usr/share/dfa" "$front/DEBIAN"
# The unit is read again; a service that runs is started anew with the new program, and stopped when that goes.
cat >"$front/DEBIAN/postinst" <<'SCRIPT'
#!/bin/sh
set -e
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    if [ -n "$2" ]; then systemctl try-restart dfa.service; fi
fi
SCRIPT
cat >"$front/DEBIAN/prerm" <<'SCRIPT'
#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then systemctl disable --now dfa.service; fi
SCRIPT
chmod 755 "$front/DEBIAN/postinst" "$front/DEBIAN/prerm"
cp -r "$REPO/catalog/retail" "$front/usr/share/dfa/retail"
pack dfa "ca-certificates, $(needs "$front/usr/bin/dfa")" "$front" "data pipelines inside PostgreSQL: the command and its service" \
    "Settings are in /etc/dfa/dfa.env; then: systemctl enable --now dfa. The retail catalogs are in /usr/share/dfa/retail."

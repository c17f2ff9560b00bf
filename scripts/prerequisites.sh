#!/usr/bin/env bash
# Installs what building and running need and this machine lacks: Debian packages and cargo-pgrx. Rust must be there.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

PGRX=0.18.1
DEBIAN=(
    postgresql-15 postgresql-client-15 postgresql-server-dev-15
    postgresql-15-cron                            # the scheduler's tests run it for real
    build-essential clang libclang-dev pkg-config # pgrx and pg_query read C headers with libclang
    python3 python3-venv unzip                    # the demo's data come as a wheel
    bzip2 gzip xz-utils                           # the tests load compressed files
)

# What loads the service in the bench.
if [ "${1:-}" = bench ]; then DEBIAN+=(wrk); fi

# What the tests put between the service and its database, and the browser that they look at its pages with.
if [ "${1:-}" = tests ]; then DEBIAN+=(curl pgbouncer openssh-server openssh-client openssl procps chromium fonts-dejavu-core); fi

missing_packages() {
    local package
    for package in "${DEBIAN[@]}"; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || printf '%s\n' "$package"
    done
}

# Debian's package starts a cluster at port 5432 when it is installed. Ours are private; the system gets none from us.
forbid_main_cluster() {
    local conf=/etc/postgresql-common/createcluster.conf
    as_root mkdir -p "$(dirname $conf)"
    if ! grep -qs '^create_main_cluster' $conf; then
        echo 'create_main_cluster = false' | as_root tee -a $conf >/dev/null
    fi
}

install_packages() {
    local missing
    mapfile -t missing < <(missing_packages)
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || fail "these packages are missing: ${missing[*]}" "Install them (names are Debian's)."
    say "Installing ${missing[*]}"
    if [[ " ${missing[*]} " == *" postgresql-15 "* ]]; then forbid_main_cluster; fi
    while_telling 'reading the lists of packages' as_root apt-get update -qq
    # RUNLEVEL=1: no daemon is started by its installation.
    while_telling 'installing packages' as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq \
        --no-install-recommends -o Dpkg::Options::=--force-confold "${missing[@]}" >/dev/null
}

# Debian's package makes it; an image that was cut down may have lost it.
make_sshd_user() {
    if getent passwd sshd >/dev/null; then return 0; fi
    say "Adding the user sshd, whom sshd needs when root starts it"
    as_root useradd --system --no-create-home --home-dir /run/sshd --shell /usr/sbin/nologin sshd
}

install_pgrx() {
    [ "$(cargo pgrx --version 2>/dev/null)" = "cargo-pgrx $PGRX" ] && return 0
    say "Installing cargo-pgrx $PGRX (about three minutes, once)"
    # Its own folder would be thrown away; with ours, what it shares with us is built once.
    while_telling 'cargo-pgrx' cargo install cargo-pgrx --version $PGRX --locked
}

# pgrx knows one server of each major version.
init_pgrx() {
    local config=${PGRX_HOME:-$HOME/.pgrx}/config.toml major
    major=$(pg_major)
    grep -qs "^pg$major *=" "$config" && return 0
    say "Telling pgrx about PostgreSQL $major"
    if [ -e "$config" ]; then
        sed -i "/^\[configs\]/a pg$major = \"$PG_CONFIG\"" "$config"
    else
        cargo pgrx init "--pg$major" "$PG_CONFIG" >/dev/null
    fi
}

command -v cargo >/dev/null || fail "cargo is not in PATH" "Install Rust from https://rustup.rs, then try again."
install_packages
if [ "${1:-}" = tests ]; then make_sshd_user; fi
install_pgrx
init_pgrx

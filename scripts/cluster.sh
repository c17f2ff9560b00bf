#!/usr/bin/env bash
# The demo's private PostgreSQL cluster below .dfa/: start, stop, remove, env, fresh-db NAME.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

LOG=$DEMO/log/postgresql.log
# For a small machine; what is committed stays committed (fsync is on).
# The library is preloaded, so that work that a stop or crash left goes on by itself.
SETTINGS="shared_preload_libraries = 'dfa'
listen_addresses = '127.0.0.1'
shared_buffers = 512MB
work_mem = 64MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
checkpoint_timeout = 15min
max_worker_processes = 16
log_line_prefix = '%m [%p] %q%u@%d '
log_min_duration_statement = 10s"

running() { [ -e "$DEMO/pg/PG_VERSION" ] && as_server_user "$(pg pg_ctl)" status -D "$(data)" >/dev/null; }
data() { readlink -f "$DEMO/pg"; }
port() { cat "$DEMO/port"; }

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

in_use() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

choose_port() {
    local port=54329
    while in_use $port; do port=$((port + 1)); done
    printf '%s\n' $port >"$DEMO/port"
}

# The folder that holds data, socket and log: .dfa itself, unless the server's user cannot enter it (a checkout below
# /root) or the path is too long for a socket (107 bytes). Then one below /var/tmp, with links to it in .dfa.
place() {
    local place=$DEMO part
    if ! as_server_user test -x "$DEMO" || [ ${#DEMO} -gt 80 ]; then
        place=/var/tmp/dfa-$(printf '%s' "$REPO" | sha256sum | cut -c 1-12)
        mkdir -p "$place"
        [ -O "$place" ] || fail "$place belongs to somebody else" "Move the checkout, or remove that folder."
    fi
    for part in pg run log; do
        mkdir -p "$place/$part"
        chmod 700 "$place/$part"
        if [ "$(id -u)" = 0 ]; then chown postgres "$place/$part"; fi
        [ "$place" = "$DEMO" ] || ln -sfn "$place/$part" "$DEMO/$part"
    done
}

create() {
    say "Creating the demo's PostgreSQL cluster in .dfa/"
    mkdir -p "$DEMO"
    chmod 755 "$DEMO"
    place
    choose_port
    (umask 077 && random >"$DEMO/password" && random >"$DEMO/apikey")
    # The socket's folder is its owner's alone, so that a socket needs no password; the network does.
    as_server_user "$(pg initdb)" --username=postgres --auth-local=trust --auth-host=scram-sha-256 \
        --encoding=UTF8 --locale=C.UTF-8 --no-instructions -D "$(data)" >/dev/null
    echo "include 'dfa.conf'" | as_server_user tee -a "$(data)/postgresql.conf" >/dev/null
}

# A server keeps the library that it has loaded: another build wants another start.
library() { sha256sum "$("$PG_CONFIG" --pkglibdir)/dfa.so"; }

start() {
    [ -e "$DEMO/pg/PG_VERSION" ] || create
    if running; then
        [ "$(cat "$DEMO/loaded" 2>/dev/null)" != "$(library)" ] || return 0
        stop
    fi
    printf '%s\n' "$SETTINGS" | as_server_user tee "$(data)/dfa.conf" >/dev/null
    library >"$DEMO/loaded"
    if in_use "$(port)"; then choose_port; fi
    local run
    run=$(readlink -f "$DEMO/run")
    as_server_user "$(pg pg_ctl)" start --wait --silent -D "$(data)" -l "$(readlink -f "$DEMO/log")/postgresql.log" \
        -o "-k $run -p $(port)" ||
        { tail -n 20 "$LOG" >&2; fail "PostgreSQL did not start" "The log above says why: .dfa/log/postgresql.log"; }
    connect
    printf "alter role postgres password '%s';\n" "$(cat "$DEMO/password")" | "$(pg psql)" -X -q -d postgres
    [ "$("$(pg psql)" -X -q -A -t -d postgres -c "select count(*) from pg_database where datname = 'dfa'")" = 1 ] ||
        "$(pg createdb)" dfa
}

stop() {
    "$REPO/scripts/service.sh" stop
    running || return 0
    as_server_user "$(pg pg_ctl)" stop --wait --silent --mode=fast -D "$(data)"
}

remove() {
    [ -e "$DEMO" ] || return 0
    stop
    local part
    for part in pg run log; do
        if [ -L "$DEMO/$part" ]; then rm -rf "$(readlink -f "$DEMO/$part")"; fi
    done
    rm -rf "$DEMO"
}

connect() {
    PGHOST=$(readlink -f "$DEMO/run") PGPORT=$(port)
    export PGHOST PGPORT PGUSER=postgres PGDATABASE=dfa
}

export_line() { printf 'export %s=%q\n' "$1" "$2"; }

# For eval "$(make -s env)". The password is for connections by the network (psql -h 127.0.0.1).
env_lines() {
    [ -e "$DEMO/port" ] || fail "there is no demo" "Make it: make demo"
    connect
    # shellcheck disable=SC2016 # the PATH of the shell that evaluates it
    printf 'case ":$PATH:" in *:%q:*) ;; *) export PATH=%q:$PATH ;; esac\n' "$(dirname "$DFA_BIN")" "$(dirname "$DFA_BIN")"
    export_line PGHOST "$PGHOST"
    export_line PGPORT "$PGPORT"
    export_line PGUSER "$PGUSER"
    export_line PGDATABASE "$PGDATABASE"
    export_line PGPASSWORD "$(cat "$DEMO/password")"
    export_line DFA_URL "http://127.0.0.1:$(cat "$DEMO/service.port" 2>/dev/null || echo 5000)"
    export_line APIKEY "$(cat "$DEMO/apikey")"
}

fresh_db() {
    [ -n "${1:-}" ] || fail "a name is missing" "make fresh-db NAME=mine"
    if ! { [ -e "$DEMO/pg/PG_VERSION" ] && running; }; then start; fi
    connect
    "$(pg createdb)" "$1"
    "$(pg psql)" -X -q -d "$1" -c 'create extension dfa' ||
        { "$(pg dropdb)" "$1"; fail "the extension is not installed in this PostgreSQL" "make install"; }
    say "Database '$1' has the extension and nothing loaded. For psql and dfa: eval \"\$(make -s env)\" && export PGDATABASE='$1'"
}

case ${1:-} in
    start | stop | remove) "$1" ;;
    env) env_lines ;;
    fresh-db) fresh_db "${2:-}" ;;
    *) fail "usage: cluster.sh start|stop|remove|env|fresh-db NAME" ;;
esac

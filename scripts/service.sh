#!/usr/bin/env bash
# The demo's service, `dfa run`, before the demo's cluster: start, stop. Its log is .dfa/service.log.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

PID=$DEMO/service.pid
LOG=$DEMO/service.log
PORT=$DEMO/service.port

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Which program runs: a new build wants a new start.
program() { sha256sum "$DFA_BIN" | cut -d ' ' -f 1; }

# The process of the pid file, if it is still ours and not one that came after it.
running() {
    local pid
    pid=$(sed -n 1p "$PID" 2>/dev/null) || return 1
    [ -n "$pid" ] && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q '/dfa run '
}

stop() {
    running || return 0
    local pid
    pid=$(sed -n 1p "$PID")
    kill "$pid"
    while running; do sleep 0.1; done
    rm -f "$PID"
}

start() {
    if running && [ "$(sed -n 2p "$PID")" = "$(program)" ]; then return 0; fi
    stop
    local port=5000
    while answers $port; do port=$((port + 1)); done
    printf '%s\n' $port >"$PORT"
    local variables
    variables=$("$REPO/scripts/cluster.sh" env)
    eval "$variables"
    say "Starting the service at http://127.0.0.1:$port"
    # Not of this shell's session: it outlives make and the terminal.
    DFA_CATALOG_DIR=$REPO/catalog/retail setsid "$DFA_BIN" run --host 127.0.0.1 --port $port </dev/null >"$LOG" 2>&1 &
    printf '%s\n%s\n' $! "$(program)" >"$PID"
    local tries=0
    until answers $port; do
        if ! running || [ $tries -ge 100 ]; then
            tail -n 5 "$LOG" >&2
            fail "the service did not start" "Its log is $LOG"
        fi
        tries=$((tries + 1))
        sleep 0.1
    done
}

case ${1:-} in
    start | stop) "$1" ;;
    *) fail "usage: service.sh start|stop" ;;
esac

# shellcheck shell=bash
# Where things are and who may do what; sourced by the other scripts.

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/dfa
# Outside the clone, so that `make clean` or a new clone does not cost a build from nothing.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$CACHE/target}
export PG_CONFIG=${PG_CONFIG:-/usr/lib/postgresql/15/bin/pg_config}
export DFA_BIN=$CARGO_TARGET_DIR/release/dfa
export PATH=$HOME/.cargo/bin:$PATH
# shellcheck disable=SC2034 # the scripts that source this use it
DEMO=$REPO/.dfa

# say TEXT…: what happens now, on stderr, so that a script's output stays its own
say() {
    if [ -t 2 ]; then printf '\033[1m==> %s\033[0m\n' "$*" >&2; else printf '==> %s\n' "$*" >&2; fi
}

# fail WHAT HOW_TO_GO_ON
fail() {
    printf 'error: %s\n       %s\n' "$1" "${2:-}" >&2
    exit 1
}

# while_telling WHAT COMMAND…: a command that may be silent for long. Without a terminal, on which cargo shows its own
# progress, a line every ten seconds says that it goes on.
while_telling() {
    local what=$1 pid started=$SECONDS told=0
    shift
    if [ -t 2 ]; then
        "$@"
        return
    fi
    "$@" &
    pid=$!
    while kill -0 $pid 2>/dev/null; do
        sleep 0.2
        if [ $((SECONDS - started - told)) -ge 10 ]; then
            told=$((SECONDS - started))
            say "… $what: $told s"
        fi
    done
    wait $pid
}

# as_root COMMAND…
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "'$1' needs root, and there is no sudo" "Run it as root, then try again: $*"
    fi
}

# as_server_user COMMAND…: PostgreSQL refuses to run as root. From /, since that user may not enter our folder.
as_server_user() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

# pg PROGRAM: its path, of the server that PG_CONFIG names
pg() { printf '%s/%s' "$("$PG_CONFIG" --bindir)" "$1"; }

# pg_major: the major version of that server
pg_major() { "$PG_CONFIG" --version | sed -n 's/^PostgreSQL \([0-9]*\).*/\1/p'; }

# once PLACE COMMAND…: a folder that COMMAND makes, which gets the path of an empty one as its last argument. It is made beside its place,
# and then moved: two who make it at once do not meet.
once() {
    local place=$1 work
    shift
    [ ! -d "$place" ] || return 0
    mkdir -p "$CACHE"
    work=$(mktemp -d "$place.XXXXXX")
    if ! "$@" "$work" >&2; then
        rm -rf "$work"
        return 1
    fi
    mv -T "$work" "$place" 2>/dev/null || rm -rf "$work"
}

# python_of PACKAGE… FOLDER: an environment of Python with these packages. Their commands name the folder: who moves it calls them by
# its bin/python.
python_of() {
    local folder=${*: -1}
    say "Installing ${*:1:$#-1} (once)"
    python3 -m venv "$folder" && "$folder/bin/pip" --quiet --disable-pip-version-check install "${@:1:$#-1}"
}

# python_with NAME VERSION [PACKAGE]: prints the path of a Python that has it; installed once, below the cache.
python_with() {
    local place=$CACHE/$1-$2
    once "$place" python_of "${3:-$1}==$2" || return 1
    printf '%s\n' "$place/bin/python"
}

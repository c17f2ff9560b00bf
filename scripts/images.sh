#!/usr/bin/env bash
# Builds both images, starts them by the compose file, asks the service, and clears up. Skipped where no docker is.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

COMPOSE=(docker-compose -f "$REPO/docker-compose.pg.yml" -p dfa-images)

if ! command -v docker-compose >/dev/null || ! docker info >/dev/null 2>&1; then
    say "No docker daemon and docker-compose here: the images are skipped"
    exit 0
fi

# Values of this trial alone; nothing of a developer's .env is meant.
export APIKEY=key-of-the-images DB_PASS=password-of-the-images DB_PUBLISHED_PORT=${DB_PUBLISHED_PORT:-54399}
export FRONT_PUBLISHED_PORT=${FRONT_PUBLISHED_PORT:-5099}
trap '"${COMPOSE[@]}" down --volumes >/dev/null 2>&1 || true' EXIT

say "Building and starting: ${COMPOSE[*]} up -d --build"
"${COMPOSE[@]}" up -d --build

# ask PATH: the answer of the service, from inside its container
ask() { "${COMPOSE[@]}" exec -T front curl --silent --show-error -H "APIKEY: $APIKEY" "${@:2}" "http://127.0.0.1:5000$1"; }

tries=0
until ask /ready --fail >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 60 ] || { "${COMPOSE[@]}" logs --tail 30; fail "the service does not become ready" "Its log is above."; }
    sleep 1
done

say "The service of the containers says"
ask /ready && echo
"${COMPOSE[@]}" exec -T front dfa init --run-date 2017-01-01
ask '/api/ai/pipelines?limit=1' && echo
user=$("${COMPOSE[@]}" exec -T front id -u)
[ "$user" != 0 ] || fail "the service runs as root in its container" "Dockerfile.front"
preloaded=$("${COMPOSE[@]}" exec -T postgres psql -U postgres -d dfa -At -c 'show shared_preload_libraries')
[ "$preloaded" = dfa,pg_cron ] || fail "the extension is not preloaded: '$preloaded'" "Dockerfile.postgres"
"${COMPOSE[@]}" down --rmi all --volumes
say "The images are good"

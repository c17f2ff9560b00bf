#!/usr/bin/env bash
# Prints the path of a Python that has moto, an S3 server for tests.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

python_with moto 5.2.5 "moto[server]"

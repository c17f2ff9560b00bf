#!/usr/bin/env bash
# Prints the path of a Python that has aiosmtpd, an SMTP server for tests.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

python_with aiosmtpd 1.4.6

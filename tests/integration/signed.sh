#!/usr/bin/env bash
# A policy that two people sign, from its folder to the next start: tests/harness/signed.py.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/signed.py"

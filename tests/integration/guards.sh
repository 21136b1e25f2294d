#!/usr/bin/env bash
# Each guard taken away: a test has to fail.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/guards/guards.py"

#!/usr/bin/env bash
# The unit files, analysed and run under two users: tests/harness/units.py.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/units.py"

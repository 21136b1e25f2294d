#!/usr/bin/env bash
# The tour of README.md, pasted as it stands.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/tour.py"

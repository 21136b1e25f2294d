#!/usr/bin/env bash
# Short checks, one promise each: tests/harness/checks.py.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/checks.py"

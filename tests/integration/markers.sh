#!/usr/bin/env bash
# No marker of a hidden child in any answer, verb or file.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/markers.py"

#!/usr/bin/env bash
# A hidden child and nobody: the same bytes and entries, for every route and role.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/paired.py" --pairs "${COUNT:-100}"

#!/usr/bin/env bash
# Three sheets of an authority against the outcomes that stand beside them.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/import_check.py"

#!/usr/bin/env bash
# Files changed, cut or put back by hand: the start is refused and the place named.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/tamper.py"

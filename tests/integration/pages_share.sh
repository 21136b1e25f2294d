#!/usr/bin/env bash
# Pages that share, without JavaScript: tests/harness/pages_share.py.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/pages_share.py" "$@"

#!/usr/bin/env bash
# Pages that write, without JavaScript: tests/harness/pages_write.py.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/pages_write.py" "$@"

#!/usr/bin/env bash
# No room on the disk: 503, no data, and on again when there is room.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/full_disk.py"

#!/usr/bin/env bash
# kill -9 under load, COUNT times (100): nothing acknowledged lost, no answer without its entry.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/kill.py" --rounds "${COUNT:-100}"

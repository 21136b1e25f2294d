#!/usr/bin/env bash
# A hidden child and nobody: the same time.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/paired.py" --pairs 13 --time --time-pairs "${COUNT:-2000}" \
  --only view --only get --only patch --only search --only protection --only access-log --only disclosure

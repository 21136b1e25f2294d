#!/usr/bin/env bash
# A hidden child and nobody: the same time, by pages and by calls.
set -euo pipefail
harness="${SOURCE_DIR:?}/tests/harness"
python3 -B "$harness/paired_pages.py" --time --time-pairs "${COUNT:-2000}" \
  --only RECORD --only FIND_DO --only PROTECT
exec python3 -B "$harness/paired.py" --pairs 13 --time --time-pairs "${COUNT:-2000}" \
  --only view --only get --only patch --only search --only protection --only access-log --only disclosure

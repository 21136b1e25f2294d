#!/usr/bin/env bash
# Every script parses, stops at the first error, and says in its second line what it is for.
set -euo pipefail
cd "${SOURCE_DIR:-.}"
found=0
for script in run test .ci/run packaging/setup tests/*/*.sh; do
  bash -n "$script" || found=1
  sed -n 2p "$script" | grep -q '^# ' || { echo "$script: no comment in line 2"; found=1; }
  grep -q '^set -euo pipefail$' "$script" || { echo "$script: no set -euo pipefail"; found=1; }
done
exit $found

#!/usr/bin/env bash
# clang-tidy (.clang-tidy) over the whole product, on a compile database for clang: gcc's flags would
# make it stop.
set -euo pipefail
cd "${SOURCE_DIR:-.}"
command -v run-clang-tidy >/dev/null || exit 77
database="$BUILD_DIR/tidy"
cmake -S . -B "$database" -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug >/dev/null
run-clang-tidy -quiet -j 2 -p "$database" \
  "$PWD/(base|crypto|policy|register|api|console|custodian|cli)/.*\.c\$" 2>/dev/null |
  { grep -E 'warning:|error:' && exit 1 || exit 0; }

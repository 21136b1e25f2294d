#!/usr/bin/env bash
# cppcheck over the whole product. A suppression stands in the code, with its reason.
set -euo pipefail
cd "${SOURCE_DIR:-.}"
command -v cppcheck >/dev/null || exit 77
jq '[.[] | select(.file | test("/tests/|/made/|/build/assets/") | not)]' "$BUILD_DIR/compile_commands.json" \
  >"$BUILD_DIR/cppcheck.json"
cppcheck --quiet --enable=warning,portability --inline-suppr --error-exitcode=1 -j 2 \
  --suppress=internalAstError --project="$BUILD_DIR/cppcheck.json"

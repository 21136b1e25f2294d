#!/usr/bin/env bash
# cppcheck finds nothing in the product; what did not change it does not look at again. A suppression
# stands in the code, with its reason.
set -euo pipefail
cd "${SOURCE_DIR:-.}"
command -v cppcheck >/dev/null || exit 77
folder="$BUILD_DIR/cppcheck"
mkdir -p "$folder"
# Not what the build has made, and not the second build with guards that can be switched off.
jq --arg root "$PWD/" '[.[] | select((.file | ltrimstr($root) | test("^[a-z]+/[a-z0-9_]+\\.c$"))
  and (.command | test("CNIS_TEST_GUARDS") | not))]' \
  "$BUILD_DIR/compile_commands.json" >"$folder/product.json"
# Its exit code does not tell of what it finds across files, so anything that it says is a finding.
found=$(cppcheck --quiet --enable=warning,portability --inline-suppr -j 2 --cppcheck-build-dir="$folder" \
  --suppress=internalAstError --project="$folder/product.json" 2>&1)
if [ -n "$found" ]; then
  echo "$found"
  exit 1
fi

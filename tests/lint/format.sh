#!/usr/bin/env bash
# clang-format has nothing to change. Tables (.def) are aligned by hand.
set -euo pipefail
cd "${SOURCE_DIR:-.}"
command -v clang-format >/dev/null || exit 77
shopt -s nullglob
clang-format --dry-run --Werror --ferror-limit=1 \
  {base,crypto,policy,register,api,console,custodian,cli}/*.[ch] \
  tests/{unit,property,threads,fuzz,support}/*.[ch]

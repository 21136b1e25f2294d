#!/usr/bin/env bash
# A file has at most 500 lines, a function at most 60, a line at most 100 characters. Tables (.def)
# may be wider. A function's body begins and ends with a brace in the first column.
set -euo pipefail
cd "${SOURCE_DIR:-.}"
export LC_ALL=C.UTF-8

shopt -s nullglob
files=({base,crypto,policy,register,api,console,custodian,cli}/*.[ch]
  tests/{unit,property,threads,fuzz,support}/*.[ch])
found=0

awk '
  FNR == 1 { finish(); file = FILENAME; from = 0 }
  /^{/ { from = FNR }
  /^}/ && from {
    if (FNR - from - 1 > 60) say(from, "a function of " FNR - from - 1 " lines")
    from = 0
  }
  { lines = FNR }
  END { finish(); exit found }
  function finish() { if (file && lines > 500) say(lines, "a file of " lines " lines") }
  function say(line, what) { print file ":" line ": " what; found = 1 }
' "${files[@]}" || found=1

if grep -nE '^.{101,}$' "${files[@]}"; then found=1; fi
exit $found

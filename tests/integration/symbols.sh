#!/usr/bin/env bash
# No program puts a function of ours in the place of a library's. A function with the name of one in a
# shared library (json_object is jansson's) becomes a dynamic symbol of the program, and the library
# would then call ours.
set -euo pipefail
[ -x "$BIN_DIR/cnis" ] || exit 77
if nm --dynamic "$BIN_DIR/cnis" | grep -qE '__(asan|tsan)_init'; then exit 77; fi # these do it on purpose
found=0
for program in "$BIN_DIR"/cnis*; do
  if ours=$(nm --dynamic --defined-only "$program" 2>/dev/null | grep -E ' [TW] ' | grep -v ' _'); then
    echo "$(basename "$program") would be called by a library it uses:"
    echo "$ours"
    found=1
  fi
done
exit $found

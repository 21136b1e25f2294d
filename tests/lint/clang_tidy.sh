#!/usr/bin/env bash
# clang-tidy (.clang-tidy) finds nothing in the product. It needs the compile commands of clang: gcc's
# flags would make it stop. A file that was found clean is looked at again when it, a header, a check
# or the tool has changed: that is some minutes the first time and seconds after.
set -euo pipefail
cd "${SOURCE_DIR:-.}"
command -v clang-tidy >/dev/null || exit 77
export database="$BUILD_DIR/tidy"
cmake -S . -B "$database" -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug >/dev/null
mkdir -p "$database/clean"
checks=$({ clang-tidy --version; cat .clang-tidy ./*/.clang-tidy; } | sha256sum)
export checks

look() { # file, its compile command
  local seen
  seen=$({ echo "$checks"; cd "$database"; eval "$2 -E -C -o -"; } | sha256sum)
  [ -e "$database/clean/${seen%% *}" ] && return
  clang-tidy --quiet -p "$database" "$1" && touch "$database/clean/${seen%% *}"
}
export -f look
jq -r --arg root "$PWD/" '.[] | select(.file | ltrimstr($root) | test("^[a-z]+/[a-z0-9_]+\\.c$"))
  | .file, .command' "$database/compile_commands.json" |
  xargs -d '\n' -n 2 -P 2 bash -c 'look "$@"' look

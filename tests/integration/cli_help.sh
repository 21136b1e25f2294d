#!/bin/bash
# Every verb helps in both languages; every option stands in help, man pages and completion; wrong use
# is told apart by its exit code; answers are whole JSON where --json was asked.
set -euo pipefail
cnis=$BIN_DIR/cnis
[ -x "$cnis" ] || exit 77
fail() { echo "FAILED: $*" >&2; exit 1; }
expect() { # code, command...
  local wanted=$1 code=0
  shift
  "$@" >/tmp/cli_help.$$ 2>&1 || code=$?
  [ "$code" = "$wanted" ] || { cat /tmp/cli_help.$$ >&2; fail "exit $code, not $wanted: $*"; }
}
trap 'rm -f /tmp/cli_help.$$ /tmp/cli_help.$$.jsonl' EXIT

verbs=$("$cnis" --help --lang en | sed -n '/^  [a-z]/p' | cut -c3-28 | sed 's/ *$//')
[ "$(wc -l <<<"$verbs")" -ge 10 ] || fail "too few verbs in --help"
completion=$("$cnis" --completion)
bash -n <<<"$completion"
while read -r verb; do
  # shellcheck disable=SC2086 # a verb may be two words
  for lang in cy en; do
    expect 0 "$cnis" $verb --help --lang $lang
    cp /tmp/cli_help.$$ /tmp/cli_help.$$.$lang
  done
  cmp -s /tmp/cli_help.$$.cy /tmp/cli_help.$$.en && fail "$verb: the same help in both languages"
  for option in $(sed -n 's/^  --\([a-z-]*\).*/\1/p' /tmp/cli_help.$$.en); do
    grep -q -- "--$option " <<<"$(grep "'$verb'\*" <<<"$completion")" || fail "$verb --$option: not in the completion"
    case $option in help | json | lang) continue ;; esac
    for page in docs/man/cnis.1 docs/man/cy/cnis.1; do
      sed 's/\\-/-/g; s/"//g' "$SOURCE_DIR/$page" | grep "^\.B.* *$verb " | grep -q -- "--$option" ||
        fail "$verb --$option: not in $page"
    done
  done
  rm -f /tmp/cli_help.$$.*
done <<<"$verbs"

expect 0 "$cnis" --version
expect 64 "$cnis"
expect 64 "$cnis" nothing-like-this
expect 64 "$cnis" policy check
expect 64 "$cnis" policy check --no-such-option x
expect 64 "$cnis" policy explain F-11 --lang fr
expect 64 "$cnis" serve
expect 66 "$cnis" policy check /nowhere/at/all.jsonl
LC_ALL='' LC_MESSAGES='' LANG=cy_GB.UTF-8 expect 64 "$cnis" nothing-like-this
grep -q "Nid oes berf" /tmp/cli_help.$$ || fail "LANG=cy does not speak Welsh"

expect 0 "$cnis" policy check "$SOURCE_DIR/tests/cases/open.jsonl"
tail -1 /tmp/cli_help.$$ | grep -Eq '^[0-9]+ passed, 0 failed, [0-9]+ skipped$' || fail "the last line of policy check"
"$cnis" policy check --json "$SOURCE_DIR/tests/cases/open.jsonl" 2>/dev/null | grep -q '^{"passed":[0-9]*,"failed":0,"skipped":[0-9]*}$' ||
  fail "policy check --json"
expect 65 "$cnis" policy check "$SOURCE_DIR/README.md"
[ "$("$cnis" policy matrix | wc -l)" -gt 100 ] || fail "the matrix is too short"
"$cnis" policy matrix --json | grep -q '^{"lines":\[' || fail "policy matrix --json"
for lang in cy en; do
  [ "$("$cnis" policy book --lang $lang | grep -c "<html lang=\"$lang\">")" = 1 ] || fail "policy book --lang $lang"
done
"$cnis" policy explain "$SOURCE_DIR/tests/cases/open.jsonl" >/tmp/cli_help.$$
grep -q '^PC-002: partial$' /tmp/cli_help.$$ || fail "policy explain of a case"
grep -q '^    nearest grant: G-' /tmp/cli_help.$$ || fail "policy explain: the nearest grant"
[ "$(sed -n '/^PC-008: /,/^PC-/p' /tmp/cli_help.$$ | grep -c '^  ')" = 0 ] || fail "policy explain tells of a generic answer"
grep -q '^PC-014: not explained, .*(search)$' /tmp/cli_help.$$ || fail "policy explain passes a case over in silence"
printf '\n{"id": 1}\n' >/tmp/cli_help.$$.jsonl
"$cnis" policy explain /tmp/cli_help.$$.jsonl >/dev/null 2>/tmp/cli_help.$$ && fail "policy explain takes what is no case"
grep -q '[( ]2[,) ]' /tmp/cli_help.$$ || fail "policy explain does not give the line: $(cat /tmp/cli_help.$$)"
"$cnis" policy explain F-11 --lang cy | grep -q '^F-11: ' || fail "policy explain"
code=0
"$cnis" policy matrix >/dev/full || code=$?
[ "$code" = 74 ] || fail "exit $code, not 74, though nothing could be written"
"$cnis" import --template cy | grep -q '^cyfeirnod,' || fail "the Welsh template"
"$cnis" import --template en | grep -q '^ref,' || fail "the English template"
echo "cli_help: all well"

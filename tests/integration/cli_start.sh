#!/bin/bash
# init and what a start refuses: a folder that holds a register, real data, a changed byte, a wrong or
# missing key, two processes, a setting that is none; each names its place and has its exit code.
set -euo pipefail
cnis=$BIN_DIR/cnis
custodian=$BIN_DIR/cnis-custodian
[ -x "$cnis" ] && [ -x "$custodian" ] || { echo "skipped: no programs"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
fail() { echo "FAILED: $*" >&2; cat "$dir/out" >&2 || true; exit 1; }
expect() { # code, command...
  local wanted=$1 code=0
  shift
  "$@" >"$dir/out" 2>&1 </dev/null || code=$?
  [ "$code" = "$wanted" ] || fail "exit $code, not $wanted: $*"
}
d=$dir/d
mkdir -m 700 "$d"
expect 0 "$custodian" init --dir "$d/custodian" --origin sir-brawf.example/audit/1
(umask 077 && echo "cyfrinair hir iawn" >"$dir/password")
init() { timeout -s KILL 60 "$cnis" init --dir "$d" --custodian "$d/custodian/custodian.pub" --authority "Sir Brawf" --code 672 --password-file "$dir/password" "$@"; }



expect 77 init --live
grep -q "not shown" "$dir/out" || fail "init --live does not list what is missing"
[ ! -e "$d/register" ] || fail "init --live made something"
expect 0 init --dry-run
[ ! -e "$d/register" ] || fail "init --dry-run made something"
expect 64 init --code 67
expect 64 "$cnis" init --dir "$d"
expect 66 init --custodian /nowhere/custodian.pub
expect 0 init --json
grep -q '"synthetic":true' "$dir/out" || fail "init --json"
expect 73 init
[ "$(stat -c %a "$d/root/root.key")" = 400 ] || fail "the root secret's mode"
[ -z "$(find "$d/register" -name '*key' -o -name keyring)" ] || fail "a key below the register's folder"

expect 0 "$cnis" audit fsck --dir "$d"
expect 0 "$cnis" keys status --dir "$d"
[ "$(grep -c active "$dir/out")" = 6 ] || fail "six active keys"
expect 69 "$cnis" serve --dir "$d" --port 0 # nobody vouches for the head of the log
echo "colour = blue" >"$d/cnis.ini"
expect 65 "$cnis" serve --dir "$d" --port 0
grep -q "cnis.ini" "$dir/out" || fail "a wrong setting is not named"
rm "$d/cnis.ini"
expect 65 "$cnis" serve --dir "$d" --port 70000

mv "$d/root/root.key" "$dir/kept"
expect 78 "$cnis" audit fsck --dir "$d"
head -c 32 /dev/urandom >"$d/root/root.key"
chmod 400 "$d/root/root.key"
expect 78 "$cnis" audit fsck --dir "$d"
rm -f "$d/root/root.key"
mv "$dir/kept" "$d/root/root.key"
expect 0 "$cnis" audit fsck --dir "$d"

# One byte in the middle of the records' file: the administrator's account lies there, sealed.
cp "$d/register/register.db" "$dir/whole"
size=$(stat -c %s "$d/register/register.db")
changed=0
for at in $(seq $((size / 40)) $((size / 40)) $((size - 1))); do
  cp "$dir/whole" "$d/register/register.db"
  printf '\x5a' | dd of="$d/register/register.db" bs=1 seek="$at" conv=notrunc status=none
  cmp -s "$dir/whole" "$d/register/register.db" && continue
  timeout -s KILL 60 "$cnis" audit fsck --dir "$d" >"$dir/out" 2>&1 || changed=$((changed + 1))
done
cp "$dir/whole" "$d/register/register.db"
[ "$changed" -gt 0 ] || fail "no changed byte was ever noticed"
expect 0 "$cnis" audit fsck --dir "$d"
echo "cli_start: all well ($changed changes noticed)"

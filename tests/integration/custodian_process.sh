#!/usr/bin/env bash
# The custodian as a process: made once, found again after kill -9, one at a time, enrolment by typed
# fingerprint, files that nobody else can read, an end in order.
set -euo pipefail
custodian="${BIN_DIR:?}/cnis-custodian"
[ -x "$custodian" ] || exit 77
work=$(mktemp -d)
trap 'kill -9 ${pid:-} 2>/dev/null || true; rm -rf "$work"' EXIT
dir="$work/custodian" socket="$work/s"
export LC_ALL=C.UTF-8

fail() { echo "custodian_process: $1"; exit 1; }
# expect CODE COMMAND... - the exit code is part of the interface
expect() {
  local wanted=$1 got=0
  shift
  "$@" > "$work/out" 2>&1 || got=$?
  [ "$got" = "$wanted" ] || { cat "$work/out"; fail "exit $got, not $wanted: $*"; }
}
start() {
  rm -f "$work/ready"
  "$custodian" serve --dir "$dir" --socket "$socket" --json "$@" > "$work/ready" 2> "$work/errors" &
  pid=$!
  for _ in $(seq 100); do [ -s "$work/ready" ] && return; sleep 0.05; done
  cat "$work/errors"; fail "did not start"
}
key() { head -c 32 /dev/urandom | base64 -w0; }
# The first 8 bytes of SHA-256 over the label and the key, in groups of four digits.
fingerprint() {
  { printf 'cnis-fingerprint/v1\n'; printf %s "$1" | base64 -d; } | sha256sum |
    sed -E 's/^(.{4})(.{4})(.{4})(.{4}).*/\1-\2-\3-\4/'
}
ada=00112233445566778899aabbccddeeff

expect 0 "$custodian" --help
expect 64 "$custodian" serve --dir "$dir"
expect 66 "$custodian" serve --dir "$work/nothing" --socket "$socket"
expect 64 "$custodian" init --dir "$dir" --origin "two words"
expect 0 "$custodian" init --dir "$dir" --origin cnis.test/audit/1
expect 73 "$custodian" init --dir "$dir"
grep -q '^log cnis.test/audit/1+' "$dir/custodian.pub" || fail "custodian.pub has no log key"

start
grep -q '"separated":false' "$work/ready" || fail "one user is called separated"
[ "$(stat -c %a "$socket")" = 600 ] || fail "the socket is open to others"
expect 75 "$custodian" serve --dir "$dir" --socket "$work/other"

# While it serves, enrolment goes through it; a wrong fingerprint enrols nobody.
first=$(key)
expect 77 "$custodian" enrol --dir "$dir" --socket "$socket" --person $ada --key "ed25519:$first" --fingerprint 0000-0000-0000-0000
expect 0 "$custodian" enrol --dir "$dir" --socket "$socket" --person $ada --key "ed25519:$first" --fingerprint "$(fingerprint "$first")"
fingerprint "$first" > "$work/typed"
grep -qF "$(cat "$work/typed")" "$work/out" && fail "the fingerprint is shown, so typing it proves nothing"

# Killed without warning, it is there again with what it knew.
kill -9 "$pid"; wait "$pid" 2>/dev/null || true
start
second=$(key) third=$(key)
"$custodian" enrol --dir "$dir" --socket "$socket" --person $ada --key "ed25519:$second" \
  <<< "$(fingerprint "$second")" > "$work/out" 2>&1 || fail "a typed fingerprint is not taken"
expect 77 "$custodian" enrol --dir "$dir" --socket "$socket" --person $ada --key "ed25519:$third" --fingerprint "$(fingerprint "$third")"
# Keys are listed; one is withdrawn by its fingerprint, leaves room for another, and does not come back.
expect 0 "$custodian" keys --dir "$dir" --socket "$socket" --lang en
[ "$(wc -l < "$work/out")" = 2 ] || fail "not two keys"
grep -q "^$ada  $(fingerprint "$second")  since 20" "$work/out" || fail "a key is not listed"
expect 64 "$custodian" withdraw --dir "$dir" --socket "$socket" --person $ada --key short
expect 77 "$custodian" withdraw --dir "$dir" --socket "$socket" --person $ada --key "$(fingerprint "$third")"
expect 0 "$custodian" withdraw --dir "$dir" --socket "$socket" --person $ada --key "$(fingerprint "$first")"
expect 77 "$custodian" enrol --dir "$dir" --socket "$socket" --person $ada --key "ed25519:$first" --fingerprint "$(fingerprint "$first")"
fourth=$(key)
expect 0 "$custodian" enrol --dir "$dir" --socket "$socket" --person $ada --key "ed25519:$fourth" --fingerprint "$(fingerprint "$fourth")"
kill "$pid"; wait "$pid" || fail "did not end in order"
[ ! -e "$socket" ] || fail "the socket is left behind"

# At rest, the same enrolment works on the files; what is stored is sealed and private.
expect 0 "$custodian" enrol --dir "$dir" --person 0123456789abcdef0123456789abcdef --key "ed25519:$third" --fingerprint "$(fingerprint "$third")"
"$custodian" withdraw --dir "$dir" --person $ada <<< "$(fingerprint "$fourth")" > "$work/out" 2>&1 ||
  fail "a typed fingerprint is not taken"
expect 0 "$custodian" keys --dir "$dir" --json
[ "$(jq -r --arg ada $ada '[.keys[] | select(.person == $ada and .withdrawn != null) | .fingerprint] | join(" ")' "$work/out")" = \
  "$(fingerprint "$first") $(fingerprint "$fourth")" ] || fail "withdrawn keys are not named as such"
for file in keyring people journal lock; do
  [ "$(stat -c %a "$dir/$file")" = 600 ] || fail "$file is open to others"
done
[ "$(stat -c %a "$dir/root.key")" = 400 ] || fail "the root can be written"
for file in people journal; do
  od -An -v -tx1 "$dir/$file" | tr -d ' \n' | grep -q $ada && fail "ids stand in clear in $file"
done

# Any change of its files is noticed at the start, and which file is said.
for file in keyring people journal custodian.pub; do
  cp "$dir/$file" "$work/whole"
  printf 'X' | dd of="$dir/$file" bs=1 seek=100 conv=notrunc status=none
  expect 78 "$custodian" serve --dir "$dir" --socket "$socket" --once
  cp "$work/whole" "$dir/$file"
done
# Half a record at the end of the journal is what a power cut leaves: it is taken away.
printf 'half a record' >> "$dir/journal"
start
kill "$pid"; wait "$pid" || fail "did not end in order"
[ $(($(stat -c %s "$dir/journal") % 144)) = 0 ] || fail "the journal still has half a record"
# A root of somebody else's opens nothing.
cp "$dir/root.key" "$work/root"; chmod 600 "$dir/root.key"; head -c 32 /dev/urandom > "$dir/root.key"
expect 78 "$custodian" serve --dir "$dir" --socket "$socket" --once

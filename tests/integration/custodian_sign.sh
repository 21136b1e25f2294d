#!/usr/bin/env bash
# cnis sign: a key of one's own, what is signed in words of the chosen language, the signature alone on
# standard output, and nothing signed that is no ticket or has a key open to others.
set -euo pipefail
cnis="${BIN_DIR:?}/cnis"
[ -x "$cnis" ] || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Made up: child 0303..., safeguarding_enquiry, G-36a, fields 20 and 33 and one unknown; until 2100.
ticket=AQABAQEBAQEBAQEBAQEBAQEBAQICAgICAgICAgICAgICAgIDAwMDAwMDAwMDAwMDAwMDAAAQAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAgAwAPdJpMOAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAHBwcHBwcHBwcHBwcHBwcHc2FmZWd1YXJkaW5nX2VucXVpcnkAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAcHVibGljX3Rhc2sAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAUctMzZhAAAAAAAAAA==

fail() { echo "custodian_sign: $1"; exit 1; }
# expect CODE COMMAND...
expect() {
  local wanted=$1 got=0
  shift
  "$@" > out 2> errors || got=$?
  [ "$got" = "$wanted" ] || { cat out errors; fail "exit $got, not $wanted: $*"; }
}

echo "$ticket" > ticket
expect 0 "$cnis" sign --key key --new --lang en
[ "$(stat -c '%a %s' key)" = "400 32" ] || fail "the key is not private"
public=$(sed -n 's/^Public key: ed25519://p' out)
expect 73 "$cnis" sign --key key --new

expect 0 "$cnis" sign --key key ticket --lang en
grep -q 'Safeguarding enquiry' errors || fail "the purpose is not told in words"
grep -q 'home_address' errors || fail "a field is not told"
grep -q '2100-01-01' errors || fail "the expiry is not told"
[ "$(wc -l < out)" = 1 ] || fail "more than the signature is printed"
[ "$(base64 -d out | head -c 33 | tail -c 32 | base64 -w0)" = "$public" ] || fail "another key signed"
[ "$(base64 -d out | head -c 1 | od -An -tu1 | tr -d ' ')" = 1 ] || fail "not signed as a request"
cp out request

expect 0 "$cnis" sign --key key --approve --lang cy - < ticket
grep -q 'Ymholiad diogelu' errors || fail "nid yw'r diben yn Gymraeg"
[ "$(base64 -d out | head -c 1 | od -An -tu1 | tr -d ' ')" = 2 ] || fail "not signed as an approval"
cmp -s out request && fail "a request and an approval are the same"

# One letter changed is no ticket; a key that others can read signs nothing.
sed 's/^./B/' ticket > other
expect 65 "$cnis" sign --key key other
chmod 644 key
expect 78 "$cnis" sign --key key ticket
[ ! -s out ] || fail "something was signed"

#!/bin/bash
# The demonstration, as somebody new to it meets it: it gets ready, five lines that work as they
# stand, the numbers that it says, the sheets that an authority would hand over, and an end in order.
set -euo pipefail
cnis=$BIN_DIR/cnis
for program in "$cnis" "$BIN_DIR/cnis-custodian" curl jq; do
  command -v "$program" >/dev/null || { echo "skipped: no $program"; exit 77; }
done
dir=$(mktemp -d)
demo=
end() {
  [ -z "$demo" ] || kill -KILL "$demo" 2>/dev/null || true
  rm -rf "$dir"
}
trap end EXIT
fail() { echo "FAILED: $*" >&2; cat "$dir/err" >&2 || true; exit 1; }

start() { # options...: the demonstration in the background, until it says that it is ready
  : >"$dir/ready"
  "$cnis" demo --dir "$dir/d" --port 0 --json "$@" >"$dir/ready" 2>"$dir/err" &
  demo=$!
  for _ in $(seq 3000); do # a hang, not a slow machine
    [ ! -s "$dir/ready" ] || return 0
    kill -0 "$demo" 2>/dev/null || fail "the demonstration ended"
    sleep 0.1
  done
  fail "not ready within five minutes"
}
stop() { # in order, and the custodian with it
  local custodian
  custodian=$(pgrep -P "$demo" || true)
  kill -TERM "$demo"
  wait "$demo" || fail "SIGTERM: exit $?"
  demo=
  [ -z "$custodian" ] || ! kill -0 "$custodian" 2>/dev/null || fail "the custodian is still there"
}
said() { jq -er "$1" "$dir/ready"; }
sign_in() { # user: prints a token
  curl -sf "$address/v1/sessions" -H 'Content-Type: application/json' \
    -d "{\"user\":\"$1\",\"password\":\"$password\"}" | jq -er .token
}
waiting() { # how many wait for their first safety decision, all pages
  local cursor='' n=0 page
  while :; do
    page=$(curl -sf "$address/v1/first-decisions${cursor:+?cursor=$cursor}" -H "Authorization: Bearer $lead")
    n=$((n + $(jq '.waiting | length' <<<"$page")))
    cursor=$(jq -r '.cursor // .next // empty' <<<"$page")
    [ -n "$cursor" ] || break
  done
  echo "$n"
}

start
address=$(said .address) password=$(said '.sign_ins[0].password')
[ "$(said '.sign_ins | length')" -ge 11 ] || fail "too few can sign in"
[ "$(said .synthetic)" = true ] || fail "does not say that its data are synthetic"

# Five lines, pasted as they stand.
[ "$(said '.examples | length')" = 5 ] || fail "not five examples"
eval "$(said '.examples[0]')"
[ "${#TOKEN}" = 43 ] || fail "no token in the shell"
eval "$(said '.examples[1]')" >"$dir/view"
jq -e '.fields.child_name.rule == "G-01" and .fields.home_address.form == "full"' "$dir/view" >/dev/null || fail "the view"
jq -e '.withheld[] | select(.field == "ethnicity")' "$dir/view" >/dev/null || fail "ethnicity was not withheld"
eval "$(said '.examples[2]')" | jq -e '.status == 403 and .rule == "F-04" and (.detail | test("diben"))' >/dev/null ||
  fail "the refusal in Welsh"
eval "$(said '.examples[3]')" | jq -e --arg id "$(said .assigned_child)" '[.hits[].entry] | index($id) != null' >/dev/null ||
  fail "the search does not find the child"
eval "$(said '.examples[4]')" >"$dir/hidden"
eval "$(said '.examples[4]' | sed "s/$(said .hidden_child)/0123456789abcdef0123456789abcdef/")" >"$dir/nobody"
cmp -s "$dir/hidden" "$dir/nobody" || fail "a hidden child is answered differently from no record"
jq -e '.status == 404' "$dir/hidden" >/dev/null || fail "the generic answer"

# Five wait; nobody's name or street stands in a file of the register.
lead=$(sign_in safeguarding.lead)
[ "$(waiting)" = 5 ] || fail "$(waiting) wait for a first decision, not 5"
for word in Llewelyn Cadwaladr Llanenghraifft Mockbury "Mari Mockbury" "$password" officer.a; do
  ! grep -raqF -- "$word" "$dir/d/register" || fail "\"$word\" can be read in the register's files"
done
[ -z "$(find "$dir/d/register" "$dir/d/root" -perm /077)" ] || fail "a file that others may read"

# Another process asks the one that serves: it does not open the files.
expected="$SOURCE_DIR/tests/data/sir-enghraifft.csv"
"$cnis" audit fsck --dir "$dir/d" 2>/dev/null && fail "fsck took files that are served" || [ $? = 75 ] || fail "fsck: exit code"
run_import() { # file, options...: prints the JSON
  local file=$1 code=0
  shift
  "$cnis" import --dir "$dir/d" --on 2026-11-02 --json "$@" "$SOURCE_DIR/tests/data/$file" 2>>"$dir/err" || code=$?
  [ "$code" -le 1 ] || fail "import $file $*: exit $code"
}
run_import sir-enghraifft.csv --dry-run >"$dir/dry"
[ "$(waiting)" = 5 ] || fail "a dry run took something in"
run_import sir-enghraifft.csv >"$dir/first"
jq -e '.taken + .proposed + .refused == 535 and .refused == 7 and .proposed == 10 and .unchanged == 0' "$dir/first" >/dev/null ||
  fail "the import: $(jq -c 'del(.rows)' "$dir/first")"
[ "$(waiting)" = $((5 + $(jq .taken "$dir/first"))) ] || fail "not every row taken in waits"
run_import sir-enghraifft.csv >"$dir/second"
jq -e --slurpfile first "$dir/first" '.taken == 0 and .unchanged == $first[0].taken' "$dir/second" >/dev/null ||
  fail "a second import changes something: $(jq -c 'del(.rows)' "$dir/second")"
run_import old-excel.csv --source old-excel | jq -e '.taken > 50' >/dev/null || fail "Windows-1252"
run_import pennawdau-cymraeg.csv --source cy --lang cy |
  jq -e '.taken > 30 and ([.rows[].messages[].text] | any(test("heb ei wirio")))' >/dev/null || fail "Welsh headers"
"$cnis" import --dir "$dir/d" --as 0000000000000000000000000000000000000000000 "$expected" >/dev/null 2>&1 &&
  fail "a made-up token was taken" || [ $? = 77 ] || fail "a made-up token: exit code"
printf '%s\n' "$password" >"$dir/password"
"$cnis" import --dir "$dir/d" --as officer.b --password-file "$dir/password" "$expected" >/dev/null 2>&1 &&
  fail "a password file that others can read was taken"
chmod 600 "$dir/password"
"$cnis" user add --dir "$dir/d" --as administrator --password-file "$dir/password" --new-password-file "$dir/password" \
  --roles case_officer --name "Newydd Prawf" newydd.prawf >/dev/null || fail "user add"
sign_in newydd.prawf >/dev/null || fail "the new account cannot sign in"
"$cnis" user disable --dir "$dir/d" --as administrator --password-file "$dir/password" newydd.prawf >/dev/null || fail "user disable"
sign_in newydd.prawf >/dev/null 2>&1 && fail "a closed account signs in"
"$cnis" user disable --dir "$dir/d" newydd.prawf >/dev/null 2>&1 && fail "a case officer closes accounts" || [ $? = 77 ] || fail "exit code"
"$cnis" user add --dir "$dir/d" --as administrator --password-file "$dir/password" --new-password-file "$dir/password" \
  --roles safeguarding_lead fy.mhyped | grep -q "data-protection officer" || fail "user add does not say that the account waits"
sign_in fy.mhyped >/dev/null 2>&1 && fail "an administrator's own lead signs in"
"$cnis" user confirm --dir "$dir/d" --as administrator --password-file "$dir/password" fy.mhyped >/dev/null 2>&1 &&
  fail "an administrator confirms" || [ $? = 77 ] || fail "exit code"
"$cnis" user confirm --dir "$dir/d" --as data.protection --password-file "$dir/password" fy.mhyped >/dev/null || fail "user confirm"
sign_in fy.mhyped >/dev/null || fail "a confirmed account cannot sign in"

# It ends in order, and is there again.
stop
"$cnis" audit fsck --dir "$dir/d" >/dev/null || fail "fsck after the end"
start
address=$(said .address)
eval "$(said '.examples[0]')"
eval "$(said '.examples[1]')" | jq -e '.fields.child_name.rule == "G-01"' >/dev/null || fail "another start, another view"
stop
echo "cli_demo: all well"

#!/usr/bin/env bash
# Promise 7: the process that faces the network cannot open what is shielded. Not by intent, by absence:
# its program holds no function that opens a sealed box or a custodian's secret, and names none of the
# custodian's files. The custodian's own program is looked at too, so that the search is known to find.
set -euo pipefail
shopt -s nullglob
bin="${BIN_DIR:?}"
if [ ! -x "$bin/cnis" ] || [ ! -x "$bin/cnis-custodian" ]; then
  echo "not built"
  exit 77
fi

opens='custody_|crypto_box_seal_open|crypto_box_open|crypto_sign_ed25519_sk_to_'
functions() { nm "$1" | awk '{ print $NF }' | sed 's/@.*//'; }

functions "$bin/cnis-custodian" | grep -E "^(custody_shield_open|crypto_box_seal_open)$" > /dev/null ||
  { echo "the search itself is blind: the custodian has what it should have under another name"; exit 1; }

if functions "$bin/cnis" | grep -E "^($opens)"; then
  echo "cnis holds what opens shielded data"
  exit 1
fi

# The serving code names neither the custodian's purposes nor, but for custodian.pub and the socket, any
# file of its folder.
if grep -nE '"custodian/(root\.key|keyring|head|people|journal)"|KEYRING_CUSTODIAN|KEY_(SHIELD|HEAD|CUSTODY)\b' \
  {register,api,console}/*.[ch]; then
  echo "serving code reaches for the custodian's files or keys"
  exit 1
fi

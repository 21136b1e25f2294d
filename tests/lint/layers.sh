#!/usr/bin/env bash
# A library is known to its own layer only, and nobody reaches round the views that the build makes
# (cmake/Layer.cmake).
set -euo pipefail
cd "${SOURCE_DIR:-.}"
found=0

# only PATTERN FOLDER... - an #include that matches is allowed in these folders alone
only() {
  local pattern=$1 allowed file
  shift
  allowed=" $* "
  while read -r file; do
    if [[ "$allowed" != *" ${file%%/*} "* ]]; then
      echo "$file includes $pattern, which belongs to: $*"
      found=1
    fi
  done < <(grep -lE "^[[:space:]]*#[[:space:]]*include[[:space:]]+[<\"]$pattern" \
    {base,crypto,policy,register,api,console,custodian,cli}/*.[ch] 2>/dev/null || true)
}

only '\.\./' nobody
only 'utf8proc\.h' base
only 'sodium' crypto
only 'sqlite3' register
only 'microhttpd\.h' api console
only 'gnutls/' api
only 'jansson\.h' policy api console cli
only 'crypto/custody_' crypto custodian
exit $found

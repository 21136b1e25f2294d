#!/usr/bin/env bash
# Calls that this project does without, or that belong to one place. Comments are not looked at.
# Tests may allocate, print and ask the time, but write past no buffer either.
set -euo pipefail
cd "${SOURCE_DIR:-.}"
found=0

shopt -s nullglob
product=({base,crypto,policy,register,api,console,custodian,cli}/*.[ch])
tests=(tests/{bench,fuzz,fuzz/replay,property,threads,unit}/*.[ch])

# "file:line" of every line of code: comments are dropped, strings kept.
code() {
  perl -0777 -ne 's{("(?:\\.|[^"\\])*"|\x27(?:\\.|[^\x27\\])*\x27)|/\*.*?\*/|//[^\n]*}{$1 // " "}gse;
    print "$ARGV:$_\n" for split /\n/' "$@"
}
in_product=$(code "${product[@]}")
in_tests=$(code "${tests[@]}")

# ban WHY WHERE PATTERN [CODE] - PATTERN may stand only in files that match WHERE (none: nowhere);
# looked for in the product and in CODE
ban() {
  local hits
  if hits=$(grep -E "(^|[^[:alnum:]_.>])($3)" <<<"$in_product${4:+$'\n'$4}" | grep -vE "^($2):"); then
    echo "$1:"
    echo "$hits" | sed 's/^/  /'
    found=1
  fi
}

ban 'no bound, or no way to tell an error' none \
  '(strcpy|strcat|strncat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|alloca|strncpy|[fs]?scanf)[[:space:]]*\(' \
  "$in_tests"
ban 'memory comes from an arena or block_grow' 'base/arena\.c' \
  '(malloc|calloc|realloc|reallocarray|strdup|strndup|asprintf)[[:space:]]*\('
# writer.c: a condition variable waits until a time of the kernel's own clock.
ban 'time and randomness are passed in' 'base/day\.c|register/writer\.c' \
  '(time|clock_gettime|gettimeofday|getrandom|rand|random|localtime|gmtime)[[:space:]]*\('
ban 'the environment is read by programs only' 'base/guard\.c|cli/.*' '(getenv|secure_getenv)[[:space:]]*\('
ban 'only programs write to the terminal' 'cli/.*' \
  '(printf|fprintf|puts|fputs|perror|syslog)[[:space:]]*\('
ban 'goto goes forward, to out' none 'goto[[:space:]]+([^o]|o[^u]|ou[^t]|out[[:alnum:]_])'
ban 'secrets are compared in constant time' none \
  '(memcmp|strcmp|strncmp)[[:space:]]*\(.*(secret|password|token|[^[:alnum:]]mac[^[:alnum:]])'

if grep -nE '\b(TODO|XXX|FIXME|HACK)\b' {base,crypto,policy,register,api,console,custodian,cli}/*.[ch] \
  {base,policy,register,api,custodian,cli}/*.def 2>/dev/null | grep -v 'FIXME(adr-[0-9]\{4\})'; then
  echo 'unfinished work is an issue, not a comment'
  found=1
fi
exit $found

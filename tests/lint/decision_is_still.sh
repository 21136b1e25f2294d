#!/usr/bin/env bash
# A decision allocates nothing, reads nothing and asks no clock. Not by intent, by absence: the objects
# that decide call each other, what fills and copies memory, and nothing else. A file that does
# allocate is looked at too, so that the search is known to find.
set -euo pipefail
build="${BUILD_DIR:?}"
objects="$build/CMakeFiles/policy.dir/policy"
if [ ! -e "$objects/decide.c.o" ] || [ ! -e "$objects/read.c.o" ]; then
  echo "not built"
  exit 77
fi

own='facts_[a-z_]+|fact_rows|rule_fires|effect_opens|approval_given|policy_decide[a-z_]*|policy_in_circle'
plain='mem(set|cpy|move|cmp)|__assert_fail|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_'
watched='(__|___)(asan|ubsan|tsan|gcov|sanitizer|llvm|memset|memcpy)[a-zA-Z0-9_]*|guard_[a-z_]+'
calls() { nm -u "$@" | awk 'NF == 2 { print $2 }' | sort -u | grep -vE "^($own|$plain|$watched)$" || true; }

calls "$objects/read.c.o" | grep -q '^json_' ||
  { echo "the search itself is blind: a file that allocates shows no call"; exit 1; }
found=$(calls "$objects/decide.c.o" "$objects/facts.c.o")
if [ -n "$found" ]; then
  echo "a decision calls: $found"
  exit 1
fi

/* Any bytes as a JSON body: refused with a place made of known names, or taken; never a crash. */
#include <stdlib.h>
#include <string.h>

#include "api/parse.h"

static const struct member members[] = {
  ASK_MEMBERS(struct entry_new),
  MEMBER(struct entry_new, values, parse_values, 0),
  MEMBER(struct entry_new, officer, parse_str, 64),
  MEMBER(struct entry_new, source, parse_personal, 100),
  MEMBER(struct entry_new, on, parse_day, 0),
};

static void must(bool holds)
{
  if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static struct policy *policy; /* loaded once: slow beside the rest */
  struct arena *arena = NULL;
  struct trail trail = {0};
  struct entry_new taken = {.on = DAY_NONE};
  enum err err;

  must(arena_new(&arena, 16 << 20) == OK);
  if (policy == NULL)
    must(policy_load(&policy, policy_builtin_files, policy_builtin_count, &trail) == OK);
  struct parse parse = {.arena = arena, .policy = policy};
  err = parse_body(&parse, &taken, (struct str){(const char *)data, size}, members,
                   sizeof(members) / sizeof(members[0]));
  must(err == OK || err == ERR_INPUT || err == ERR_TOO_LARGE || err == ERR_MEMORY);
  must(err == OK || err == ERR_MEMORY || parse.fault.detail != TEXT_NONE);
  must(strlen(parse.fault.pointer) < PLACE_MAX);
  for (size_t i = 0; err == OK && i < taken.values.count; i++) {
    const struct given *given = &taken.values.at[i];

    must(given->slot < field_row(given->field)->slots);
    must(utf8_is_valid(given->value.text.ptr, given->value.text.len));
  }
  arena_free(&arena);
  return 0;
}

/* The smallest policy that loads, with one file more: of any bytes, or a built-in one that was
 * changed (policy_edit.h). */
#ifndef TESTS_FUZZ_POLICY_WITH_H
#define TESTS_FUZZ_POLICY_WITH_H

#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"
#include "tests/fuzz/policy_edit.h"

static inline void must(bool holds)
{
  if (!holds) abort();
}

static inline const struct policy_file *with_builtin(const char *name)
{
  for (size_t i = 0; i < policy_builtin_count; i++)
    if (strcmp(policy_builtin_files[i].name, name) == 0) return &policy_builtin_files[i];
  abort();
}

/* NULL: refused. */
static inline struct policy *with_file(const char *name, const char *text, size_t size)
{
  static const char *const others[] = {"vocabulary.json", "rules/F-02.json", "rules/F-14.json",
                                       "rules/R-00.json"};
  enum { OTHERS = sizeof others / sizeof others[0] };
  struct policy_file files[OTHERS + 1];
  struct policy *policy = NULL;
  struct trail trail = {0};

  for (size_t i = 0; i < OTHERS; i++)
    files[i] = *with_builtin(others[i]);
  files[OTHERS] = (struct policy_file){name, text, size};
  enum err err = policy_load(&policy, files, OTHERS + 1, &trail);
  must(err == OK || err == ERR_POLICY || err == ERR_MEMORY);
  must((err == OK) == (policy != NULL));
  return policy;
}

/* The built-in file of that name, changed. */
static inline struct policy *with_edited(const char *name, const uint8_t *edits, size_t size)
{
  const struct policy_file *file = with_builtin(name);
  char *text = malloc(EDIT_ROOM);

  must(text != NULL);
  size_t n = edit_text(text, file->text, file->len, edits, size);
  struct policy *policy = with_file(name, text, n);
  free(text);
  return policy;
}

#endif

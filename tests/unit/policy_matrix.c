/* Who may see what, field by field, is a file in git: a change is a difference that people read. */
#include <criterion/criterion.h>

#include "tests/unit/policy_world.h"

#define GOLDEN "tests/golden/policy_matrix.txt"

Test(matrix, is_the_one_that_was_agreed)
{
  struct policy *policy = builtin_policy();
  struct arena *arena = NULL;
  struct str text = {NULL, 0};
  FILE *file = fopen(GOLDEN, "rb");
  char *golden = malloc(1u << 20);
  size_t n;

  cr_assert(file != NULL && golden != NULL, GOLDEN);
  n = fread(golden, 1, 1u << 20, file);
  fclose(file);
  cr_assert_eq(arena_new(&arena, 1u << 20), OK);
  cr_assert_eq(policy_matrix(policy, arena, &text), OK);
  cr_assert(text.len == n && memcmp(text.ptr, golden, n) == 0,
            "the matrix differs: write it anew with cnis policy matrix, and let two people agree");
  free(golden);
  arena_free(&arena);
  policy_free(&policy);
}

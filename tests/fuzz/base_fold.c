/* Any bytes: each folding either refuses them, or gives UTF-8 that it leaves as it is. */
#include <stdlib.h>

#include "base/fold.h"

typedef enum err fold_function(struct arena *, struct personal *, struct personal);
static fold_function *const folds[] = {fold_name,    fold_postcode, fold_phone,
                                       fold_address, fold_nfc,      fold_email};

static void must(bool holds)
{
  if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct arena *arena = NULL;
  must(arena_new(&arena, 64 << 20) == OK);
  struct personal given = {(const char *)data, size};
  for (size_t i = 0; i < sizeof(folds) / sizeof(folds[0]); i++) {
    struct personal folded = {0}, again = {0};
    enum err err = folds[i](arena, &folded, given);
    must((err == OK) == utf8_is_valid(given.ptr, given.len));
    if (err != OK) continue;
    must(utf8_is_valid(folded.ptr, folded.len));
    must(folds[i](arena, &again, folded) == OK);
    must(personal_equal(folded, again));
  }
  size_t half = size / 2;
  struct personal a = {given.ptr, half}, b = {given.ptr + half, size - half};
  int ab = fold_compare_welsh(a, b), ba = fold_compare_welsh(b, a);
  must((ab > 0) == (ba < 0) && (ab == 0) == (ba == 0));
  must(fold_compare_welsh(a, a) == 0);
  arena_free(&arena);
  return 0;
}

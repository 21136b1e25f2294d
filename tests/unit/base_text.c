/* The sentences and their slots. The lint `texts` compares the two languages. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

Test(text, is_there_in_both_languages_and_differs)
{
  struct str cy = text_get(TEXT_ERR_REFUSED, LANG_CY);
  struct str en = text_get(TEXT_ERR_REFUSED, LANG_EN);
  cr_assert(str_is(cy, "Gwrthodwyd y cais gan reol."));
  cr_assert(str_is(en, "A rule refuses this request."));
  cr_assert_str_eq(text_name(TEXT_ERR_REFUSED), "ERR_REFUSED");
}

/* Fills one sentence as a reader would, a character at a time. */
static size_t expect_filled(char *ret, struct str sentence, const struct str *slots)
{
  size_t n = 0;
  for (size_t at = 0; at < sentence.len; at++) {
    bool is_slot = sentence.ptr[at] == '%' && at + 1 < sentence.len &&
                   sentence.ptr[at + 1] >= '1' && sentence.ptr[at + 1] <= '4';
    if (!is_slot) {
      ret[n++] = sentence.ptr[at];
      continue;
    }
    struct str slot = slots[sentence.ptr[++at] - '1'];
    memcpy(ret + n, slot.ptr, slot.len);
    n += slot.len;
  }
  return n;
}

Test(text, fills_the_slots_of_every_sentence_in_both_languages)
{
  struct arena *arena = NULL;
  cr_assert_eq(arena_new(&arena, 1 << 20), OK);
  const struct str slots[] = {STR("one"), STR(""), STR("%1"), STR("pedwar")};
  for (int i = 0; i < TEXT_COUNT; i++) {
    for (int lang = LANG_EN; lang <= LANG_CY; lang++) {
      char expected[8192];
      struct str filled = {0};
      struct str sentence = text_get((enum text_id)i, (enum lang)lang);
      size_t n = expect_filled(expected, sentence, slots);
      cr_assert_eq(text_fill(arena, &filled, (enum text_id)i, (enum lang)lang, slots, 4), OK);
      cr_assert(str_equal(filled, (struct str){expected, n}), "%s", text_name((enum text_id)i));
      arena_reset(arena);
    }
  }
  arena_free(&arena);
}

Test(text, says_when_there_is_no_memory)
{
  struct arena *arena = NULL;
  cr_assert_eq(arena_new(&arena, 8), OK);
  struct str filled = STR("as it was");
  cr_assert_eq(text_fill(arena, &filled, TEXT_ERR_INPUT, LANG_EN, NULL, 0), ERR_MEMORY);
  cr_assert(str_is(filled, "as it was"));
  arena_free(&arena);
}

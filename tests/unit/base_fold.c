/* Normal forms for matching. Each row is what somebody types and what it must meet. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"

static struct arena *arena;

static void set_up(void)
{
  cr_assert_eq(arena_new(&arena, 1 << 20), OK);
}

static void tear_down(void)
{
  arena_free(&arena);
}

TestSuite(fold, .init = set_up, .fini = tear_down);

typedef enum err fold_function(struct arena *, struct personal *, struct personal);

struct row {
  const char *given, *folded;
};

static struct personal personal_from(const char *text)
{
  return (struct personal){text, strlen(text)};
}

/* Each row folds to what it says, and folding that again changes nothing. */
static void assert_rows(fold_function *fold, const struct row *rows, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    struct personal folded = {0}, again = {0};
    cr_assert_eq(fold(arena, &folded, personal_from(rows[i].given)), OK, "%s", rows[i].given);
    cr_assert(personal_equal(folded, personal_from(rows[i].folded)), "%s: %.*s", rows[i].given,
              (int)folded.len, folded.ptr);
    cr_assert_eq(fold(arena, &again, folded), OK);
    cr_assert(personal_equal(again, folded), "%s again: %.*s", rows[i].given, (int)again.len,
              again.ptr);
  }
}
#define ASSERT_ROWS(fold, rows) assert_rows((fold), (rows), sizeof(rows) / sizeof((rows)[0]))

Test(fold, makes_the_ways_to_write_a_name_meet)
{
  static const struct row rows[] = {
    {"Llŷr", "llyr"},
    {"LLYR", "llyr"},
    {"Lly\xcc\x82r", "llyr"}, /* y and a combining circumflex */
    {"  Siân \t Mair\n", "sian mair"},
    {"O'Brien", "obrien"},
    {"O\xe2\x80\x99"
     "Brien",
     "obrien"},
    {"O\xca\xbc"
     "Brien",
     "obrien"},
    {"O`Brien", "obrien"},
    {"Smith-Jones", "smith jones"},
    {"Smith \xe2\x80\x93 Jones", "smith jones"},
    {"Smith\xe2\x80\x91Jones", "smith jones"},
    {"Smith\xc2\xa0Jones", "smith jones"},
    {"Stra\xc3\x9f"
     "e",
     "strasse"},
    {"ŁUKASZ", "łukasz"},
    {"Zo\xc3\xab", "zoe"},
    {"Nguy\xe1\xbb\x85n", "nguyen"},
    {"Mai\xc2\xadr", "mair"},     /* soft hyphen */
    {"Ma\xe2\x80\x8bir", "mair"}, /* zero-width space */
    {"\xd8\xb3\xd9\x8e\xd8\xa7\xd8\xb1\xd8\xa9",
     "\xd8\xb3\xd8\xa7\xd8\xb1\xd8\xa9"},                     /* Arabic, vowelled */
    {"\xe0\xa6\x95\xe0\xa7\x8b", "\xe0\xa6\x95\xe0\xa7\x8b"}, /* Bengali vowel sign stays */
    {"\xe4\xbd\x99", "\xe4\xbd\x99"},
    {"", ""},
    {" - ' ", ""},
  };
  ASSERT_ROWS(fold_name, rows);
}

Test(fold, keeps_names_apart_that_differ)
{
  struct personal a = {0}, b = {0};
  cr_assert_eq(fold_name(arena, &a, personal_from("Llio")), OK);
  cr_assert_eq(fold_name(arena, &b, personal_from("Lio")), OK);
  cr_assert_not(personal_equal(a, b));
}

Test(fold, writes_postcodes_one_way)
{
  static const struct row rows[] = {
    {"zz99 3wz", "ZZ99 3WZ"},
    {"ZZ993WZ", "ZZ99 3WZ"},
    {" z z 1 1 a a ", "ZZ1 1AA"},
    {"ZZ1A-1AA", "ZZ1A 1AA"},
    {"Dim côd post", "dim cod post"},
    {"ZZ99", "zz99"},
    {"ZZZ 1AA", "zzz 1aa"},
    {"", ""},
    {"12345", "12345"},
  };
  ASSERT_ROWS(fold_postcode, rows);
}

Test(fold, writes_telephone_numbers_one_way)
{
  static const struct row rows[] = {
    {"07700 900123", "07700900123"},
    {"+44 7700 900123", "07700900123"},
    {"0044 7700-900-123", "07700900123"},
    {"+44 (0)7700 900123", "07700900123"},
    {"(07700) 900123", "07700900123"},
    {"+353 1 555 0100", "35315550100"},
    {"dim ffôn", ""},
    {"+44", "0"},
  };
  ASSERT_ROWS(fold_phone, rows);
}

Test(fold, writes_e_mail_addresses_one_way)
{
  static const struct row rows[] = {
    {" Mair.Jones@Example.ORG ", "mair.jones@example.org"},
    {"si\xc3\xa2n@example.org", "si\xc3\xa2n@example.org"},
    {"o'brien@example.org", "o'brien@example.org"},
  };
  ASSERT_ROWS(fold_email, rows);
}

Test(fold, compares_addresses_whatever_their_punctuation)
{
  static const struct row rows[] = {
    {"1 Heol yr Eglwys,\nTre Enghraifft", "1 heol yr eglwys tre enghraifft"},
    {"1, Heol-yr-Eglwys; Tre Enghraifft.", "1 heol yr eglwys tre enghraifft"},
    {"Flat 2/3, St. Mary's Rd", "flat 2 3 st marys rd"},
  };
  ASSERT_ROWS(fold_address, rows);
}

Test(fold, composes_and_changes_nothing_else)
{
  static const struct row rows[] = {
    {"Lly\xcc\x82r  O'B ", "Llŷr  O'B "}, {"\xe2\x84\xab", "\xc3\x85"}, /* the Angstrom sign is Å */
  };
  ASSERT_ROWS(fold_nfc, rows);
}

/* The same text with an accent at its end goes the long way. */
Test(fold, folds_ascii_as_it_folds_everything_else)
{
  static fold_function *const folds[] = {fold_name, fold_address, fold_email, fold_nfc};

  for (char c = 1; c > 0 && c < 127; c++)
    for (size_t i = 0; i < sizeof folds / sizeof folds[0]; i++) {
      char text[] = {' ', 'A', c, c, 'b', ' ', c, '\xc3', '\xa9'};
      struct personal here = {0}, there = {0};
      cr_assert_eq(folds[i](arena, &there, (struct personal){text, sizeof text}), OK);
      text[sizeof text - 2] = 'e';
      cr_assert_eq(folds[i](arena, &here, (struct personal){text, sizeof text - 1}), OK);
      size_t accent = there.ptr[there.len - 1] == 'e' ? 1 : 2;
      cr_assert_eq(here.len - 1, there.len - accent, "character %d, folding %zu", c, i);
      cr_assert_eq(memcmp(here.ptr, there.ptr, here.len - 1), 0, "character %d, folding %zu", c, i);
    }
}

Test(fold, refuses_what_is_not_utf8)
{
  fold_function *const folds[] = {fold_name,  fold_postcode, fold_phone,
                                  fold_email, fold_address,  fold_nfc};
  for (size_t i = 0; i < sizeof(folds) / sizeof(folds[0]); i++) {
    struct personal folded = personal_from("as it was");
    cr_assert_eq(folds[i](arena, &folded, personal_from("Si\xe2n")), ERR_INPUT, "%zu", i);
    cr_assert(personal_equal(folded, personal_from("as it was")));
  }
}

Test(fold, says_when_there_is_no_memory)
{
  struct arena *small = NULL;
  cr_assert_eq(arena_new(&small, 16), OK);
  struct personal folded = {0};
  cr_assert_eq(fold_name(small, &folded, personal_from("Blodeuwedd")), ERR_MEMORY);
  arena_free(&small);
}

static int sign(int n)
{
  return (n > 0) - (n < 0);
}

Test(welsh, has_its_own_alphabet)
{
  /* In order. */
  static const char *const names[] = {
    "",       "Aled",  "Catrin",   "Cynan",  "Chwaer", "Dylan", "Ddraig", "Elin",
    "Fychan", "Ffion", "Gwen",     "Nghwm",  "Hywel",  "Iolo",  "Lowri",  "Luned",
    "Llio",   "Llŷr",  "Llyr Wyn", "Mair",   "Owain",  "Pryce", "Philip", "Rolant",
    "Rhys",   "Siân",  "Tudur",    "Thomas", "Wyn",    "Ynyr",
  };
  size_t count = sizeof(names) / sizeof(names[0]);
  for (size_t i = 0; i < count; i++) {
    for (size_t j = 0; j < count; j++) {
      int expected = (i > j) - (i < j);
      int found = sign(fold_compare_welsh(personal_from(names[i]), personal_from(names[j])));
      cr_assert_eq(found, expected, "%s, %s", names[i], names[j]);
    }
  }
}

Test(welsh, looks_at_marks_and_capitals_last)
{
  cr_assert_lt(fold_compare_welsh(personal_from("Llyr"), personal_from("Llŷr")), 0);
  cr_assert_lt(fold_compare_welsh(personal_from("Llŷr A"), personal_from("Llyr B")), 0);
  cr_assert_lt(fold_compare_welsh(personal_from("O'Brien"), personal_from("Obrien Z")), 0);
  cr_assert_eq(fold_compare_welsh(personal_from("Siân"), personal_from("Siân")), 0);
}

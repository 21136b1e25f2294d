/* What is taken out of a text, in whatever way it is written there, and what stays. */
#include <criterion/criterion.h>
#include <string.h>

#include "register/redact.h"

static struct personal said(const char *text)
{
  return (struct personal){text, strlen(text)};
}

static const struct {
  enum field_type type;
  const char *value;
} others[] = {
  {TYPE_NAME, "Angharad Llŷr-Bowen"},
  {TYPE_NAME, "Mo Ali"},
  {TYPE_ADDRESS, "Trem-y-Garth, 12 Rose Street, Tref-y-Data ZZ1 1AA"},
  {TYPE_POSTCODE, "ZZ9 8XY"},
  {TYPE_PHONE, "+44 (0)7700 900123"},
  {TYPE_EMAIL, "s.evans@example.org"},
  {TYPE_TEXT, "Ysgol y Bryn, ffôn 01632 960 777"},
  {TYPE_UPN, "A123456789012"},
};

/* With the mark as '#', so that rows are short. */
static const char *redacted(const char *text, size_t *ret_count)
{
  static char out[2048];
  struct needles needles = {0};
  struct arena *arena;
  struct personal left;
  size_t n = 0;

  cr_assert_eq(arena_new(&arena, 1 << 20), OK);
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    cr_assert_eq(needles_add(arena, &needles, others[i].type, said(others[i].value)), OK);
  cr_assert_eq(redact_text(arena, &left, ret_count, said(text), &needles), OK);
  for (size_t i = 0; i < left.len; i++) {
    bool is_mark = left.len - i >= sizeof REDACT_MARK - 1 &&
                   memcmp(left.ptr + i, REDACT_MARK, sizeof REDACT_MARK - 1) == 0;
    out[n++] = is_mark ? '#' : left.ptr[i];
    if (is_mark) i += sizeof REDACT_MARK - 2;
  }
  out[n] = '\0';
  arena_free(&arena);
  return out;
}

static void expect(const char *text, const char *expected, size_t count)
{
  size_t found;
  const char *left = redacted(text, &found);

  cr_expect_str_eq(left, expected, "%s: %s", text, left);
  cr_expect_eq(found, count, "%s: %zu", text, found);
}

Test(redact, takes_out_a_name_however_it_is_spelt_and_spaced)
{
  expect("Saw Angharad Llŷr-Bowen today.", "Saw # today.", 1);
  expect("Saw ANGHARAD LLYR BOWEN today.", "Saw # today.", 1);
  expect("a-n-g-h-a-r-a-d or A n g h a r a d or ang.har.ad", "# or # or #", 3);
  expect("Ａngharad (full width), Angha\xcc\x81rad", "# (full width), #", 2);
  expect("angharads and Angharad's", "#s and #'s", 2);
  expect("Mrs Bowen and Llyr", "Mrs # and #", 2);
  expect("preangharadpost", "pre#post", 1);
  expect("Angha\xe2\x80\x8brad and Angha\xc2\xadrad", "# and #", 2);
}

Test(redact, takes_a_short_name_for_a_word_of_its_own_only)
{
  expect("Ali told us; M-o A.l.i too", "# told us; # too", 2);
  expect("The quality of alibis", "The quality of alibis", 0);
}

Test(redact, takes_out_an_address_line_by_line)
{
  expect("at Trem-y-Garth", "at #", 1);
  expect("at tremygarth or TREM Y GARTH", "at # or #", 2);
  expect("at tremygarth, TREM Y GARTH", "at #", 1);
  expect("12 Rose St and 12, rose street and 12 ROSE", "# St and # and #", 3);
  expect("near ZZ11AA or z z 1 1 a a", "near # or #", 2);
  expect("zz9-8xy", "#", 1);
  expect("Tref y data", "#", 1);
}

Test(redact, takes_out_numbers_in_any_groups)
{
  expect("07700 900123", "#", 1);
  expect("0 7 7 0 0 9 0 0 1 2 3.", "#.", 1);
  expect("+44 7700-900-123 or 0044(0)7700900123", "+# or #", 2);
  expect("ring (01632) 960777", "ring (#", 1);
  expect("7700900124", "7700900124", 0);
  expect("UPN a 1234 5678 9012", "UPN #", 1);
}

Test(redact, takes_out_an_e_mail_address_as_it_is_written_or_spoken)
{
  expect("S.Evans@Example.org", "#", 1);
  expect("s evans at example dot org", "# at example dot org", 1);
  expect("s dot evans at example dot org", "#", 1);
  expect("sevans at work", "# at work", 1);
}

Test(redact, leaves_everything_else_as_it_was)
{
  const char *text = "Ymweliad ar 3 Mawrth.\nThe child’s reading is 12 months ahead; happy.";

  expect(text, text, 0);
  expect("", "", 0);
}

Test(redact, refuses_what_is_not_text)
{
  struct needles needles = {0};
  struct personal left;
  struct arena *arena;
  size_t count;

  cr_assert_eq(arena_new(&arena, 1 << 16), OK);
  cr_expect_eq(redact_text(arena, &left, &count, said("\xff\xfe"), &needles), ERR_INPUT);
  arena_free(&arena);
}

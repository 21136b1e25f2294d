/* Text as pointer and length. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/str.h"

Test(str, compares_length_and_bytes)
{
  cr_assert(str_equal(STR("mam"), STR("mam")));
  cr_assert_not(str_equal(STR("mam"), STR("mamgu")));
  cr_assert_not(str_equal(STR("mam"), STR("tad")));
  cr_assert(str_equal((struct str){0}, STR("")));
  cr_assert(str_is(STR("tad"), "tad"));
  cr_assert(str_is(str_from(NULL), ""));
  cr_assert(personal_equal((struct personal){"ab", 1}, (struct personal){"ac", 1}));
}

Test(str, trims_spaces_and_tabs_and_nothing_within)
{
  static const struct {
    const char *text, *trimmed;
  } rows[] = {{"", ""},           {" \t ", ""},       {"mam", "mam"},
              {"\t mam ", "mam"}, {"a \tb", "a \tb"}, {" \nmam", "\nmam"}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct str text = str_from(rows[i].text);
    struct personal trimmed = personal_trim((struct personal){text.ptr, text.len});
    cr_assert(str_is(str_trim(text), rows[i].trimmed), "row %zu", i);
    cr_assert(str_is((struct str){trimmed.ptr, trimmed.len}, rows[i].trimmed), "row %zu", i);
  }
  cr_assert_eq(str_trim((struct str){0}).len, 0);
}

Test(str, undoes_percent_encoding_of_any_byte)
{
  char text[] = "Si%C3%b4n%00+%25%2541";
  size_t len = sizeof(text) - 1;
  cr_assert(percent_decode(text, &len));
  cr_assert(str_equal((struct str){text, len}, STR("Si\xc3\xb4n\0+%%41")));
}

Test(str, refuses_percent_encoding_that_is_cut_short_or_no_hexadecimal)
{
  const char *wrong[] = {"%", "a%4", "%4g", "%g4", "%%41", "%-1", "% 1", "%41%"};
  for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
    char text[8] = "4444444"; /* what stands behind the end would complete the escape */
    size_t len = strlen(wrong[i]);
    memcpy(text, wrong[i], len);
    cr_assert_not(percent_decode(text, &len), "%s", wrong[i]);
  }
}

static const struct {
  const char *text;
  bool ok;
  uint64_t value;
} numbers[] = {
  {"0", true, 0},
  {"42", true, 42},
  {"18446744073709551615", true, UINT64_MAX},
  {"18446744073709551616", false, 0},
  {"99999999999999999999", false, 0},
  {"", false, 0},
  {"00", false, 0},
  {"07", false, 0},
  {"-1", false, 0},
  {"+1", false, 0},
  {" 1", false, 0},
  {"1 ", false, 0},
  {"0x1", false, 0},
};

Test(str, reads_decimal_numbers_and_nothing_else)
{
  for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
    uint64_t value = 7;
    cr_assert_eq(str_to_u64(str_from(numbers[i].text), &value), numbers[i].ok, "%s",
                 numbers[i].text);
    cr_assert_eq(value, numbers[i].ok ? numbers[i].value : 7, "%s", numbers[i].text);
  }
}

Test(str, writes_and_reads_hexadecimal)
{
  const uint8_t bytes[] = {0x00, 0x1f, 0xa0, 0xff};
  char hex[8];
  hex_write(hex, bytes, sizeof(bytes));
  cr_assert_arr_eq(hex, "001fa0ff", 8);
  uint8_t back[4] = {0};
  cr_assert(hex_read(back, sizeof(back), (struct str){hex, sizeof(hex)}));
  cr_assert_arr_eq(back, bytes, sizeof(bytes));
}

Test(str, refuses_hexadecimal_of_another_length_or_alphabet)
{
  uint8_t back[2] = {9, 9};
  const char *wrong[] = {"", "00", "0000f", "000000", "00FF", "00fg", "0x00"};
  for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
    cr_assert_not(hex_read(back, sizeof(back), str_from(wrong[i])), "%s", wrong[i]);
    cr_assert_eq(back[0], 9, "%s", wrong[i]);
  }
}

static const struct {
  const char *bytes;
  size_t len;
  bool ok;
  const char *what;
} utf8[] = {
  {"", 0, true, "empty"},
  {"Llŷr", 5, true, "Welsh"},
  {"\xe0\xa0\x80", 3, true, "first of three bytes"},
  {"\xed\x9f\xbf", 3, true, "last before the surrogates"},
  {"\xee\x80\x80", 3, true, "first after the surrogates"},
  {"\xf4\x8f\xbf\xbf", 4, true, "the last code point"},
  {"a\0b", 3, false, "NUL"},
  {"\x80", 1, false, "a following byte alone"},
  {"\xc0\xaf", 2, false, "overlong, two bytes"},
  {"\xc1\xbf", 2, false, "overlong, two bytes"},
  {"\xe0\x9f\xbf", 3, false, "overlong, three bytes"},
  {"\xf0\x8f\xbf\xbf", 4, false, "overlong, four bytes"},
  {"\xed\xa0\x80", 3, false, "a surrogate"},
  {"\xf4\x90\x80\x80", 4, false, "beyond the last code point"},
  {"\xf5\x80\x80\x80", 4, false, "a lead byte that does not exist"},
  {"\xc5", 1, false, "cut after the lead byte"},
  {"\xe2\x82", 2, false, "cut in the middle"},
  {"\xe2\x28\xa1", 3, false, "no following byte"},
  {"\xf0\x90\x80\x28", 4, false, "the last byte is wrong"},
};

Test(str, takes_only_well_formed_utf8)
{
  for (size_t i = 0; i < sizeof(utf8) / sizeof(utf8[0]); i++) {
    cr_assert_eq(utf8_is_valid(utf8[i].bytes, utf8[i].len), utf8[i].ok, "%s", utf8[i].what);
  }
}

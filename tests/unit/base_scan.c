/* Looking members up in JSON: what is found, and every text that is not one object. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/scan.h"

Test(scan, finds_a_member_at_the_top_level_only)
{
  struct str value;
  struct str object = STR(" {\"a\": 1, \"b\": {\"c\": [2, \"}\"]}, \"d\": \"x\\\"y\"} \n");
  cr_assert_eq(scan_member(&value, object, STR("a")), OK);
  cr_expect(str_is(value, "1"));
  cr_assert_eq(scan_member(&value, object, STR("b")), OK);
  cr_expect(str_is(value, "{\"c\": [2, \"}\"]}"));
  cr_assert_eq(scan_member(&value, object, STR("d")), OK);
  cr_expect(str_is(value, "\"x\\\"y\""));
  cr_expect_eq(scan_member(&value, object, STR("c")), ERR_ABSENT);
}

Test(scan, refuses_what_is_not_one_whole_object)
{
  static const char *const texts[] = {
    "",
    " ",
    "1",
    "[]",
    "{",
    "{}x",
    "{}{}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{a:1}",
    "{\"a\":01}",
    "{\"a\":1.}",
    "{\"a\":1e}",
    "{\"a\":+1}",
    "{\"a\":-}",
    "{\"a\":tru}",
    "{\"a\":\"\n\"}",
    "{\"a\":\"\\x\"}",
    "{\"a\":\"\\u12g4\"}",
    "{\"a\":\"",
    "{\"a\":\"\\",
    "{\"a\":\"\\u12",
    "{\"a\":[1,]}",
    "{\"a\":[1}",
    "{\"a\":1,\"a\":2}",
    "{\"a\":\"\xff\"}",
    "{\"b\":1 \"a\":1}",
    "{\"a\":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}",
  };
  for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
    struct str value;
    cr_expect_eq(scan_member(&value, str_from(texts[i]), STR("a")), ERR_INPUT, "%s", texts[i]);
  }
}

Test(scan, never_looks_past_its_text)
{
  static const char whole[] = "{\"a\":[true,null,-1.5e+3,\"\\ud83d\\ude00\"],\"b\":{}}";
  for (size_t n = 0; n < sizeof(whole) - 1; n++) {
    char *cut = strndup(whole, n); /* its end is the end of the allocation */
    struct str value;
    cr_expect_eq(scan_member(&value, (struct str){cut, n}, STR("a")), ERR_INPUT, "%zu", n);
    free(cut);
  }
}

Test(scan, undoes_escapes_and_refuses_half_a_character)
{
  static const struct {
    const char *value, *text; /* NULL: refused */
  } rows[] = {
    {"\"\"", ""},
    {"\"a\\n\\t\\\\\\/\\\"\"", "a\n\t\\/\""},
    {"\"\\u0041\\u00e9\\u20ac\"", "A\xc3\xa9\xe2\x82\xac"},
    {"\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80"},
    {"\"\\ud83d\"", NULL},
    {"\"\\ud83dx\"", NULL},
    {"\"\\ude00\\ud83d\"", NULL},
    {"\"\\u0000\"", NULL},
    {"1", NULL},
    {"\"a\"b", NULL},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    char text[64];
    size_t n = 0;
    enum err err = scan_text(text, sizeof(text), &n, str_from(rows[i].value));
    cr_expect_eq(err, rows[i].text == NULL ? ERR_INPUT : OK, "row %zu", i);
    if (rows[i].text != NULL)
      cr_expect(n == strlen(rows[i].text) && memcmp(text, rows[i].text, n) == 0, "row %zu", i);
  }
  char small[2];
  size_t n = 0;
  cr_expect_eq(scan_text(small, sizeof(small), &n, STR("\"abc\"")), ERR_TOO_LARGE);
}

Test(scan, gives_words_without_quotes_and_no_other_value)
{
  struct str word;
  uint64_t number = 0;
  struct str object = STR("{\"w\":\"x\",\"n\":12,\"e\":\"a\\u0041\",\"m\":-1}");
  cr_assert_eq(scan_word(&word, object, STR("w")), OK);
  cr_expect(str_is(word, "x"));
  cr_expect_eq(scan_word(&word, object, STR("n")), ERR_INPUT);
  cr_expect_eq(scan_word(&word, object, STR("e")), ERR_INPUT);
  cr_assert_eq(scan_u64(&number, object, STR("n")), OK);
  cr_expect_eq(number, 12);
  cr_expect_eq(scan_u64(&number, object, STR("m")), ERR_INPUT);
}

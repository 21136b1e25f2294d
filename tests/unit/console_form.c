/* What browsers send: forms, forms with a file, and what is no form. */
#include <criterion/criterion.h>
#include <string.h>

#include "console/form.h"
#include "console/multipart.h"

static struct arena *arena;

static void begin(void)
{
  cr_assert_eq(arena_new(&arena, 4 << 20), OK);
}

static void end(void)
{
  arena_free(&arena);
}

TestSuite(form, .init = begin, .fini = end);
TestSuite(multipart, .init = begin, .fini = end);

Test(form, takes_names_and_values_in_their_order)
{
  struct form form;

  cr_assert_eq(form_parse(arena, &form, STR("a=1&b=%C3%A2+b&a=2&&c")), OK);
  cr_assert_eq(form.count, 4);
  cr_assert(str_is(form_get(&form, "a"), "1"));
  cr_assert(str_is(form_get(&form, "b"), "â b"));
  cr_assert(form_has(&form, "c") && form_get(&form, "c").len == 0);
  cr_assert(form_is_chosen(&form, "a", STR("2")) && !form_is_chosen(&form, "a", STR("3")));
  cr_assert_not(form_has(&form, "d"));
}

Test(form, keeps_line_ends_as_one_character)
{
  struct form form;

  cr_assert_eq(form_parse(arena, &form, STR("note=one%0D%0Atwo%09three")), OK);
  cr_assert(str_is(form_get(&form, "note"), "one\ntwo\tthree"));
}

Test(form, refuses_what_is_no_text)
{
  static const char *const wrong[] = {"a=%",      "a=%4",  "a=%zz", "a=%00",  "a=%1b",      "a=%ff",
                                      "a=%c0%80", "%00=a", "a=%7f", "a=\x80", "a=%ed%a0%80"};
  struct form form;

  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
    cr_expect_eq(form_parse(arena, &form, str_from(wrong[i])), ERR_INPUT, "%s", wrong[i]);
}

Test(form, refuses_more_fields_than_a_page_has)
{
  char body[2 * (FORM_FIELDS_MAX + 1)];
  struct form form;

  for (size_t i = 0; i < sizeof body; i += 2)
    memcpy(body + i, "a&", 2);
  cr_assert_eq(form_parse(arena, &form, (struct str){body, sizeof body - 2}), OK);
  cr_assert_eq(form_parse(arena, &form, (struct str){body, sizeof body}), ERR_TOO_LARGE);
}

#define TYPE STR("multipart/form-data; boundary=x")
#define PART(head, body) "--x\r\nContent-Disposition: form-data; " head "\r\n\r\n" body "\r\n"

Test(multipart, takes_fields_and_the_bytes_of_one_file)
{
  static const char body[] = PART("name=\"on\"", "2026") PART(
    "name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv", "a,\xff\r\n--y\r\n") "--x--\r\n";
  struct form form;
  struct str file;

  cr_assert_eq(multipart_parse(arena, &form, &file, TYPE, (struct str){body, sizeof body - 1}), OK);
  cr_assert(str_is(form_get(&form, "on"), "2026"));
  cr_assert(str_equal(file, STR("a,\xff\r\n--y\r\n")));
}

Test(multipart, takes_a_quoted_boundary)
{
  static const char body[] = PART("name=\"a\"", "1") "--x--";
  struct form form;
  struct str file;

  cr_assert_eq(multipart_parse(arena, &form, &file, STR("multipart/form-data; boundary=\"x\""),
                               (struct str){body, sizeof body - 1}),
               OK);
  cr_assert(str_is(form_get(&form, "a"), "1"));
  cr_assert_null(file.ptr);
}

Test(multipart, refuses_what_is_cut_doubled_or_nameless)
{
  static const char *const wrong[] = {
    "",
    "--x",
    "--x\r\n",
    "--y--",
    PART("name=\"a\"", "1"),
    PART("name=\"a\"", "1") "--x",
    PART("filename=\"a\"", "1") "--x--",
    PART("name=\"a", "1") "--x--",
    PART("name=\"a\"; filename=\"b\"", "1") PART("name=\"c\"; filename=\"d\"", "1") "--x--",
    PART("name=\"a\"", "\x1b") "--x--",
    PART("name=\"a\"", "\xff") "--x--",
  };
  struct form form;
  struct str file;

  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
    cr_expect_eq(multipart_parse(arena, &form, &file, TYPE, str_from(wrong[i])), ERR_INPUT, "%zu",
                 i);
  cr_expect_eq(multipart_parse(arena, &form, &file, STR("multipart/form-data"), STR("--x--")),
               ERR_INPUT);
}

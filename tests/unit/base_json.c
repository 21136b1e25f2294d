/* The JSON writer. What it writes is read back with jansson, which we did not write. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

#include "base/json.h"

static struct arena *arena;

static void set_up(void)
{
  cr_assert_eq(arena_new(&arena, 1 << 20), OK);
}

static void tear_down(void)
{
  arena_free(&arena);
}

TestSuite(json, .init = set_up, .fini = tear_down);

static struct str done(const struct json *json)
{
  struct str text = {0};
  cr_assert_eq(json_done(json, &text), OK);
  return text;
}

static void assert_text(const struct json *json, const char *expected)
{
  struct str text = done(json);
  cr_assert(str_is(text, expected), "%.*s", (int)text.len, text.ptr);
}

Test(json, puts_commas_between_and_nowhere_else)
{
  struct json json;
  json_start(&json, arena, 1);
  json_object_start(&json);
  JSON_KEY(&json, "a");
  json_array_start(&json);
  json_int(&json, 1);
  json_array_start(&json);
  json_array_end(&json);
  json_object_start(&json);
  json_object_end(&json);
  json_none(&json);
  json_array_end(&json);
  JSON_KEY(&json, "b");
  json_bool(&json, true);
  JSON_KEY(&json, "c");
  json_splice(&json, STR("{\"x\":[]}"));
  JSON_KEY(&json, "d");
  json_bool(&json, false);
  json_object_end(&json);
  assert_text(&json, "{\"a\":[1,[],{},null],\"b\":true,\"c\":{\"x\":[]},\"d\":false}");
}

Test(json, writes_integers_to_their_limits)
{
  struct json json;
  json_start(&json, arena, 0);
  json_array_start(&json);
  json_int(&json, 0);
  json_int(&json, -1);
  json_int(&json, INT64_MAX);
  json_int(&json, INT64_MIN);
  json_array_end(&json);
  assert_text(&json, "[0,-1,9223372036854775807,-9223372036854775808]");
}

Test(json, escapes_what_must_be_and_leaves_welsh_alone)
{
  struct json json;
  json_start(&json, arena, 0);
  const char *given = "\"\\\b\f\n\r\t\x01\x1f/ Llŷr \x7f";
  json_personal(&json, (struct personal){given, strlen(given)});
  assert_text(&json, "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f/ Llŷr \x7f\"");
}

Test(json, is_read_back_as_it_was_given)
{
  for (int c = 1; c < 128; c++) {
    char given[4] = {'x', (char)c, 'y', '\0'};
    struct json json;
    json_start(&json, arena, 0);
    json_object_start(&json);
    json_key(&json, str_from(given));
    json_str(&json, str_from(given));
    json_object_end(&json);
    struct str text = done(&json);
    json_t *read = json_loadb(text.ptr, text.len, 0, NULL);
    cr_assert_not_null(read, "character %d", c);
    cr_assert_str_eq(json_string_value(json_object_get(read, given)), given, "character %d", c);
    json_decref(read);
    arena_reset(arena);
  }
}

Test(json, writes_a_text_that_stands_nowhere_as_an_empty_one)
{
  struct json json;
  json_start(&json, arena, 1);
  json_str(&json, (struct str){NULL, 0});
  assert_text(&json, "\"\"");
}

Test(json, refuses_text_that_is_not_utf8)
{
  struct json json;
  json_start(&json, arena, 0);
  json_str(&json, (struct str){"\xff", 1});
  struct str text = STR("as it was");
  cr_assert_eq(json_done(&json, &text), ERR_INPUT);
  cr_assert(str_is(text, "as it was"));
}

Test(json, writes_days_and_instants)
{
  struct json json;
  json_start(&json, arena, 0);
  json_array_start(&json);
  json_day(&json, day_from_ymd(2026, 11, 2));
  json_day(&json, DAY_NONE);
  json_instant(&json, (struct instant){1793611800000000});
  json_array_end(&json);
  assert_text(&json, "[\"2026-11-02\",null,\"2026-11-02T09:30:00Z\"]");
}

/* RFC 4648 section 10. */
Test(json, writes_base64_and_hexadecimal)
{
  static const char *const vectors[][2] = {
    {"", "\"\""},
    {"f", "\"Zg==\""},
    {"fo", "\"Zm8=\""},
    {"foo", "\"Zm9v\""},
    {"foob", "\"Zm9vYg==\""},
    {"fooba", "\"Zm9vYmE=\""},
    {"foobar", "\"Zm9vYmFy\""},
  };
  for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
    struct json json;
    json_start(&json, arena, 0);
    json_base64(&json, vectors[i][0], strlen(vectors[i][0]));
    assert_text(&json, vectors[i][1]);
  }
  struct json json;
  json_start(&json, arena, 0);
  json_hex(&json, "\x00\xfe", 2);
  assert_text(&json, "\"00fe\"");
}

Test(json, grows_and_keeps_every_byte)
{
  struct json json;
  json_start(&json, arena, 1);
  json_array_start(&json);
  for (int i = 0; i < 5000; i++)
    json_int(&json, i);
  json_array_end(&json);
  struct str text = done(&json);
  json_t *read = json_loadb(text.ptr, text.len, 0, NULL);
  cr_assert_eq(json_array_size(read), 5000);
  cr_assert_eq(json_integer_value(json_array_get(read, 4999)), 4999);
  json_decref(read);
}

Test(json, keeps_the_first_error_and_writes_no_more)
{
  struct arena *small = NULL;
  cr_assert_eq(arena_new(&small, 64), OK);
  struct json json;
  json_start(&json, small, 16);
  json_array_start(&json);
  for (int i = 0; i < 100; i++)
    json_str(&json, STR("0123456789"));
  json_array_end(&json);
  struct str text = {0};
  cr_assert_eq(json_done(&json, &text), ERR_MEMORY);
  arena_free(&small);
}

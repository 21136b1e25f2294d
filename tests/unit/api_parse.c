/* JSON bodies: what is taken, and that a refusal names its place and repeats nothing. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/parse.h"
#include "api/problem.h"

struct thing {
  struct str word;
  struct personal note;
  bool flag;
  struct day day;
  struct id id;
  const struct id *ids;
  size_t id_count;
  unsigned slots[4];
  size_t slot_count;
  enum level level;
  struct ask ask;
  struct given_list values;
};

static const struct member members[] = {
  MEMBER(struct thing, word, parse_str, 8),
  MEMBER(struct thing, note, parse_personal, 20),
  MEMBER(struct thing, flag, parse_bool, 0),
  MEMBER(struct thing, day, parse_day, 0),
  MEMBER(struct thing, id, parse_id, 0),
  {"ids", parse_ids, false, 2, offsetof(struct thing, ids), offsetof(struct thing, id_count)},
  {"slots", parse_slots, false, 4, offsetof(struct thing, slots),
   offsetof(struct thing, slot_count)},
  MEMBER(struct thing, level, parse_level, 0),
  MEMBER(struct thing, values, parse_values, 0),
  ASK_MEMBERS(struct thing),
};

static struct arena *arena;
static struct policy *policy;

static void begin(void)
{
  struct trail trail = {0};

  cr_assert_eq(arena_new(&arena, 1 << 22), OK);
  parse_setup();
  cr_assert_eq(policy_load(&policy, policy_builtin_files, policy_builtin_count, &trail), OK);
}
static void end(void)
{
  policy_free(&policy);
  arena_free(&arena);
}
TestSuite(parse, .init = begin, .fini = end);

static enum err parse_text(struct parse *parse, struct thing *thing, const char *text, size_t len)
{
  *parse = (struct parse){.arena = arena, .policy = policy};
  memset(thing, 0, sizeof *thing);
  return parse_body(parse, thing, (struct str){text, len}, members,
                    sizeof members / sizeof members[0]);
}

#define AN_ID "00112233445566778899aabbccddeeff"

Test(parse, takes_every_kind_of_member)
{
  static const char text[] =
    "{\"word\":\"gair\",\"note\":\"a\\nb\",\"flag\":true,\"day\":\"2026-11-02\",\"id\":\"" AN_ID
    "\",\"ids\":[\"" AN_ID "\"],\"slots\":[0,3],\"level\":\"hidden\"}";
  struct parse parse;
  struct thing thing;

  cr_assert_eq(parse_text(&parse, &thing, text, sizeof text - 1), OK);
  cr_expect(str_is(thing.word, "gair"));
  cr_expect_eq(thing.note.len, 3);
  cr_expect(thing.flag);
  cr_expect_eq(thing.day.number, day_from_ymd(2026, 11, 2).number);
  cr_expect_eq(thing.id.b[15], 0xff);
  cr_expect_eq(thing.id_count, 1);
  cr_expect_eq(thing.slot_count, 2);
  cr_expect_eq(thing.slots[1], 3);
  cr_expect_eq(thing.level, LEVEL_HIDDEN);
}

Test(parse, takes_what_a_caller_states)
{
  static const char text[] =
    "{\"purposes\":[\"register_maintenance\",\"no such\"],\"basis\":{\"kind\":\"statutory_duty\","
    "\"text\":\"436B\",\"special_category_condition\":\"x\",\"order_fields\":[\"child_name\"]},"
    "\"necessity\":\"needed\",\"alternatives\":[{\"option\":\"ask\"}],\"urgency\":\"routine\","
    "\"fields\":[\"child_name\",\"nothing\"]}";
  struct parse parse;
  struct thing thing;
  const struct policy_request *said = &thing.ask.said;
  uint8_t name = policy_word(policy, POLICY_FIELD, STR("child_name"));

  cr_assert_eq(parse_text(&parse, &thing, text, sizeof text - 1), OK);
  cr_expect_eq(said->purposes,
               1 | POLICY_BIT(policy_word(policy, POLICY_PURPOSE, STR("register_maintenance"))));
  cr_expect_eq(said->basis, policy_word(policy, POLICY_BASIS, STR("statutory_duty")));
  cr_expect(said->has_necessity && said->has_alternative && said->has_special_condition);
  cr_expect(fieldset_has(said->asked, name));
  cr_expect(fieldset_has(said->asked, 0), "an unknown word is carried, so that F-14 refuses it");
  cr_expect(fieldset_has(said->order_fields, name));
  cr_expect_eq(thing.ask.alternative_count, 1);
}

Test(parse, takes_values_by_field_and_slot)
{
  static const char text[] =
    "{\"values\":{\"forename\":\"Si\xc3\xb4n\",\"person_name\":[\"A\",null,\"C\"],"
    "\"circumstances\":[{\"value\":\"awaiting_suitable_provision\",\"since\":\"2026-01-05\","
    "\"said_by\":\"parent\",\"contested\":true}]}}";
  struct parse parse;
  struct thing thing;

  cr_assert_eq(parse_text(&parse, &thing, text, sizeof text - 1), OK);
  cr_assert_eq(thing.values.count, 5);
  for (size_t i = 0; i < thing.values.count; i++) {
    const struct given *given = &thing.values.at[i];

    if (given->field == FIELD_person_name) {
      cr_expect_eq(given->value.state, given->slot == 1 ? VALUE_ABSENT : VALUE_CHECKED);
    }
    if (given->field != FIELD_circumstances) continue;
    cr_expect_eq(given->value.said_by, SAID_PARENT);
    cr_expect(given->value.contested);
    cr_expect_eq(given->value.since.number, day_from_ymd(2026, 1, 5).number);
  }
}

Test(parse, takes_one_value_into_the_slot_that_it_names)
{
  static const char text[] = "{\"values\":{\"circumstances\":{\"slot\":7,\"value\":\"other\"}}}";
  struct parse parse;
  struct thing thing;

  cr_assert_eq(parse_text(&parse, &thing, text, sizeof text - 1), OK);
  cr_assert_eq(thing.values.count, 1, "nothing is said of the other places");
  cr_expect_eq(thing.values.at[0].slot, 7);
}

#define SECRET "Zaphod"

static const struct {
  const char *what, *text, *pointer;
  enum err err;
} refusals[] = {
  {"nothing", "", "", ERR_INPUT},
  {"no object", "[]", "", ERR_INPUT},
  {"no JSON", "{\"word\":" SECRET "}", "", ERR_INPUT},
  {"a second value", "{} {}", "", ERR_INPUT},
  {"an unknown key", "{\"" SECRET "\":1}", "", ERR_INPUT},
  {"a duplicate key", "{\"word\":\"a\",\"word\":\"b\"}", "", ERR_INPUT},
  {"a wrong type", "{\"word\":1}", "/word", ERR_INPUT},
  {"null where text is due", "{\"word\":null}", "/word", ERR_INPUT},
  {"over-long", "{\"word\":\"" SECRET SECRET "\"}", "/word", ERR_TOO_LARGE},
  {"a control character", "{\"word\":\"a\\u0001\"}", "/word", ERR_INPUT},
  {"NUL", "{\"word\":\"a\\u0000\"}", "", ERR_INPUT},
  {"a lone surrogate", "{\"word\":\"\\ud800\"}", "", ERR_INPUT},
  {"bad UTF-8", "{\"word\":\"\xff\"}", "", ERR_INPUT},
  {"an overlong form", "{\"word\":\"\xc0\x80\"}", "", ERR_INPUT},
  {"depth", "{\"word\":[[[[[[[[]]]]]]]]}", "", ERR_INPUT},
  {"a huge number", "{\"slots\":[99999999999999999999999]}", "", ERR_INPUT},
  {"a number out of range", "{\"slots\":[0,4]}", "/slots/1", ERR_INPUT},
  {"a broken number", "{\"slots\":[1.5]}", "/slots/0", ERR_INPUT},
  {"too many", "{\"slots\":[0,1,2,3,0]}", "/slots", ERR_TOO_LARGE},
  {"no day", "{\"day\":\"2026-02-30\"}", "/day", ERR_INPUT},
  {"no id", "{\"id\":\"" SECRET "\"}", "/id", ERR_INPUT},
  {"no id in a list", "{\"ids\":[\"" AN_ID "\",\"x\"]}", "/ids/1", ERR_INPUT},
  {"no level", "{\"level\":\"" SECRET "\"}", "/level", ERR_INPUT},
  {"a level that nobody may set", "{\"level\":\"unknown\"}", "/level", ERR_INPUT},
  {"an unknown key inside", "{\"basis\":{\"" SECRET "\":1}}", "/basis", ERR_INPUT},
  {"a purpose that is no text", "{\"purposes\":[1]}", "/purposes/0", ERR_INPUT},
  {"an unknown field", "{\"values\":{\"" SECRET "\":\"x\"}}", "/values", ERR_INPUT},
  {"a field of the register's own", "{\"values\":{\"protection\":\"none\"}}", "/values", ERR_INPUT},
  {"too many slots", "{\"values\":{\"forename\":[\"a\",\"b\"]}}", "/values/forename",
   ERR_TOO_LARGE},
  {"an unknown key of a value", "{\"values\":{\"forename\":[{\"value\":\"a\",\"x\":1}]}}",
   "/values/forename/0", ERR_INPUT},
  {"a value without value", "{\"values\":{\"forename\":{}}}", "/values/forename/value", ERR_INPUT},
  {"no value at all", "{\"values\":{}}", "/values", ERR_INPUT},
  {"a slot past the last", "{\"values\":{\"person_name\":{\"slot\":4,\"value\":\"a\"}}}",
   "/values/person_name/slot", ERR_INPUT},
  {"two places for one value", "{\"values\":{\"person_name\":[{\"slot\":0,\"value\":\"a\"}]}}",
   "/values/person_name/0/slot", ERR_INPUT},
  {"nobody said it", "{\"values\":{\"forename\":{\"value\":\"a\",\"said_by\":\"" SECRET "\"}}}",
   "/values/forename", ERR_INPUT},
};

static bool holds(struct str text, const char *part)
{
  for (size_t i = 0; i + strlen(part) <= text.len; i++) {
    if (strncmp(text.ptr + i, part, strlen(part)) == 0) return true;
  }
  return false;
}

Test(parse, refuses_each_body_of_the_table_and_names_the_place)
{
  for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
    struct parse parse;
    struct thing thing;
    struct str body;

    cr_expect_eq(parse_text(&parse, &thing, refusals[i].text, strlen(refusals[i].text)),
                 refusals[i].err, "%s", refusals[i].what);
    cr_expect_str_eq(parse.fault.pointer, refusals[i].pointer, "%s: %s", refusals[i].what,
                     parse.fault.pointer);
    cr_assert_eq(problem_write(arena, &body, LANG_CY, ERR_INPUT, &parse.fault, outside_real()), OK);
    cr_expect_not(holds(body, SECRET), "%s is echoed", refusals[i].what);
  }
}

Test(parse, refuses_a_value_over_its_field_s_limit)
{
  char name[2000], text[4096];
  struct parse parse;
  struct thing thing;

  memset(name, 'a', sizeof name);
  snprintf(text, sizeof text, "{\"values\":{\"forename\":\"%.*s\"}}", (int)sizeof name, name);
  cr_expect_eq(parse_text(&parse, &thing, text, strlen(text)), ERR_TOO_LARGE);
  cr_expect_str_eq(parse.fault.pointer, "/values/forename");
  cr_expect_gt(parse.fault.slots[0].len, 0);
}

Test(problem, has_the_members_of_rfc_9457_in_both_languages)
{
  struct fault fault = {
    .detail = TEXT_API_MEMBER_LONG, .slots = {STR("8")}, .pointer = "/word", .has_pointer = true};

  for (enum lang lang = LANG_EN; lang <= LANG_CY; lang++) {
    struct str body;
    json_t *json;

    cr_assert_eq(arena_new(&arena, 1 << 16), OK);
    cr_assert_eq(problem_write(arena, &body, lang, ERR_TOO_LARGE, &fault, outside_real()), OK);
    json = json_loadb(body.ptr, body.len, JSON_REJECT_DUPLICATES, NULL);
    cr_assert_not_null(json);
    cr_expect_str_eq(json_string_value(json_object_get(json, "type")), "/problems/too-large");
    cr_expect_eq(json_integer_value(json_object_get(json, "status")), 413);
    cr_expect_str_eq(json_string_value(json_object_get(json, "pointer")), "/word");
    cr_expect_not_null(strstr(json_string_value(json_object_get(json, "detail")), "8"));
    cr_expect_eq(json_string_length(json_object_get(json, "instance")), 41);
    json_decref(json);
    arena_free(&arena);
  }
}

/* The scenario cases, and the checker itself: it must be able to fail. */
#include <criterion/criterion.h>

#include "policy/check.h"
#include "tests/unit/policy_world.h"

static struct policy *policy;
static struct arena *arena;

static void load(void)
{
  policy = builtin_policy();
  cr_assert_eq(arena_new(&arena, 4u << 20), OK);
}
static void unload(void)
{
  arena_free(&arena);
  policy_free(&policy);
}
TestSuite(check, .init = load, .fini = unload);

static struct str read_cases(const char *name)
{
  char path[512];
  FILE *file;
  char *text = malloc(1u << 20);
  size_t n;

  snprintf(path, sizeof(path), "tests/cases/%s", name);
  file = fopen(path, "rb");
  cr_assert(file != NULL && text != NULL, "%s", path);
  n = fread(text, 1, 1u << 20, file);
  fclose(file);
  return (struct str){text, n};
}

static void print_line(void *self, struct str line)
{
  struct str *last = self;

  fprintf(stderr, "%.*s\n", (int)line.len, line.ptr);
  if (last->ptr != NULL) free((void *)(uintptr_t)last->ptr);
  last->ptr = strndup(line.ptr, line.len);
  last->len = line.len;
}

static struct check_totals totals_of(const char *name, const char *last_line)
{
  struct str text = read_cases(name), last = {NULL, 0};
  struct check_totals totals = {0};
  struct trail trail = {0};

  cr_assert_eq(policy_check_text(policy, &totals, text, arena,
                                 (struct check_output){print_line, &last}, &trail),
               OK);
  cr_assert(str_is(last, last_line), "%.*s", (int)last.len, last.ptr);
  free((void *)(uintptr_t)last.ptr);
  free((void *)(uintptr_t)text.ptr);
  return totals;
}

Test(check, passes_every_open_case_that_the_engine_decides)
{
  struct check_totals totals = totals_of("open.jsonl", "73 passed, 0 failed, 12 skipped");

  cr_assert_eq(totals.passed, 73);
}

Test(check, passes_the_cases_for_rules_that_the_open_ones_miss)
{
  struct check_totals totals = totals_of("more.jsonl", "39 passed, 0 failed, 0 skipped");

  cr_assert_eq(totals.failed, 0);
}

/* Made from the agreed matrix and the words alone, not by the engine: for each grant a shield, a
 * hidden child, a protected household, no condition, no first decision. */
Test(check, passes_what_each_grant_comes_to_behind_each_shield)
{
  struct check_totals totals = totals_of("grants.jsonl", "133 passed, 0 failed, 0 skipped");

  cr_assert_eq(totals.failed, 0);
}

/* Written from the words of the rules by a reader who had seen neither rules nor engine: every
 * field there is for each grant, and the same behind each shield. */
Test(check, passes_what_a_second_reader_takes_each_grant_to_say)
{
  struct check_totals totals = totals_of("text_grants.jsonl", "116 passed, 0 failed, 0 skipped");

  cr_assert_eq(totals.failed, 0);
}

/* By the same reader: each refusal, approval, duty, exception, and what happens when they meet. */
Test(check, passes_what_a_second_reader_takes_the_other_rules_to_say)
{
  struct check_totals totals = totals_of("text_rules.jsonl", "382 passed, 0 failed, 0 skipped");

  cr_assert_eq(totals.failed, 0);
}

static const char *const passing =
  "{\"id\":\"PC-900\",\"kind\":\"record\",\"title\":\"t\",\"tags\":[],"
  "\"actor\":{\"role\":\"case_officer\",\"relation\":\"assigned\",\"organisation\":\"x\","
  "\"identity_verified\":true,\"conflict_of_interest\":false},"
  "\"purpose\":{\"codes\":[\"register_maintenance\"]},"
  "\"basis\":{\"kind\":\"statutory_duty\",\"text\":\"x\"},\"urgency\":\"routine\","
  "\"necessity\":\"x\",\"subject\":{\"on_register\":true,\"age\":9,\"shield\":{\"level\":"
  "\"contact_protected\",\"status\":\"confirmed\",\"against_requester\":false},"
  "\"household_shield\":\"none\",\"circumstances\":[]},\"asked\":[\"child_name\",\"home_address\"],"
  "\"expected\":{\"decision\":\"partial\",\"allowed\":{\"child_name\":\"full\"},"
  "\"denied\":[\"home_address\"],\"pending\":[],\"obligations\":[\"use_safe_contact_route\"],"
  "\"must_not_oblige\":[\"receipt_required\"],\"indistinguishable_from_no_record\":false,"
  "\"must_not_reveal\":[\"home_address\"],\"reason\":\"x\"}}";

/* Each row spoils one expectation, and must be reported for it. */
static const struct {
  const char *find, *put, *mismatch;
} spoilt[] = {
  {"\"partial\"", "\"permit\"", "decision partial, expected permit"},
  {"\"denied\":[\"home_address\"]", "\"denied\":[]", "home_address denied, expected unmentioned"},
  {"\"child_name\":\"full\"", "\"child_name\":\"pseudonym\"",
   "child_name full, expected pseudonym"},
  {"\"use_safe_contact_route\"", "\"bilingual_letter\"",
   "bilingual_letter absent, expected present"},
  {"[\"receipt_required\"]", "[\"use_safe_contact_route\"]",
   "use_safe_contact_route present, expected absent"},
  {"record\":false", "record\":true", "indistinguishable_from_no_record false, expected true"},
  {"reveal\":[\"home_address\"]", "reveal\":[\"child_name\"]",
   "child_name revealed, expected secret"},
};

static struct check_result check(const char *line)
{
  struct check_result result = {0};
  struct trail trail = {0};

  cr_assert_eq(policy_check_line(policy, &result, str_from(line), arena, &trail), OK, "%s",
               trail.where);
  return result;
}

static void replace(char *ret_line, size_t room, const char *find, const char *put)
{
  const char *at = strstr(passing, find);

  cr_assert_not_null(at, "%s", find);
  snprintf(ret_line, room, "%.*s%s%s", (int)(at - passing), passing, put, at + strlen(find));
}

Test(check, reports_each_expectation_that_is_not_met)
{
  cr_assert_eq(check(passing).verdict, CHECK_PASSED);
  for (size_t i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) {
    char line[4096];
    struct check_result result;

    replace(line, sizeof(line), spoilt[i].find, spoilt[i].put);
    result = check(line);
    cr_assert_eq(result.verdict, CHECK_FAILED, "row %zu", i);
    cr_assert(str_is(result.mismatch, spoilt[i].mismatch), "row %zu: %.*s", i,
              (int)result.mismatch.len, result.mismatch.ptr);
  }
}

Test(check, skips_other_kinds_and_refuses_what_is_no_case)
{
  static const char *const bad[] = {
    "",
    "{}",
    "[]",
    "{\"id\":\"PC-001\"}",
    "{\"id\":\"PC-001\",\"id\":\"PC-002\"}",
    "{\"id\":\"PC-001\",\"kind\":\"record\",\"expected\":{}}",
    "{\"id\":\"PC-001\",\"kind\":\"record\",\"asked\":[7],\"expected\":{}}",
    "{\"id\":\"PC-001\",\"kind\":\"record\",\"asked\":[\"x\"],\"expected\":{\"denied\":[1]}}"};
  struct check_result result;
  struct trail trail = {0};

  result = check("{\"id\":\"PC-901\",\"kind\":\"search\",\"expected\":{}}");
  cr_assert_eq(result.verdict, CHECK_SKIPPED);
  cr_assert(str_is(result.kind, "search"));
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
    cr_assert_eq(policy_check_line(policy, &result, str_from(bad[i]), arena, &trail), ERR_INPUT,
                 "row %zu", i);
}

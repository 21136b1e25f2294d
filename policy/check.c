/* Decides scenario cases and compares, exactly as tests/cases/README.md says under "Scoring". What
 * it writes is made of case ids and vocabulary words only. */
#include "policy/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/case.h"

#define MISMATCH_BYTES 2048

/* Text of bounded length; what does not fit is left out. */
struct note {
  char text[MISMATCH_BYTES];
  size_t len;
};

__attribute__((format(printf, 2, 3))) static void note(struct note *note, const char *format, ...)
{
  size_t room = sizeof(note->text) - note->len;
  va_list list;
  int written;

  va_start(list, format);
  written = vsnprintf(note->text + note->len, room, format, list);
  va_end(list);
  if (written > 0) note->len += (size_t)written < room ? (size_t)written : room - 1;
}

static void differ(struct note *mismatch, const char *what, struct str got, const char *expected)
{
  note(mismatch, "%s%s %.*s, expected %s", mismatch->len > 0 ? "; " : "", what, (int)got.len,
       got.ptr, expected);
}

static bool array_has(json_t *array, const char *text)
{
  for (size_t i = 0; i < json_array_size(array); i++)
    if (strcmp(json_string_value(json_array_get(array, i)), text) == 0) return true;
  return false;
}

/* ---- Comparing --------------------------------------------------------------------------------
 */

static void compare_outcome(const struct decision *decision, json_t *expected,
                            struct note *mismatch)
{
  static const char *const names[] = {
    [POLICY_DENY] = "deny",
    [POLICY_NEEDS_SECOND_PERSON] = "needs_second_person",
    [POLICY_PARTIAL] = "partial",
    [POLICY_PERMIT] = "permit",
  };
  const char *wanted = json_string_value(json_object_get(expected, "decision"));

  if (wanted != NULL && strcmp(wanted, names[decision->outcome]) != 0)
    differ(mismatch, "decision", str_from(names[decision->outcome]), wanted);
}

static const char *wanted_of(json_t *expected, const char *name)
{
  json_t *form = json_object_get(json_object_get(expected, "allowed"), name);

  if (form != NULL) return json_string_value(form);
  if (array_has(json_object_get(expected, "denied"), name)) return "denied";
  if (array_has(json_object_get(expected, "pending"), name)) return "pending";
  return "unmentioned";
}

static struct str got_of(const struct policy *policy, const struct decision *decision,
                         unsigned field)
{
  if (fieldset_has(decision->pending, field)) return STR("pending");
  if (!fieldset_has(decision->granted, field)) return STR("denied");
  return policy_word_name(policy, POLICY_FORM, decision->form[field]);
}

static void compare_fields(const struct policy *policy, const struct policy_case *a_case,
                           const struct decision *decision, struct note *mismatch)
{
  for (size_t i = 0; i < json_array_size(a_case->asked); i++) {
    const char *name = json_string_value(json_array_get(a_case->asked, i));
    const char *wanted = wanted_of(a_case->expected, name);
    struct str got = got_of(policy, decision, policy_word(policy, POLICY_FIELD, str_from(name)));

    if (!str_is(got, wanted)) differ(mismatch, name, got, wanted);
  }
}

static bool owes(const struct policy *policy, const struct decision *decision, json_t *name)
{
  uint8_t word = policy_word(policy, POLICY_OBLIGATION, str_from(json_string_value(name)));

  return word != POLICY_NO_WORD && (decision->obligations & POLICY_BIT(word)) != 0;
}

static void compare_obligations(const struct policy *policy, const struct decision *decision,
                                json_t *expected, struct note *mismatch)
{
  json_t *must = json_object_get(expected, "obligations");
  json_t *must_not = json_object_get(expected, "must_not_oblige");

  for (size_t i = 0; i < json_array_size(must); i++)
    if (!owes(policy, decision, json_array_get(must, i)))
      differ(mismatch, json_string_value(json_array_get(must, i)), STR("absent"), "present");
  for (size_t i = 0; i < json_array_size(must_not); i++)
    if (owes(policy, decision, json_array_get(must_not, i)))
      differ(mismatch, json_string_value(json_array_get(must_not, i)), STR("present"), "absent");
}

/* The same request for a child who is not there must look the same to the requester. */
static bool looks_like_no_record(const struct policy *policy, const struct policy_case *a_case,
                                 const struct decision *decision)
{
  const struct policy_facts nobody = {.on_register = POLICY_NO};
  struct decision absent;

  policy_decide(policy, &absent, &a_case->request, &nobody);
  return decision->answer == POLICY_GENERIC && absent.answer == POLICY_GENERIC &&
         decision->outcome == absent.outcome && fieldset_equal(decision->denied, absent.denied);
}

static void compare_answer(const struct policy *policy, const struct policy_case *a_case,
                           const struct decision *decision, struct note *mismatch)
{
  json_t *wanted = json_object_get(a_case->expected, "indistinguishable_from_no_record");
  bool got = looks_like_no_record(policy, a_case, decision);

  if (json_is_boolean(wanted) && json_is_true(wanted) != got)
    differ(mismatch, "indistinguishable_from_no_record", got ? STR("true") : STR("false"),
           got ? "false" : "true");
}

/* No granted field may be one that must not be revealed. */
static void compare_secrets(const struct policy *policy, const struct policy_case *a_case,
                            const struct decision *decision, struct note *mismatch)
{
  json_t *secrets = json_object_get(a_case->expected, "must_not_reveal");

  for (size_t i = 0; i < json_array_size(secrets); i++) {
    const char *name = json_string_value(json_array_get(secrets, i));
    uint8_t field = policy_word(policy, POLICY_FIELD, str_from(name));

    if (field != POLICY_NO_WORD && fieldset_has(decision->granted, field))
      differ(mismatch, name, STR("revealed"), "secret");
  }
}

/* ---- One line ---------------------------------------------------------------------------------
 */

static void release(json_t **line)
{
  json_decref(*line);
}

static enum err decide_case(const struct policy *policy, const struct policy_case *a_case,
                            struct check_result *ret_result, struct arena *arena)
{
  struct note mismatch = {.len = 0};
  struct decision decision;

  policy_decide(policy, &decision, &a_case->request, &a_case->facts);
  compare_outcome(&decision, a_case->expected, &mismatch);
  compare_fields(policy, a_case, &decision, &mismatch);
  compare_obligations(policy, &decision, a_case->expected, &mismatch);
  compare_answer(policy, a_case, &decision, &mismatch);
  compare_secrets(policy, a_case, &decision, &mismatch);
  ret_result->verdict = mismatch.len == 0 ? CHECK_PASSED : CHECK_FAILED;
  return arena_copy(arena, &ret_result->mismatch, (struct str){mismatch.text, mismatch.len});
}

enum err policy_check_line(const struct policy *policy, struct check_result *ret_result,
                           struct str line, struct arena *arena, struct trail *trail)
{
  json_error_t error;
  OWNED(release) json_t *root = json_loadb(line.ptr, line.len, JSON_REJECT_DUPLICATES, &error);
  struct check_result result = {.verdict = CHECK_SKIPPED, .mismatch = STR("")};
  struct policy_case a_case;

  if (root == NULL) return FAIL_AT(trail, ERR_INPUT, "not a line of JSON", 0, error.column);
  TRY(case_read(policy, &a_case, root, trail));
  TRY(arena_copy(arena, &result.id, str_from(a_case.id)));
  TRY(arena_copy(arena, &result.kind, str_from(a_case.kind)));
  if (a_case.is_decision) TRY(decide_case(policy, &a_case, &result, arena));
  *ret_result = result;
  return OK;
}

enum err policy_decide_line(const struct policy *policy, struct check_decided *ret_decided,
                            struct str line, struct arena *arena, struct trail *trail)
{
  json_error_t error;
  OWNED(release) json_t *root = json_loadb(line.ptr, line.len, JSON_REJECT_DUPLICATES, &error);
  struct check_decided decided = {.is_decision = false};
  struct policy_case a_case;

  if (root == NULL) return FAIL_AT(trail, ERR_INPUT, "not a line of JSON", 0, error.column);
  TRY(case_read(policy, &a_case, root, trail));
  TRY(arena_copy(arena, &decided.id, str_from(a_case.id)));
  TRY(arena_copy(arena, &decided.kind, str_from(a_case.kind)));
  if (a_case.is_decision) {
    decided.is_decision = true;
    decided.request = a_case.request;
    policy_decide(policy, &decided.decision, &a_case.request, &a_case.facts);
  }
  *ret_decided = decided;
  return OK;
}

/* ---- A file -----------------------------------------------------------------------------------
 */

static const char *const other_kinds[] = {"search", "statistic",     "action",
                                          "budget", "policy_change", "metamorphic"};
#define OTHER_KINDS (sizeof(other_kinds) / sizeof(other_kinds[0]))

struct tally {
  struct check_totals totals;
  unsigned skipped[OTHER_KINDS];
};

struct str check_next_line(struct str *text)
{
  const char *end = text->len == 0 ? NULL : memchr(text->ptr, '\n', text->len);
  size_t n = end == NULL ? text->len : (size_t)(end - text->ptr);
  struct str line = {text->ptr, n};

  text->ptr += end == NULL ? n : n + 1;
  text->len -= end == NULL ? n : n + 1;
  return line;
}

static void say(struct check_output output, const struct note *said)
{
  output.line(output.self, (struct str){said->text, said->len});
}

static void count(struct tally *tally, const struct check_result *result,
                  struct check_output output)
{
  struct note said = {.len = 0};

  switch (result->verdict) {
  case CHECK_PASSED:
    tally->totals.passed++;
    return;
  case CHECK_SKIPPED:
    tally->totals.skipped++;
    for (size_t i = 0; i < OTHER_KINDS; i++)
      if (str_is(result->kind, other_kinds[i])) tally->skipped[i]++;
    return;
  case CHECK_FAILED:
    break;
  }
  tally->totals.failed++;
  note(&said, "%.*s failed: %.*s", (int)result->id.len, result->id.ptr, (int)result->mismatch.len,
       result->mismatch.ptr);
  say(output, &said);
}

static void conclude(const struct tally *tally, struct check_output output)
{
  struct note totals = {.len = 0};

  for (size_t i = 0; i < OTHER_KINDS; i++) {
    struct note said = {.len = 0};

    if (tally->skipped[i] == 0) continue;
    note(&said, "skipped %s: %u", other_kinds[i], tally->skipped[i]);
    say(output, &said);
  }
  note(&totals, "%u passed, %u failed, %u skipped", tally->totals.passed, tally->totals.failed,
       tally->totals.skipped);
  say(output, &totals);
}

enum err policy_check_text(const struct policy *policy, struct check_totals *ret_totals,
                           struct str text, struct arena *scratch, struct check_output output,
                           struct trail *trail)
{
  struct tally tally = {0};

  for (long long number = 1; text.len > 0; number++) {
    struct str line = check_next_line(&text);
    struct check_result result;
    enum err err;

    if (line.len == 0 || (line.len == 1 && line.ptr[0] == '\r')) continue;
    arena_reset(scratch);
    err = policy_check_line(policy, &result, line, scratch, trail);
    if (err == ERR_INPUT) trail->a = number;
    TRY(err);
    count(&tally, &result, output);
  }
  conclude(&tally, output);
  *ret_totals = tally.totals;
  return OK;
}

/* A new entry: who may make one, of whom, with what; and that it waits. */
#include "tests/unit/register_office.h"

static struct office office;

static void begin(void)
{
  office_begin(&office);
}

static void end(void)
{
  office_end(&office);
}

TestSuite(register_on_entry, .init = begin, .fini = end, .timeout = 60);

static void create(struct actor actor, struct given *values, size_t count)
{
  struct entry_new in = {.ask = office_ask(&office, "register_maintenance", NULL),
                         .values = {values, count},
                         .on = DAY_NONE};

  OFFICE_RUN(&office, entry_create(office_op(&office, actor), &in));
}

Test(register_on_entry, takes_a_child_in_and_says_that_it_waits)
{
  struct given values[] = {GIVEN(forename, 0, "Llŷr"), GIVEN(upn, 0, "N0T-A-NUMBER"),
                           GIVEN(date_of_birth, 0, "2016-05-06")};

  create(office_actor(&office, "case_officer", 1), values, 3);
  cr_assert_eq(office.op.answer.status, 201);
  cr_expect_eq(strncmp(office.op.answer.location, "/v1/entries/", 12), 0);
  cr_expect_eq(strlen(office.op.answer.location), 12 + 32);
  cr_expect_gt(strlen(office_text(office.json, "waits")), 20);
  cr_expect_str_eq(
    office_text(json_array_get(json_object_get(office.json, "as_given"), 0), "field"), "upn");
}

Test(register_on_entry, never_begins_unprotected)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  const struct entry *entry;

  index_read(office.reg->index);
  entry = index_entry(office.reg->index, id);
  cr_expect_eq(entry->level, LEVEL_UNKNOWN);
  cr_expect_not(entry->first_decided);
  index_done(office.reg->index);
}

Test(register_on_entry, refuses_who_has_no_rule_for_it)
{
  struct given values[] = {GIVEN(forename, 0, "Llŷr")};

  create(office_actor(&office, "support_officer", 1), values, 1);
  cr_expect_eq(office.op.answer.status, 403);
  create(office_actor(&office, "administrator", 1), values, 1);
  cr_expect_eq(office.op.answer.status, 403);
}

Test(register_on_entry, refuses_what_may_not_be_held)
{
  static const struct {
    struct given values[2];
    size_t count;
    int status;
    const char *rule;
  } rows[] = {
    {{GIVEN(surname, 0, "Jones"), GIVEN(date_of_birth, 0, "2024-01-01")}, 2, 403, "s8"},
    {{GIVEN(surname, 0, "Jones"), GIVEN(date_of_birth, 0, "2008-01-01")}, 2, 403, "s8"},
    {{GIVEN(surname, 0, "Jones"), GIVEN(ethnicity, 0, "WBRI")}, 2, 403, "436C(2)"},
    {{GIVEN(known_as, 0, "Jo")}, 1, 400, ""},
    {{GIVEN(surname, 0, "Jones\x01")}, 1, 400, ""},
    {{GIVEN(surname, 9, "Jones")}, 1, 400, ""},
    {{GIVEN(surname, 0, "Jones"), GIVEN(registered, 0, "2026-01-01")}, 2, 400, ""},
    {{GIVEN(surname, 0, "Jones"), GIVEN(shield_reason, 0, "none of it")}, 2, 400, ""},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct given values[2] = {rows[i].values[0], rows[i].values[1]};

    create(office_actor(&office, "case_officer", 1), values, rows[i].count);
    cr_expect_eq(office.op.answer.status, rows[i].status, "row %zu: %d", i,
                 office.op.answer.status);
    cr_expect_str_eq(office_text(office.json, "rule"), rows[i].rule, "row %zu", i);
  }
}

Test(register_on_entry, takes_a_birth_date_that_is_none_as_given)
{
  struct given values[] = {GIVEN(forename, 0, "Llŷr"), GIVEN(date_of_birth, 0, "about 9")};

  create(office_actor(&office, "case_officer", 1), values, 2);
  cr_expect_eq(office.op.answer.status, 201);
}

Test(register_on_entry, answers_a_repeated_key_with_the_same_child_and_makes_no_second)
{
  struct given values[] = {GIVEN(forename, 0, "Llŷr")}, others[] = {GIVEN(forename, 0, "Mair")};
  struct entry_new in = {.ask = office_ask(&office, "register_maintenance", NULL),
                         .values = {values, 1},
                         .on = DAY_NONE};
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct op *op;
  char first[33];

  for (int i = 0; i < 2; i++) {
    op = office_op(&office, officer);
    op->has_idempotency = true;
    op->idempotency.b[0] = 7;
    OFFICE_RUN(&office, entry_create(op, &in));
    cr_assert_eq(office.op.answer.status, 201);
    if (i == 0) snprintf(first, sizeof first, "%s", office_text(office.json, "entry"));
  }
  cr_expect_str_eq(office_text(office.json, "entry"), first);
  cr_expect_eq(index_count(office.reg->index), 1);

  in.values.at = others;
  op = office_op(&office, officer);
  op->has_idempotency = true;
  op->idempotency.b[0] = 7;
  cr_expect_eq(entry_create(op, &in), ERR_KEY_REUSED);
}

Test(register_on_entry, is_still_there_after_a_restart)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);

  office_close(&office);
  office_open(&office);
  OFFICE_RUN(&office, entry_get(office_op(&office, officer), id));
  cr_expect_str_eq(office_value(&office, "child_name", 0), "Siôn");
}

/* ---- resemblance ---- */

static size_t matches(struct id child)
{
  size_t cursor = 0, count = 0;

  index_read(office.reg->index);
  while (index_item_of_record(office.reg->index, child, ITEM_MATCH, &cursor) != NULL)
    count++;
  index_done(office.reg->index);
  return count;
}

Test(register_on_entry, keeps_for_the_circle_whom_the_child_resembles)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct actor lead = office_actor(&office, "safeguarding_lead", 2);
  struct id first = office_sion(&office, officer), again;
  char hidden[2 * ID_BYTES + 1] = {0};
  json_t *waiting, *row;
  size_t i;

  hex_write(hidden, first.b, ID_BYTES);
  office_set_level(&office, first, LEVEL_HIDDEN);
  again = office_sion(&office, officer);
  cr_expect_null(strstr(office.op.answer.body.ptr, hidden), "the officer is not told");
  cr_assert_eq(matches(again), 1);
  cr_expect_eq(matches(first), 0);
  OFFICE_RUN(&office, first_decision_list(office_op(&office, lead), STR("")));
  waiting = json_object_get(office.json, "waiting");
  cr_assert_eq(json_array_size(waiting), 1);
  json_array_foreach(waiting, i, row) cr_expect_str_eq(
    json_string_value(json_array_get(json_object_get(row, "resembles"), 0)), hidden);
}

/* A safety review: everything around a family and none of its values, for the circle alone. */
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

TestSuite(register_on_review, .init = begin, .fini = end, .timeout = 60);

/* The row of a list whose member `key` is `text`; NULL when there is none. */
static const json_t *row_of(const char *list, const char *key, const char *text)
{
  const json_t *rows = json_object_get(office.json, list), *row;
  size_t i;

  json_array_foreach(rows, i, row)
  {
    const json_t *value = json_object_get(row, key);
    if (json_is_string(value) && strcmp(json_string_value(value), text) == 0) return row;
  }
  return NULL;
}

static void review_by(const char *role, uint8_t account, struct id id)
{
  struct actor actor = office_actor(&office, role, account);

  OFFICE_RUN(&office, entry_safety_review(office_op(&office, actor), id));
}

Test(register_on_review, shows_the_lead_what_is_held_and_gives_no_value)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  const json_t *held;

  review_by("safeguarding_lead", 3, id);
  cr_assert_eq(office.op.answer.status, 200, "%.*s", (int)office.op.answer.body.len,
               office.op.answer.body.ptr);
  held = row_of("held", "field", "forename");
  cr_assert_not_null(held);
  cr_expect_eq(json_integer_value(json_object_get(held, "values")), 1);
  cr_expect_null(memmem(office.op.answer.body.ptr, office.op.answer.body.len, "Si\xc3\xb4n", 5),
                 "a value stands in it");
  cr_expect_not_null(row_of("open", "task", "first_decision"));
  cr_expect_gt(json_array_size(json_object_get(office.json, "looked")), 0);
}

Test(register_on_review, tells_what_is_shielded_and_who_could_reach_it)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  const json_t *held;

  office_set_level(&office, id, LEVEL_HIDDEN);
  review_by("safeguarding_lead", 3, id);
  cr_assert_eq(office.op.answer.status, 200);
  cr_expect_str_eq(office_text(office.json, "level"), "hidden");
  held = row_of("held", "field", "home_address");
  cr_assert_not_null(held);
  cr_expect(json_is_true(json_object_get(held, "shielded")));
  cr_expect_not_null(row_of("reach", "role", "safeguarding_lead"));
  cr_expect_null(row_of("reach", "role", "case_officer"), "an officer could reach a hidden child");
}

Test(register_on_review, is_for_the_circle_alone)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer), nobody;
  size_t len;

  memset(nobody.b, 0x5c, ID_BYTES);
  review_by("case_officer", 1, nobody);
  cr_expect_eq(office.op.answer.status, 404);
  len = office.op.answer.body.len;
  review_by("case_officer", 1, id);
  cr_expect_eq(office.op.answer.status, 404, "the officer who took the child in");
  cr_expect_eq(office.op.answer.body.len, len);
  review_by("head_of_service", 5, id);
  cr_expect_eq(office.op.answer.status, 404);
}

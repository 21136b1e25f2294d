/* Relations of outside bodies: what one person records, and what it takes to be in force. */
#include "tests/unit/register_office.h"

static struct office office;
static struct actor officer, lead, deputy;
static struct id child, recipient;

static void begin(void)
{
  static const struct recipient in = {.name = STR("Mari Mockbury"),
                                      .role = STR("other_la_officer"),
                                      .organisation = STR("Mockbury Council")};

  office_begin(&office);
  officer = office_actor(&office, "case_officer", 1);
  lead = office_actor(&office, "safeguarding_lead", 2);
  deputy = office_actor(&office, "safeguarding_lead", 3);
  child = office_sion(&office, officer);
  OFFICE_RUN(
    &office,
    recipient_make(office_op(&office, office_actor(&office, "data_protection_officer", 4)), &in));
  cr_assert(id_parse(str_from(office_text(office.json, "recipient")), &recipient));
}

static void end(void)
{
  office_end(&office);
}

TestSuite(register_on_relation, .init = begin, .fini = end, .timeout = 60);

static struct id record(const char *relation, uint8_t key)
{
  struct relation in = {.id = child,
                        .recipient = recipient,
                        .relation = str_from(relation),
                        .evidence = {"letter", 6},
                        .until = DAY_NONE};
  struct op *op = office_op(&office, lead);
  struct id id = {{0}};

  if (key != 0) {
    memset(op->idempotency.b, key, ID_BYTES);
    op->has_idempotency = true;
  }
  OFFICE_RUN(&office, relation_make(op, &in));
  cr_assert(id_parse(str_from(office_text(office.json, "id")), &id));
  return id;
}

static enum relation_code in_force(void)
{
  struct facts_want want = {.id = child, .requester = recipient};
  struct op *op = office_op(&office, lead);
  struct facts facts;

  cr_assert_eq(op_begin(op), OK);
  want.today = op_today(op);
  cr_assert_eq(facts_read(op, &facts, &want), OK);
  op_end(op);
  return facts.relation;
}

static int approve(struct actor actor, struct id id, bool agrees)
{
  OFFICE_RUN(&office, relation_approve(office_op(&office, actor), id, agrees));
  return office.op.answer.status;
}

Test(register_on_relation, opens_no_other_bodys_door_before_a_second_person_confirms_it)
{
  struct id id = record("receiving", 0);

  cr_expect_eq(office.op.answer.status, 202);
  cr_expect_eq(in_force(), RELATION_NONE);
  cr_expect_eq(approve(lead, id, true), 409, "by who recorded it");
  cr_expect_eq(approve(officer, id, true), 403);
  cr_expect_eq(in_force(), RELATION_NONE);
  cr_expect_eq(approve(deputy, id, true), 200);
  cr_expect_eq(in_force(), RELATION_RECEIVING);
  cr_expect_eq(approve(deputy, id, true), 200, "done again");
  cr_expect_eq(approve(deputy, id, false), 409, "it is in force");
  office_close(&office);
  office_open(&office);
  cr_expect_eq(in_force(), RELATION_RECEIVING);
}

Test(register_on_relation, is_gone_when_it_is_turned_down)
{
  struct id id = record("receiving", 0);

  cr_expect_eq(approve(deputy, id, false), 200);
  cr_expect_eq(in_force(), RELATION_NONE);
  cr_expect_eq(approve(deputy, id, true), 404);
}

Test(register_on_relation, holds_at_once_where_it_opens_no_door)
{
  record("non_resident", 0);
  cr_expect_eq(office.op.answer.status, 201);
  cr_expect_eq(in_force(), RELATION_NON_RESIDENT);
}

Test(register_on_relation, is_recorded_once_for_one_key)
{
  struct id first = record("receiving", 7), again = record("receiving", 7);

  cr_expect(id_equal(first, again));
}

/* Calling off a policy that would withhold more: by two people who are both still here, and not in
 * one browser. */
#include "tests/unit/register_staff.h"

static struct actor first, second;
static char version[2 * HASH_BYTES + 1];

static void confirmed(const char *user)
{
  struct actor dpo = office_actor(&office, "data_protection_officer", 77);

  add(user, "safeguarding_lead");
  OFFICE_RUN(&office, user_confirm(office_op(&office, dpo), str_from(user)));
  cr_assert_eq(office.op.answer.status, 200);
}

static void two_leads(void)
{
  begin();
  confirmed("mair");
  confirmed("non");
  first = signed_in("mair");
  second = signed_in("non");
  office.reg->active.next = (struct active_next){.waits = true, .takes_two = true, .spent = 1};
  memset(version, '0', 2 * HASH_BYTES);
}

TestSuite(register_on_coming, .init = two_leads, .fini = end, .timeout = 60);

static int call_off(struct actor actor)
{
  OFFICE_RUN(&office, policy_call_off(office_op(&office, actor), str_from(version)));
  return office.op.answer.status;
}

Test(register_on_coming, is_called_off_by_two)
{
  cr_expect_eq(call_off(first), 202);
  cr_expect_eq(call_off(first), 409);
  cr_expect_eq(call_off(second), 200);
}

Test(register_on_coming, counts_no_word_of_somebody_who_is_gone)
{
  cr_expect_eq(call_off(first), 202);
  OFFICE_RUN(&office, user_disable(office_op(&office, admin), STR("mair")));
  cr_expect_eq(call_off(second), 202, "the first of two");
  cr_expect_eq(call_off(second), 409);
}

Test(register_on_coming, is_not_called_off_in_one_browser)
{
  memset(first.browser.b, 0x11, ID_BYTES);
  second.browser = first.browser;
  cr_expect_eq(call_off(first), 202);
  cr_expect_eq(call_off(second), 409);
  memset(second.browser.b, 0x12, ID_BYTES);
  cr_expect_eq(call_off(second), 200);
}

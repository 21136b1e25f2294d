/* A password of one's own, and slowing down who guesses. */
#include "tests/unit/register_staff.h"

TestSuite(register_on_session, .init = begin, .fini = end, .timeout = 60);

#define OWN "fy nghyfrinair fy hun"

static enum err change(struct actor actor, const char *user, const char *old, const char *password)
{
  struct password_change in = {str_from(user), str_from(old), str_from(password)};

  return user_password(office_op(&office, actor), &in);
}

Test(register_on_session, lets_nobody_work_with_a_password_that_somebody_else_set)
{
  struct actor mair_rees;
  char token[64];

  add("mair.rees", "case_officer");
  mair_rees = first_session("mair.rees", GOOD, token);
  cr_expect(mair_rees.must_change);
  cr_expect_eq(entry_list_assigned(office_op(&office, mair_rees), STR("")), ERR_MUST_CHANGE);
  cr_expect_eq(user_list(office_op(&office, mair_rees), STR("")), ERR_MUST_CHANGE);
  OFFICE_RUN(&office, change(mair_rees, "mair.rees", GOOD, OWN));
  cr_expect_eq(office.op.answer.status, 200);
  cr_expect_null(strstr(office.op.answer.body.ptr, "argon2"));

  struct op *op = office_op(&office, (struct actor){.roles = 0});
  cr_assert_eq(session_resume(op, str_from(token)), OK, "the session stays");
  cr_expect_not(op->actor.must_change);
  OFFICE_RUN(&office, entry_list_assigned(op, STR("")));
  cr_expect_eq(sign_in("mair.rees", GOOD), ERR_UNAUTHENTICATED);
  office_close(&office);
  office_open(&office);
  OFFICE_RUN(&office, sign_in("mair.rees", OWN));
  cr_expect(json_is_false(json_object_get(office.json, "must_change_password")));
}

Test(register_on_session, ends_the_other_sessions_of_who_changes_their_password)
{
  char elsewhere[64], here[64];
  struct actor actor;

  add("mair.rees", "case_officer");
  first_session("mair.rees", GOOD, elsewhere);
  actor = first_session("mair.rees", GOOD, here);
  OFFICE_RUN(&office, change(actor, "mair.rees", GOOD, OWN));
  struct op *op = office_op(&office, (struct actor){.roles = 0});
  cr_expect_eq(session_resume(op, str_from(elsewhere)), ERR_UNAUTHENTICATED);
  cr_expect_eq(session_resume(op, str_from(here)), OK);
}

Test(register_on_session, changes_a_password_only_for_its_holder_who_knows_the_old_one)
{
  struct actor actor;
  char token[64];

  add("mair.rees", "case_officer");
  add("bryn.prawf", "case_officer");
  actor = first_session("mair.rees", GOOD, token);
  OFFICE_RUN(&office, change(actor, "bryn.prawf", GOOD, OWN));
  cr_expect_eq(office.op.answer.status, 403, "another person's");
  OFFICE_RUN(&office, change(admin, "bryn.prawf", GOOD, OWN));
  cr_expect_eq(office.op.answer.status, 403, "by an administrator");
  OFFICE_RUN(&office, change(actor, "mair.rees", "not the one I have", OWN));
  cr_expect_eq(office.op.answer.status, 403);
  OFFICE_RUN(&office, change(actor, "mair.rees", GOOD, "short"));
  cr_expect_eq(office.op.answer.status, 400);
  OFFICE_RUN(&office, change(actor, "mair.rees", GOOD, GOOD));
  cr_expect_eq(office.op.answer.status, 400);
  OFFICE_RUN(&office, sign_in("mair.rees", GOOD));
}

static void with_key(uint8_t n)
{
  memset(office.op.idempotency.b, n, ID_BYTES);
  office.op.has_idempotency = true;
}

Test(register_on_session, changes_a_password_once_for_one_key)
{
  struct password_change in = {STR("mair.rees"), STR(GOOD), STR(OWN)};
  struct actor actor;
  char token[64];

  add("mair.rees", "case_officer");
  actor = first_session("mair.rees", GOOD, token);
  for (int i = 0; i < 2; i++) {
    struct op *op = office_op(&office, actor);

    with_key(1);
    OFFICE_RUN(&office, user_password(op, &in));
    cr_expect_eq(office.op.answer.status, 200, "time %d", i);
  }
  in.password = STR("a third that is another one");
  struct op *op = office_op(&office, actor);
  with_key(1);
  cr_expect_eq(user_password(op, &in), ERR_KEY_REUSED);
}

static void reset(const char *user, struct actor by)
{
  struct password_reset in = {str_from(user), STR("a new first password")};

  OFFICE_RUN(&office, user_reset(office_op(&office, by), &in));
}

Test(register_on_session, resets_a_password_and_ends_the_sessions)
{
  struct actor actor;
  char token[64];

  add("mair.rees", "case_officer");
  actor = first_session("mair.rees", GOOD, token);
  OFFICE_RUN(&office, change(actor, "mair.rees", GOOD, OWN));
  reset("mair.rees", office_actor(&office, "safeguarding_lead", 2));
  cr_expect_eq(office.op.answer.status, 403);
  reset("mair.rees", admin);
  cr_expect_eq(office.op.answer.status, 200);
  struct op *op = office_op(&office, (struct actor){.roles = 0});
  cr_expect_eq(session_resume(op, str_from(token)), ERR_UNAUTHENTICATED);
  cr_expect_eq(sign_in("mair.rees", OWN), ERR_UNAUTHENTICATED);
  cr_expect(first_session("mair.rees", "a new first password", token).must_change);
}

Test(register_on_session, lets_no_administrator_in_as_a_lead_by_resetting_their_password)
{
  struct actor officer;
  char token[64];

  add("swyddog.data", "data_protection_officer");
  officer = signed_in("swyddog.data");
  add("arweinydd", "safeguarding_lead");
  OFFICE_RUN(&office, user_confirm(office_op(&office, officer), STR("arweinydd")));
  first_session("arweinydd", GOOD, token);
  reset("arweinydd", admin);
  cr_expect(says_that_it_waits());
  cr_expect_eq(sign_in("arweinydd", "a new first password"), ERR_UNAUTHENTICATED);
  OFFICE_RUN(&office, user_confirm(office_op(&office, officer), STR("arweinydd")));
  cr_expect(first_session("arweinydd", "a new first password", token).must_change);
}

/* ---- guessing ---- */

static int tries(const char *user, const char *password)
{
  enum err err = sign_in(user, password);

  return err == ERR_UNAUTHENTICATED ? 401 : err == OK ? office.op.answer.status : -1;
}

static uint64_t standing_still(void *self)
{
  (void)self;
  return UINT64_C(1000000000);
}

/* However long a password takes to check here. */
static void stop_clock(void)
{
  office_close(&office);
  office.config.outside.mono_us = standing_still;
  office_open(&office);
}

Test(register_on_session, slows_down_guessing_alike_for_a_name_that_nobody_has)
{
  static const char *const users[] = {"mair.rees", "neb.o.gwbl"};

  add("mair.rees", "case_officer");
  stop_clock();
  for (size_t who = 0; who < 2; who++) {
    for (int i = 0; i < THROTTLE_FREE_NAME; i++)
      cr_expect_eq(tries(users[who], "nid hwn, nid hwn"), 401, "%s %d", users[who], i);
    cr_expect_eq(tries(users[who], "nid hwn, nid hwn"), 429, "%s", users[who]);
    cr_expect_eq(office.op.answer.retry_s, 1);
    cr_expect_eq(office.op.commit->entry_count, 1);
  }
  cr_expect_eq(tries("mair.rees", GOOD), 429, "the right one has to wait too");
}

Test(register_on_session, slows_down_guessing_of_the_old_password)
{
  struct actor actor;
  char token[64];

  add("mair.rees", "case_officer");
  stop_clock();
  actor = first_session("mair.rees", GOOD, token);
  for (int i = 0; i < THROTTLE_FREE_NAME; i++) {
    OFFICE_RUN(&office, change(actor, "mair.rees", "nid hwn, nid hwn", OWN));
    cr_expect_eq(office.op.answer.status, 403);
  }
  OFFICE_RUN(&office, change(actor, "mair.rees", GOOD, OWN));
  cr_expect_eq(office.op.answer.status, 429);
}

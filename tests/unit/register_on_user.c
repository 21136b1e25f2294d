/* People who work here: who may add them, how they sign in, and how that ends. */
#include "tests/unit/register_office.h"

static struct office office;
static struct actor admin;

static void begin(void)
{
  office_begin(&office);
  admin = office_actor(&office, "administrator", 9);
}

static void end(void)
{
  office_end(&office);
}

TestSuite(register_on_user, .init = begin, .fini = end, .timeout = 60);

static const struct user *mair(void)
{
  static struct user user = {
    .user = STR("mair.rees"), .name = {"Mair Rees", 9}, .password = STR("correct horse battery")};

  user.roles = POLICY_BIT(office_word(&office, POLICY_ROLE, "case_officer"));
  return &user;
}

static enum err sign_in(const char *user, const char *password)
{
  struct sign_in in = {.user = str_from(user), .password = str_from(password)};
  struct actor nobody = {.roles = 0};

  return session_make(office_op(&office, nobody), &in);
}

Test(register_on_user, signs_in_who_was_added_and_resumes_by_token)
{
  char token[64];
  struct op *op;

  OFFICE_RUN(&office, user_add(office_op(&office, admin), mair()));
  cr_assert_eq(office.op.answer.status, 201);
  cr_expect_null(strstr(office.op.answer.body.ptr, "horse"));
  OFFICE_RUN(&office, sign_in("mair.rees", "correct horse battery"));
  cr_expect_str_eq(office_text(office.json, "name"), "Mair Rees");
  cr_expect_str_eq(json_string_value(json_array_get(json_object_get(office.json, "roles"), 0)),
                   "case_officer");
  snprintf(token, sizeof token, "%s", office_text(office.json, "token"));
  cr_expect_eq(strlen(token), SESSION_TOKEN_TEXT);

  op = office_op(&office, (struct actor){.roles = 0});
  cr_assert_eq(session_resume(op, str_from(token)), OK);
  cr_expect_eq(op->actor.roles, mair()->roles);
  OFFICE_RUN(&office, session_end(op));
  cr_expect_eq(office.op.answer.status, 204);
  cr_expect_eq(session_resume(op, str_from(token)), ERR_UNAUTHENTICATED);
}

Test(register_on_user, answers_a_wrong_password_and_an_unknown_user_alike)
{
  OFFICE_RUN(&office, user_add(office_op(&office, admin), mair()));
  cr_expect_eq(sign_in("mair.rees", "wrong horse battery"), ERR_UNAUTHENTICATED);
  cr_expect_eq(sign_in("nobody.here", "correct horse battery"), ERR_UNAUTHENTICATED);
}

Test(register_on_user, lets_only_an_administrator_add_people)
{
  OFFICE_RUN(&office,
             user_add(office_op(&office, office_actor(&office, "safeguarding_lead", 2)), mair()));
  cr_expect_eq(office.op.answer.status, 403);
  cr_expect_eq(people_count(office.reg->people), 0);
}

Test(register_on_user, refuses_a_second_account_of_the_same_name)
{
  OFFICE_RUN(&office, user_add(office_op(&office, admin), mair()));
  OFFICE_RUN(&office, user_add(office_op(&office, admin), mair()));
  cr_expect_eq(office.op.answer.status, 409);
  cr_expect_eq(people_count(office.reg->people), 1);
}

Test(register_on_user, refuses_a_name_or_password_that_will_not_do)
{
  struct user user = *mair();

  user.user = STR("Mair Rees");
  cr_expect_eq(user_add(office_op(&office, admin), &user), ERR_INPUT);
  user = *mair();
  user.password = STR("short");
  cr_expect_eq(user_add(office_op(&office, admin), &user), ERR_INPUT);
  user = *mair();
  user.roles = 0;
  cr_expect_eq(user_add(office_op(&office, admin), &user), ERR_INPUT);
}

Test(register_on_user, ends_the_sessions_of_who_is_disabled_even_after_a_restart)
{
  char token[64];
  struct op *op;

  OFFICE_RUN(&office, user_add(office_op(&office, admin), mair()));
  OFFICE_RUN(&office, sign_in("mair.rees", "correct horse battery"));
  snprintf(token, sizeof token, "%s", office_text(office.json, "token"));
  OFFICE_RUN(&office, user_disable(office_op(&office, admin), STR("mair.rees")));
  cr_assert_eq(office.op.answer.status, 200);
  op = office_op(&office, (struct actor){.roles = 0});
  cr_expect_eq(session_resume(op, str_from(token)), ERR_UNAUTHENTICATED);
  office_close(&office);
  office_open(&office);
  cr_expect_eq(sign_in("mair.rees", "correct horse battery"), ERR_UNAUTHENTICATED);
}

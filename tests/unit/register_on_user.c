/* People who work here: who may add them, how they sign in, and how that ends. */
#include "tests/unit/register_staff.h"

TestSuite(register_on_user, .init = begin, .fini = end, .timeout = 60);

static const struct user *mair(void)
{
  static struct user user = {
    .user = STR("mair.rees"), .name = {"Mair Rees", 9}, .password = STR("correct horse battery")};

  user.roles = POLICY_BIT(office_word(&office, POLICY_ROLE, "case_officer"));
  return &user;
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

/* ---- who has to be confirmed ---- */

Test(register_on_user, keeps_an_administrators_own_lead_out_until_another_person_confirms_it)
{
  struct actor officer;

  add("swyddog.data", "data_protection_officer");
  add("fy.mhyped", "safeguarding_lead");
  cr_expect_eq(office.op.answer.status, 201);
  cr_expect(says_that_it_waits());
  cr_expect(strlen(office_text(office.json, "detail")) > 0);
  cr_expect_eq(sign_in("fy.mhyped", GOOD), ERR_UNAUTHENTICATED);
  office_close(&office);
  office_open(&office);
  cr_expect_eq(sign_in("fy.mhyped", GOOD), ERR_UNAUTHENTICATED, "after a restart");

  OFFICE_RUN(&office, user_confirm(office_op(&office, admin), STR("fy.mhyped")));
  cr_expect_eq(office.op.answer.status, 403);
  cr_expect_eq(sign_in("fy.mhyped", GOOD), ERR_UNAUTHENTICATED, "confirmed by an administrator");
  officer = signed_in("swyddog.data");
  OFFICE_RUN(&office, user_confirm(office_op(&office, officer), STR("fy.mhyped")));
  cr_expect_eq(office.op.answer.status, 200);
  cr_expect_not(says_that_it_waits());
  cr_expect_neq(signed_in("fy.mhyped").roles, 0);
  office_close(&office);
  office_open(&office);
  cr_expect_neq(signed_in("fy.mhyped").roles, 0);
}

Test(register_on_user, lets_in_on_the_admin_socket_nobody_who_waits)
{
  struct user in = {.user = STR("fy.mhyped"),
                    .name = {"Pyped", 5},
                    .password = STR(GOOD),
                    .roles = POLICY_BIT(office_word(&office, POLICY_ROLE, "head_of_service")),
                    .unix_uid = STR("4242")};

  OFFICE_RUN(&office, user_add(office_op(&office, admin), &in));
  cr_expect(says_that_it_waits());
  cr_expect_eq(session_local(office_op(&office, (struct actor){.roles = 0}), 4242),
               ERR_UNAUTHENTICATED);
}

Test(register_on_user, has_every_role_confirmed_that_sees_protected_children_or_approves)
{
  static const struct {
    const char *role;
    bool waits;
  } rows[] = {
    {"case_officer", false},
    {"support_officer", false},
    {"aln_officer", false},
    {"attendance_officer", false},
    {"administrator", false},
    {"safeguarding_lead", true},
    {"social_worker", true},
    {"internal_auditor", true},
    {"head_of_service", true},
    {"legal_services", true},
    {"police_officer", true},
    {"emergency_clinician", true},
    {"case_officer legal_services", true},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char user[16];

    snprintf(user, sizeof user, "person.%zu", i);
    add(user, rows[i].role);
    cr_expect_eq(office.op.answer.status, 201, "%s", rows[i].role);
    cr_expect_eq(says_that_it_waits(), rows[i].waits, "%s", rows[i].role);
  }
}

Test(register_on_user, takes_the_first_data_protection_officer_and_no_later_one_unconfirmed)
{
  add("cyntaf", "data_protection_officer");
  cr_expect_not(says_that_it_waits());
  cr_expect(strlen(office_text(office.json, "detail")) > 0);
  cr_expect_neq(signed_in("cyntaf").roles, 0);
  add("ail", "data_protection_officer");
  cr_expect(says_that_it_waits());
  cr_expect_eq(sign_in("ail", GOOD), ERR_UNAUTHENTICATED);
  /* Nor does whoever adds people get another first one by disabling the first. */
  OFFICE_RUN(&office, user_disable(office_op(&office, admin), STR("cyntaf")));
  add("trydydd", "data_protection_officer");
  cr_expect(says_that_it_waits());
}

Test(register_on_user, lets_nobody_confirm_an_account_that_they_made)
{
  struct actor both = admin;

  both.roles |= POLICY_BIT(office_word(&office, POLICY_ROLE, "data_protection_officer"));
  admin = both;
  add("fy.mhyped", "safeguarding_lead");
  OFFICE_RUN(&office, user_confirm(office_op(&office, both), STR("fy.mhyped")));
  cr_expect_eq(office.op.answer.status, 409);
  cr_expect_eq(sign_in("fy.mhyped", GOOD), ERR_UNAUTHENTICATED);
}

Test(register_on_user, confirms_nobody_who_is_not_there_or_was_disabled)
{
  struct actor officer = office_actor(&office, "data_protection_officer", 3);

  cr_expect_eq(user_confirm(office_op(&office, officer), STR("neb")), ERR_ABSENT);
  add("fy.mhyped", "safeguarding_lead");
  OFFICE_RUN(&office, user_disable(office_op(&office, admin), STR("fy.mhyped")));
  cr_expect_eq(user_confirm(office_op(&office, officer), STR("fy.mhyped")), ERR_ABSENT);
  cr_expect_eq(sign_in("fy.mhyped", GOOD), ERR_UNAUTHENTICATED);
}

Test(register_on_user, refuses_roles_that_one_person_cannot_hold_together)
{
  add("dau", "data_protection_officer safeguarding_lead");
  cr_expect_eq(office.op.answer.status, 409);
  cr_expect(strstr(office_text(office.json, "detail"), "Safeguarding lead") != NULL);
  add("tri", "internal_auditor case_officer");
  cr_expect_eq(office.op.answer.status, 409);
  cr_expect_eq(people_count(office.reg->people), 0);
}

Test(register_on_user, refuses_an_administrator_who_is_something_else_too)
{
  add("popeth", "administrator case_officer");
  cr_expect_eq(office.op.answer.status, 409);
  cr_expect_eq(people_count(office.reg->people), 0);
  add("gweinyddwr", "administrator");
  cr_expect_eq(office.op.answer.status, 201);
}

Test(register_on_user, gives_a_name_to_one_of_two_who_take_it_at_the_same_time)
{
  struct reader *reader = NULL;
  struct arena *arena = NULL;
  struct op *first = office_op(&office, admin);

  cr_assert_eq(reader_new(&reader, office.reg), OK);
  cr_assert_eq(arena_new(&arena, 1 << 20), OK);
  struct op second = {.reg = office.reg, .reader = reader, .arena = arena, .actor = admin};
  cr_assert_eq(user_add(first, mair()), OK);
  cr_assert_eq(user_add(&second, mair()), OK); /* neither is there yet */
  cr_assert_eq(office_submit(&office), OK);
  struct office_wait wait = {.mutex = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER};
  reg_submit(&second, office_done, &wait);
  pthread_mutex_lock(&wait.mutex);
  while (!wait.has_ended)
    pthread_cond_wait(&wait.ended, &wait.mutex);
  pthread_mutex_unlock(&wait.mutex);
  cr_expect_eq(wait.err, ERR_MOVED, "%s", err_name(wait.err));
  second.attempt++;
  cr_assert_eq(user_add(&second, mair()), OK);
  cr_expect_eq(second.answer.status, 409);
  op_end(&second);
  reader_free(&reader);
  arena_free(&arena);
}

/* ---- roles ---- */

static void roles(const char *user, const char *given, const char *taken)
{
  struct role_change in = {.user = str_from(user)};

  if (given != NULL) in.add = POLICY_BIT(office_word(&office, POLICY_ROLE, given));
  if (taken != NULL) in.remove = POLICY_BIT(office_word(&office, POLICY_ROLE, taken));
  OFFICE_RUN(&office, user_roles(office_op(&office, admin), &in));
}

static uint64_t roles_of(const char *user)
{
  struct account account = {.uid = ACCOUNT_UID_NONE};

  cr_assert(people_by_name(office.reg->people, &account, str_from(user)));
  return account.roles;
}

Test(register_on_user, gives_and_takes_roles_of_who_is_signed_in)
{
  struct op *op;
  char token[64];

  add("mair.rees", "case_officer");
  first_session("mair.rees", GOOD, token);
  roles("mair.rees", "support_officer", "case_officer");
  cr_expect_eq(office.op.answer.status, 200);
  cr_expect_not(says_that_it_waits());
  op = office_op(&office, (struct actor){.roles = 0});
  cr_assert_eq(session_resume(op, str_from(token)), OK);
  cr_expect_eq(op->actor.roles, POLICY_BIT(office_word(&office, POLICY_ROLE, "support_officer")));
  roles("mair.rees", NULL, "support_officer");
  cr_expect_eq(office.op.answer.status, 409, "the last one");
  roles("mair.rees", "administrator", NULL);
  cr_expect_eq(office.op.answer.status, 409, "an administrator is nothing else");
}

Test(register_on_user, gives_a_role_that_matters_only_once_another_person_confirms_it)
{
  uint64_t lead = POLICY_BIT(office_word(&office, POLICY_ROLE, "safeguarding_lead"));
  struct actor officer;

  add("swyddog.data", "data_protection_officer");
  officer = signed_in("swyddog.data");
  add("mair.rees", "case_officer");
  roles("mair.rees", "safeguarding_lead", NULL);
  cr_expect(says_that_it_waits());
  cr_expect_eq(roles_of("mair.rees") & lead, 0);
  OFFICE_RUN(&office, sign_in("mair.rees", GOOD)); /* the others hold */
  office_close(&office);
  office_open(&office);
  cr_expect_eq(roles_of("mair.rees") & lead, 0, "after a restart");
  OFFICE_RUN(&office, user_confirm(office_op(&office, officer), STR("mair.rees")));
  cr_expect_eq(office.op.answer.status, 200);
  cr_expect_eq(roles_of("mair.rees") & lead, lead);
}

Test(register_on_user, is_turned_down_by_another_person)
{
  uint64_t lead = POLICY_BIT(office_word(&office, POLICY_ROLE, "safeguarding_lead"));
  struct actor officer;

  add("swyddog.data", "data_protection_officer");
  officer = signed_in("swyddog.data");
  add("mair.rees", "case_officer");
  roles("mair.rees", "safeguarding_lead", NULL);
  OFFICE_RUN(&office, user_turn_down(office_op(&office, officer), STR("mair.rees")));
  cr_expect_eq(office.op.answer.status, 200);
  OFFICE_RUN(&office, user_confirm(office_op(&office, officer), STR("mair.rees")));
  cr_expect_eq(roles_of("mair.rees") & lead, 0, "there is nothing left to confirm");
  OFFICE_RUN(&office, sign_in("mair.rees", GOOD));
  add("fy.mhyped", "safeguarding_lead");
  OFFICE_RUN(&office, user_turn_down(office_op(&office, officer), STR("fy.mhyped")));
  cr_expect_eq(user_confirm(office_op(&office, officer), STR("fy.mhyped")), ERR_ABSENT);
}

Test(register_on_user, gives_nobody_a_role_on_their_own_word_and_makes_no_second_first_officer)
{
  struct actor officer;

  add("cyntaf", "data_protection_officer");
  officer = signed_in("cyntaf");
  roles("cyntaf", "legal_services", NULL);
  OFFICE_RUN(&office, user_confirm(office_op(&office, officer), STR("cyntaf")));
  cr_expect_eq(office.op.answer.status, 409, "their own");
  roles("cyntaf", "support_officer", "data_protection_officer");
  add("ail", "data_protection_officer");
  cr_expect(says_that_it_waits(), "a role that was taken away counts");
}

/* ---- who there is ---- */

static const json_t *listed(const char *user)
{
  const json_t *users = json_object_get(office.json, "users");

  for (size_t i = 0; i < json_array_size(users); i++)
    if (strcmp(office_text(json_array_get(users, i), "user"), user) == 0)
      return json_array_get(users, i);
  return NULL;
}

Test(register_on_user, lists_who_waits_and_who_asked_to_whoever_adds_or_confirms)
{
  struct actor officer;

  add("swyddog.data", "data_protection_officer");
  officer = signed_in("swyddog.data");
  add("arweinydd", "safeguarding_lead");
  OFFICE_RUN(&office,
             user_list(office_op(&office, office_actor(&office, "case_officer", 5)), STR("")));
  cr_expect_eq(office.op.answer.status, 403);
  OFFICE_RUN(&office, user_list(office_op(&office, officer), STR("")));
  cr_expect_eq(office.op.answer.status, 200);
  cr_expect_null(strstr(office.op.answer.body.ptr, "argon2"));
  cr_expect_str_eq(office_text(listed("arweinydd"), "state"), "waiting");
  cr_expect_str_eq(
    json_string_value(json_array_get(json_object_get(listed("arweinydd"), "waits_for"), 0)),
    "data_protection_officer");
  cr_expect_str_eq(office_text(listed("swyddog.data"), "state"), "active");
  cr_expect_null(json_object_get(listed("swyddog.data"), "waits_for"));
}

Test(register_on_user, lists_page_by_page_in_the_order_of_names)
{
  struct account account = {.roles = 2, .uid = ACCOUNT_UID_NONE};
  char cursor[256], last[64] = "";
  size_t count = 0;

  for (unsigned i = 0; i < 120; i++) {
    account.id.b[0] = (uint8_t)(i + 1);
    snprintf(account.user, sizeof account.user, "p%03u", i * 7 % 120);
    cr_assert_eq(people_put(office.reg->people, &account), OK);
  }
  for (cursor[0] = '\0'; count == 0 || cursor[0] != '\0';) {
    OFFICE_RUN(&office, user_list(office_op(&office, admin), str_from(cursor)));
    const json_t *users = json_object_get(office.json, "users");
    for (size_t i = 0; i < json_array_size(users); i++, count++) {
      cr_expect_gt(strcmp(office_text(json_array_get(users, i), "user"), last), 0);
      snprintf(last, sizeof last, "%s", office_text(json_array_get(users, i), "user"));
    }
    snprintf(cursor, sizeof cursor, "%s", office_text(office.json, "next"));
  }
  cr_expect_eq(count, 120);
  cr_expect_eq(user_list(office_op(&office, admin), STR("zz")), ERR_INPUT);
}

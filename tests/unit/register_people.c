/* Accounts and sessions. */
#include "tests/unit/register_world.h"

static int64_t clock_us;

static uint64_t fake_mono(void *self)
{
  (void)self;
  return (uint64_t)clock_us;
}

static struct people *people_of(struct outside *outside, struct account *account)
{
  struct people *people = NULL;
  struct key key;

  clock_us = 1000000;
  *outside = outside_real();
  outside->mono_us = fake_mono;
  key_random(&key, outside);
  cr_assert_eq(people_new(&people, &key, outside), OK);
  *account = (struct account){
    .id = {{1}}, .user = "mair", .name = "Mair Prawf", .roles = 6, .uid = ACCOUNT_UID_NONE};
  cr_assert_eq(password_hash(account->password, (struct personal){"correct horse", 13}, outside),
               OK);
  cr_assert_eq(people_put(people, account), OK);
  return people;
}

Test(people, let_in_by_the_right_password_alone)
{
  struct outside outside;
  struct account account, back;
  struct people *people = people_of(&outside, &account);

  cr_expect_eq(people_check(people, &back, STR("mair"), (struct personal){"correct horse", 13}),
               OK);
  cr_expect_eq(people_check(people, &back, STR("mair"), (struct personal){"wrong", 5}),
               ERR_UNAUTHENTICATED);
  cr_expect_eq(people_check(people, &back, STR("nobody"), (struct personal){"correct horse", 13}),
               ERR_UNAUTHENTICATED);
  account.disabled = true;
  cr_assert_eq(people_put(people, &account), OK);
  cr_expect_eq(people_check(people, &back, STR("mair"), (struct personal){"correct horse", 13}),
               ERR_UNAUTHENTICATED);
  people_free(&people);
}

static void open_session(struct people *people, char token[static SESSION_TOKEN_TEXT],
                         struct actor *actor, const struct account *account)
{
  cr_assert_eq(session_open(people, token, actor, account, (struct id){{0}}), OK);
  session_confirm(people, actor->session);
}

Test(session, is_no_session_until_its_entry_is_durable)
{
  struct outside outside;
  struct account account;
  struct people *people = people_of(&outside, &account);
  char token[SESSION_TOKEN_TEXT];
  struct actor actor;

  for (int i = 0; i < 20; i++) { /* sign-ins that did not come in count for nothing */
    cr_assert_eq(session_open(people, token, &actor, &account, (struct id){{0}}), OK);
    cr_expect_eq(session_find(people, (struct str){token, sizeof token}, &actor),
                 ERR_UNAUTHENTICATED);
  }
  session_confirm(people, actor.session);
  cr_expect_eq(session_find(people, (struct str){token, sizeof token}, &actor), OK);
  people_free(&people);
}

Test(session, of_one_person_too_many_ends_the_oldest)
{
  struct outside outside;
  struct account account;
  struct people *people = people_of(&outside, &account);
  char tokens[SESSIONS_EACH + 1][SESSION_TOKEN_TEXT];
  struct actor actor;

  for (int i = 0; i <= SESSIONS_EACH; i++) {
    clock_us++;
    open_session(people, tokens[i], &actor, &account);
  }
  for (int i = 0; i <= SESSIONS_EACH; i++)
    cr_expect_eq(session_find(people, (struct str){tokens[i], SESSION_TOKEN_TEXT}, &actor),
                 i == 0 ? ERR_UNAUTHENTICATED : OK, "session %d", i);
  people_free(&people);
}

Test(session, opens_for_no_password_that_was_changed_in_the_meantime)
{
  struct outside outside;
  struct account account, checked;
  struct people *people = people_of(&outside, &account);
  char token[SESSION_TOKEN_TEXT];
  struct actor actor;

  checked = account;
  account.password[20] ^= 1;
  cr_assert_eq(people_put(people, &account), OK);
  cr_expect_eq(session_open(people, token, &actor, &checked, (struct id){{0}}),
               ERR_UNAUTHENTICATED);
  people_free(&people);
}

Test(session, ends_by_idleness_by_age_and_by_disabling)
{
  struct outside outside;
  struct account account;
  struct people *people = people_of(&outside, &account);
  char token[SESSION_TOKEN_TEXT];
  struct actor actor;
  struct str text = {token, sizeof token};

  open_session(people, token, &actor, &account);
  cr_expect_eq(session_find(people, text, &actor), OK);
  cr_expect_eq(actor.roles, 6);
  clock_us += (int64_t)SESSION_IDLE_US + 1;
  cr_expect_eq(session_find(people, text, &actor), ERR_UNAUTHENTICATED);
  open_session(people, token, &actor, &account);
  int64_t opened = clock_us;
  while (clock_us - opened + (int64_t)SESSION_IDLE_US <= (int64_t)SESSION_LIFE_US) {
    clock_us += (int64_t)SESSION_IDLE_US;
    cr_assert_eq(session_find(people, text, &actor), OK);
  }
  clock_us += (int64_t)SESSION_IDLE_US;
  cr_expect_eq(session_find(people, text, &actor), ERR_UNAUTHENTICATED);
  open_session(people, token, &actor, &account);
  account.disabled = true;
  cr_assert_eq(people_put(people, &account), OK);
  cr_expect_eq(session_find(people, text, &actor), ERR_UNAUTHENTICATED);
  token[5] ^= 1;
  cr_expect_eq(session_find(people, text, &actor), ERR_UNAUTHENTICATED);
  people_free(&people);
}

Test(account, comes_back_from_its_text_with_roles_by_name)
{
  struct world *world = world_new();
  struct account account = {
    .id = {{1}}, .user = "mair", .name = "Mair Prawf", .password = "$argon2id$x", .uid = 1000};
  struct account back = {.id = {{1}}};
  struct personal text;

  account.roles = POLICY_BIT(policy_word(reg_policy(world->reg), POLICY_ROLE, STR("case_officer")));
  account.asked =
    POLICY_BIT(policy_word(reg_policy(world->reg), POLICY_ROLE, STR("legal_services")));
  account.ever = account.asked | account.roles;
  account.asker = (struct id){{7}};
  cr_assert_eq(account_write(world->arena, &text, reg_policy(world->reg), &account), OK);
  cr_assert_eq(account_parse(&back, reg_policy(world->reg), text), OK);
  cr_expect_eq(memcmp(&account, &back, sizeof back), 0);
  cr_expect_eq(account_parse(&back, reg_policy(world->reg), (struct personal){"rubbish", 7}),
               ERR_CORRUPT);
  world_free(world);
}

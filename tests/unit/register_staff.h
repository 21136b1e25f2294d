/* People of a small authority, who sign in: for the tests of accounts and sessions. */
#ifndef TESTS_UNIT_REGISTER_STAFF_H
#define TESTS_UNIT_REGISTER_STAFF_H

#include "tests/unit/register_office.h"

static struct office office;
static struct actor admin;

static inline void begin(void)
{
  office_begin(&office);
  admin = office_actor(&office, "administrator", 9);
}

static inline void end(void)
{
  office_end(&office);
}

static inline enum err sign_in(const char *user, const char *password)
{
  struct sign_in in = {.user = str_from(user), .password = str_from(password)};
  struct actor nobody = {.roles = 0};

  return session_make(office_op(&office, nobody), &in);
}

#define GOOD "correct horse battery"

static inline void add(const char *user, const char *roles)
{
  struct user in = {
    .user = str_from(user), .name = {user, strlen(user)}, .password = STR(GOOD), .roles = 0};

  while (*roles != '\0') {
    char role[64];
    size_t n = strcspn(roles, " ");

    snprintf(role, sizeof role, "%.*s", (int)n, roles);
    in.roles |= POLICY_BIT(office_word(&office, POLICY_ROLE, role));
    roles += n + (roles[n] == ' ');
  }
  OFFICE_RUN(&office, user_add(office_op(&office, admin), &in));
}

static inline bool says_that_it_waits(void)
{
  return json_is_true(json_object_get(office.json, "waiting"));
}

/* The person themselves, signed in; the account has to be active. */
static inline struct actor signed_in(const char *user)
{
  struct op *op;
  char token[64];

  OFFICE_RUN(&office, sign_in(user, GOOD));
  snprintf(token, sizeof token, "%s", office_text(office.json, "token"));
  op = office_op(&office, (struct actor){.roles = 0});
  cr_assert_eq(session_resume(op, str_from(token)), OK);
  op->actor.must_change = false; /* that rule has tests of its own */
  return op->actor;
}

static inline struct actor first_session(const char *user, const char *password,
                                         char token[static 64])
{
  struct op *op;

  OFFICE_RUN(&office, sign_in(user, password));
  snprintf(token, 64, "%s", office_text(office.json, "token"));
  op = office_op(&office, (struct actor){.roles = 0});
  cr_assert_eq(session_resume(op, str_from(token)), OK);
  return op->actor;
}

#endif

/* Accounts and sessions, in memory. An account is an item, read at start; a session lives in memory
 * only and is known by a keyed hash of its token. Names of staff are for other staff; a password's
 * hash never leaves this file. */
#ifndef REGISTER_PEOPLE_H
#define REGISTER_PEOPLE_H

#include "crypto/password.h"
#include "register/index.h"
#include "register/throttle.h"

#define USER_NAME_MAX 40
#define PERSON_NAME_MAX 80
#define ACCOUNT_UID_NONE UINT32_MAX

struct account {
  struct id id;
  char user[USER_NAME_MAX + 1];   /* lower-case letters, digits, dot, dash */
  char name[PERSON_NAME_MAX + 1]; /* as shown */
  char password[PASSWORD_TEXT_MAX];
  uint64_t roles; /* POLICY_BIT of POLICY_ROLE */
  uint64_t asked; /* roles that wait for another person to confirm them; not in force */
  uint64_t ever;  /* roles that it had or waited for before */
  bool disabled;
  bool waiting;     /* for another person to confirm it; nobody signs in with it until then */
  bool must_change; /* somebody else set the password and knows it: nothing else works before */
  struct id maker;  /* account of who added it; zero: made with the register */
  struct id asker;  /* of who last gave it a role or a first password */
  struct id person; /* the first account of the same person; zero: this one is */
  uint32_t uid;     /* Unix user bound to it; ACCOUNT_UID_NONE: none */
};
/* Whether its holder may sign in and be given work. */
bool account_is_active(const struct account *account);
/* Whether there is something about it that another person has to confirm. */
bool account_waits(const struct account *account);

struct people;
MUST_USE enum err people_new(struct people **ret_people, const struct key *serve_key,
                             const struct outside *outside);
void people_free(struct people **people);

/* Roles are stored by name, so that a change of vocabulary moves nobody into another role.
 * ERR_TOO_LARGE; ERR_CORRUPT. A role that the policy no longer has is left out. */
MUST_USE enum err account_write(struct arena *arena, struct personal *ret_text,
                                const struct policy *policy, const struct account *account);
MUST_USE enum err account_parse(struct account *ret_account, const struct policy *policy,
                                struct personal text);

/* Copies, since the writer may change the table at any time. False: none. */
bool people_by_name(const struct people *people, struct account *ret_account, struct str user);
bool people_by_id(const struct people *people, struct account *ret_account, struct id id);
bool people_by_uid(const struct people *people, struct account *ret_account, uint32_t uid);
/* Whether two accounts are recorded as one person's. */
bool people_same(const struct people *people, struct id a, struct id b);
/* The roles that the other accounts of the same person hold or wait for; a disabled one has none.
 */
uint64_t people_roles_beside(const struct people *people, const struct account *account);
size_t people_count(const struct people *people);
/* The account whose user name comes next after this one; false: none does. */
bool people_next(const struct people *people, struct account *ret_account, struct str user);
/* Every role that any account was ever given: those taken away, waiting and disabled count. */
uint64_t people_roles(const struct people *people);
/* Adds or replaces; disabling ends the account's sessions. The writer and start only. */
MUST_USE enum err people_put(struct people *people, const struct account *account);

/* Slow (Argon2id) and of the same length whether or not there is such a user. ERR_UNAUTHENTICATED,
 * ERR_MEMORY. */
MUST_USE enum err people_check(const struct people *people, struct account *ret_account,
                               struct str user, struct personal password);

/* Seconds that must pass before this name may be tried again from there; 0: try now, which counts
 * as a failure until people_forgive says that it was none. The same for a name that nobody has. */
unsigned people_wait(struct people *people, const struct throttle_try *tried);
void people_forgive(struct people *people, const struct throttle_try *tried);

#define SESSION_IDLE_US (UINT64_C(1000000) * SESSION_IDLE_SECONDS)
#define SESSION_LIFE_US (UINT64_C(8) * 3600 * 1000000)
#define SESSION_TOKEN_TEXT 43 /* 32 random bytes, base64url without padding */
/* A session that nobody can use until it is confirmed: its entry has to be durable first. One that
 * never is, because its sign-in did not come in, is gone after ten seconds. `account` as it was
 * checked: ERR_UNAUTHENTICATED when it has got another password since. ERR_RATE: no room at all.
 * `browser`: actor.browser of it. */
MUST_USE enum err session_open(struct people *people, char ret_token[static SESSION_TOKEN_TEXT],
                               struct actor *ret_actor, const struct account *account,
                               struct id browser);
/* Of more than SESSIONS_EACH of one person, the oldest ends. */
#define SESSIONS_EACH 8
void session_confirm(struct people *people, struct id session);
/* Fills the actor and moves the idle limit; ERR_UNAUTHENTICATED for any other token, and for an
 * account that is not active. */
MUST_USE enum err session_find(struct people *people, struct str token, struct actor *ret_actor);
void session_close(struct people *people, struct id session);
/* Every session of the account but `kept`; zero keeps none. */
void session_close_all(struct people *people, struct id account, struct id kept);

#endif

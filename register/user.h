/* What the operations on accounts are made of (on_user.c, on_session.c): who may, the account as it
 * is stored, the account as it will be. No answer and no entry ever holds a password or its hash.
 */
#ifndef REGISTER_USER_H
#define REGISTER_USER_H

#include "base/json.h"
#include "register/once.h"
#include "register/people.h"
#include "register/reply.h"

/* Whether a rule lets this person do `what`; no child is asked about, so that any purpose will do.
 * The rule goes into the entry. */
bool user_may(struct op *op, const char *what, struct entry_of *entry, uint16_t *rule);

/* Neither who made the account, nor who asked for what waits, nor its own holder. */
bool user_is_another(const struct op *op, const struct account *account);

void account_wipe(struct account *account);
/* Decided by what is stored, not by the table in memory: with the version that is replaced.
 * ERR_ABSENT: there is nobody of this name. */
MUST_USE enum err user_read(struct op *op, struct account *ret_account, struct item *ret_item,
                            struct str user);
/* The item of a name that is not taken: of two who take it at the same time, the second is decided
 * again. */
struct item user_item_new(const struct op *op, const struct account *account);

enum user_sessions { SESSIONS_STAY, SESSIONS_OTHERS_END, SESSIONS_END };
/* With the change; the table in memory and the sessions follow once it is durable. */
MUST_USE enum err user_put(struct op *op, const struct account *account, struct item item,
                           enum user_sessions sessions);

/* A password that somebody chose: long enough, and not longer than is hashed in good time. */
bool user_password_is_good(struct str password);
MUST_USE enum err user_password_set(struct op *op, struct account *account, struct str password);
/* ERR_UNAUTHENTICATED: it is another. Both are slow. */
MUST_USE enum err user_password_check(const struct account *account, struct str password);

/* Members of an object that is begun: id, user, name, roles; state, and what of it waits. */
void user_write(struct json *json, const struct op *op, const struct account *account);
void user_write_state(struct json *json, const struct op *op, const struct account *account);
void user_write_roles(struct json *json, const struct op *op, const char *key, uint64_t roles);
MUST_USE enum err user_finish(struct op *op, struct json *json, int status,
                              const struct entry_of *entry);
MUST_USE enum err user_refuse(struct op *op, enum err err, enum text_id why,
                              struct entry_of *entry);

/* One Idempotency-Key for one deed to one account. What was set as a password is no part of what is
 * kept: a replay has to show it again (user_same_password). */
MUST_USE enum err user_once(struct op *op, struct once *ret_once, const char *deed, struct str user,
                            struct hash more);
/* ERR_KEY_REUSED unless this is the password that the account has. */
MUST_USE enum err user_same_password(const struct account *account, struct str password);

#endif

/* The second person: whoever agrees to what somebody else asked for, and since when it waits for
 * them. An account is not a person: somebody who asks with one account and agrees with another has
 * agreed to their own request. */
#ifndef REGISTER_SECOND_H
#define REGISTER_SECOND_H

#include "base/json.h"
#include "register/op.h"

/* Whoever is signed in is this account's person: the same account, another one that is recorded as
 * the same person's, or one of the same name. */
bool second_is(const struct op *op, struct id account);
/* The same of two accounts. */
bool second_are_one(const struct op *op, struct id a, struct id b);
/* The same account, or two that are recorded as one person's; a name shuts nobody out. */
bool second_share_person(const struct op *op, struct id a, struct id b);
/* The account's person has a conflict of interest with this child, by whichever of their accounts
 * it was recorded. False for no child. Takes index_read. */
bool second_has_conflict(const struct op *op, struct id record, struct id account);

/* From now on something waits for a second person: an ITEM_SINCE whose subject it is, in the same
 * commit. */
MUST_USE enum err second_begin(struct op *op, struct id waits, struct id record);
/* It was asked for in the browser that whoever is signed in has signed in with. False where either
 * is not known: the same two people can still share a machine. */
bool second_is_same_browser(struct op *op, struct id waits);
/* It waits no longer; nothing when there is none. */
MUST_USE enum err second_done(struct op *op, struct id waits);
/* Since when, to a quarter of an hour; false: not known. Takes index_read. */
bool second_since(const struct op *op, struct id waits, struct instant *ret_since);
/* "since" and "hours", when they are known, and "for", the roles that can decide. */
void second_write(struct json *json, const struct op *op, struct id waits, uint64_t roles);
/* The roles whose holders may do an act, as sets of POLICY_BIT. */
uint64_t second_roles(const struct op *op, const char *act);

#endif

/* Deputies: an approver who is away names another person, with dates, who agrees in their stead.
 * Where the role has to be confirmed (policy_roles_confirmed), naming a deputy has to be confirmed
 * as well. ITEM_DEPUTY: its subject is the deputy, its end the last day; sealed, about no child.
 *
 * A deputy agrees to disclosures and does nothing else in the other's name. Cover is never passed
 * on: it gives the roles of the one who named, and none that somebody else gave to them. */
#ifndef REGISTER_DEPUTY_H
#define REGISTER_DEPUTY_H

#include "base/json.h"
#include "register/op.h"

#define DEPUTY_WAITS 1u      /* flag: for a second person; nobody is covered until then */
#define DEPUTY_DAYS_MAX 92   /* of one cover, first and last day included; it can be named again */
#define DEPUTY_AHEAD_MAX 366 /* days until the first of them */
#define DEPUTY_COVERS_MAX 8  /* at the same time by one person */

struct deputy {
  struct item item;
  struct id principal;    /* account that is covered */
  struct id maker, other; /* accounts; `other` is zero while it waits, or when nobody had to */
  struct day from;
  uint64_t confirmed; /* POLICY_BIT: roles that had to be confirmed when it was named */
};
MUST_USE enum err deputy_read(struct op *op, struct deputy *ret_deputy, struct id id);
MUST_USE enum err deputy_put(struct op *op, struct deputy *deputy);
/* Who named, who is covered and who is the deputy: none of them is the second person. */
bool deputy_is_party(const struct op *op, const struct deputy *deputy);
/* Members of an open object. */
void deputy_write(struct json *json, const struct op *op, const struct deputy *deputy);

/* The roles of a set that some rule takes as a second person's. */
uint64_t deputy_approving(const struct op *op, uint64_t roles);

/* Those that one who is covered has now: all of them may have been taken away since. */
uint64_t deputy_roles_of(const struct op *op, struct id principal);

/* Whose place whoever is signed in takes today, and with which roles. */
struct cover {
  struct id principal;
  uint64_t roles; /* POLICY_BIT */
};
struct covers {
  struct cover at[DEPUTY_COVERS_MAX];
  size_t count;
};
MUST_USE enum err deputy_covers(struct op *op, struct covers *ret_covers);
/* The same roles, all together. */
uint64_t covers_roles(const struct covers *covers);
/* Takes one out. */
void covers_drop(struct covers *covers, size_t i);
/* Whether anybody is covered by this person, by the outside of the items: opens nothing. */
bool deputy_may_fall_to(const struct op *op);

#endif

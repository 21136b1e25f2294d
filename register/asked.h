/* From what somebody asks to a decision: the request alone first, the child last (adr 0006). The
 * caller states purpose, basis and fields; role, relation and conflict are the register's to know
 * and are never taken from a request. This file opens nothing but facts, and releases nothing. */
#ifndef REGISTER_ASKED_H
#define REGISTER_ASKED_H

#include "register/budget.h"
#include "register/op.h"
#include "register/operations.h"

/* One request about one child, as far as it has come. */
struct asked {
  struct policy_request request;
  struct facts facts; /* meaningful once the request itself was sound */
  struct decision decision;
  struct decision person[PEOPLE]; /* of slots whose adult has a level of their own */
  bool has_person[PEOPLE];
  bool is_refused;   /* decision.answer says whether the rule may be named */
  struct str to;     /* name of the recipient it would go to; empty: the person signed in */
  struct id handler; /* who asked for it, when others agree to it; zero: whoever is signed in */
  struct budget_over over; /* refused because a budget is used up: nothing was looked at */
};

/* Steps 1 and 2 for the signed-in person: picks the role that the purposes need. `is_refused` is
 * set when a rule refuses the request whoever the child is. What is already in `asked` of the child
 * stays. */
void asked_request(const struct op *op, struct asked *asked, const struct ask *ask);

/* Steps 3 to 5: looks up the child (or the decoy, with the same work), puts in relation and
 * conflict of `requester`, and decides. Does nothing more for a request that is refused already. */
MUST_USE enum err asked_decide(struct op *op, struct asked *asked, struct id id,
                               struct id requester);

/* The decision alone, on asked->facts as they were read; for a request that is sound. */
void asked_settle(const struct op *op, struct asked *asked);

/* For a caller who named no fields: everything that role and evidenced relation could be granted is
 * asked for. Before the look-up (asked->facts) the request is judged with the child's name alone.
 */
void asked_request_whole(const struct op *op, struct asked *asked, const struct ask *ask);
void asked_settle_whole(const struct op *op, struct asked *asked);

/* Charges the signed-in person for the id as asked, before anything of the child is looked at and
 * whatever becomes of the request; over budget it is refused. */
MUST_USE enum err asked_charge(struct op *op, struct asked *asked, struct id id);

/* One child, in imminent danger: what must not wait for a budget. */
bool asked_is_break_glass(const struct op *op, const struct policy_request *request);

/* Request and child, for the signed-in person; met: of a list, which charges what it shows. */
MUST_USE enum err asked_met(struct op *op, struct asked *ret_asked, struct id id,
                            const struct ask *ask);
/* The same, charged. */
MUST_USE enum err asked_about(struct op *op, struct asked *ret_asked, struct id id,
                              const struct ask *ask);

/* What fields_open needs of it. Valid as long as `asked`. */
struct granted asked_granted(const struct asked *asked);

/* An act (W rules): role and relation are picked as for a reading. Of several roles the first that
 * may. */
struct act_asked {
  const char *act; /* a word of the vocabulary: "create" */
  uint64_t purposes;
  uint8_t relation; /* POLICY_NO_WORD: the authority's own staff ("own_la") */
};
struct policy_permission asked_act(const struct op *op, const struct act_asked *act,
                                   uint8_t *ret_role);
/* The same for the authority's own staff; role and rule go into the entry. `*rule` must outlive it.
 */
bool asked_may(const struct op *op, const char *act, uint64_t purposes, struct entry_of *entry,
               uint16_t *rule);
/* Every purpose there is: for an act of which nobody is asked what it is for. */
uint64_t asked_any_purpose(const struct op *op);

/* Whether a decision's obligations have this one. */
bool asked_obliges(const struct op *op, uint64_t obligations, struct str name);

/* The words by which people tell children apart in a list: name and date of birth. */
struct fieldset asked_name_and_birth(const struct op *op);

/* The authority's own staff, whoever the child is. */
uint8_t asked_own_la(const struct op *op);
/* An entry of the log with what was asked filled in: role, basis, purposes, and the hash of the
 * words given. */
void asked_entry(const struct op *op, struct entry_of *ret_entry, enum action action,
                 const struct asked *asked, const struct ask *ask);

#endif

/* A disclosure on its way: the officer who handles it, the recipient whom the policy decides about,
 * and the child. What asking, agreeing and fetching have in common. */
#ifndef REGISTER_MATTER_H
#define REGISTER_MATTER_H

#include "register/deputy.h"
#include "register/recipient.h"
#include "register/reply.h"
#include "register/sharing.h"

struct matter {
  struct sharing sharing;
  struct recipient_row recipient;
  struct asked officer; /* whoever is signed in, as an officer of the authority towards the child */
  struct asked asked;   /* the recipient's request, and its decision */
  struct covers covers; /* in whose stead this person may agree to it */
  bool is_own;          /* they may know of the child in their own name, whomever they cover */
  struct id deputy_for; /* in whose stead they now do; zero: in their own name */
};

/* ---- the officer ---- */

/* Whether a rule lets somebody with this relation disclose; POLICY_NO_WORD: the authority's own
 * staff. */
bool matter_may_disclose(const struct op *op, uint8_t relation);
/* How the person signed in stands to the child, and each of those whom they cover: who may not know
 * of it themselves is taken out of `covers`. The same work for every id. */
MUST_USE enum err matter_look_up(struct op *op, struct matter *matter);
/* Held, not hidden from this person or from one whom they cover, and without a conflict. */
bool matter_may_know(const struct matter *matter);
/* Not hidden from this person themselves, and in charge of the child, or of all children. */
bool matter_may_handle(const struct op *op, const struct matter *matter);
bool matter_is_handler(const struct op *op, const struct matter *matter);

/* A role that a rule still waiting accepts: this person's own, where they may know of the child in
 * their own name; else of one whom they cover, and whose word was not given yet. */
struct approver {
  uint8_t role;         /* POLICY_NO_WORD: none */
  struct id deputy_for; /* zero: their own */
};
struct approver matter_approver(const struct op *op, const struct matter *matter);
/* The roles whose word is still waited for, as a set of POLICY_BIT. */
uint64_t matter_approvers(const struct op *op, const struct matter *matter);
/* This person has given one of its words, in whosever name, or somebody has in theirs. */
bool matter_has_spoken(const struct op *op, const struct matter *matter);
/* It waits, for a role of this person's, who did not ask for it and has not spoken yet. */
bool matter_may_decide(const struct op *op, const struct matter *matter);

/* ---- the request ---- */

/* Steps 1 and 2 of the recipient's request, with the approvals given so far. False: refused,
 * whoever the child is. */
bool matter_request(const struct op *op, struct matter *matter);
/* Charges the officer's budget, the authority's and that of the body or family it goes to;
 * matter->asked.over says where there was no room. */
MUST_USE enum err matter_charge(struct op *op, struct matter *matter);
/* Decides again, from the start. */
MUST_USE enum err matter_decide(struct op *op, struct matter *matter);
/* From what was sent to a decision, on one path for every id; nothing is kept. *ret_goes_on: the
 * decision refuses nothing as a whole, and *ret_matter is meaningful. Else it is answered, with its
 * entry. */
MUST_USE enum err matter_ask(struct op *op, struct matter **ret_matter, bool *ret_goes_on,
                             const struct disclosure *in, enum action action);
/* Free text leaves in packages alone; the request tells, and nothing about the child. False: it is
 * answered. */
MUST_USE enum err matter_check_texts(struct op *op, const struct matter *matter, bool *ret_goes_on,
                                     enum action action);
/* What was released may still leave: each word of it would be granted today. */
bool matter_still_holds(const struct matter *matter);

/* Reads a disclosure for whoever asks, on one path for every id. *ret_found: there is one, of a
 * child of whom this person may know, under the policy in force; it is decided again. Whoever may
 * not know of the child gets no further than with a made-up id. The caller decides whether the
 * disclosure is this person's to see. */
MUST_USE enum err matter_find(struct op *op, struct matter **ret_matter, struct id id,
                              bool *ret_found);

/* One that has left, for whoever has to see to what became of it: its handler, or who may handle
 * disclosures of this child now. Nothing is decided, and `asked` stays empty; the policy that it
 * was made under may be another one by now. */
MUST_USE enum err matter_find_sent(struct op *op, struct matter **ret_matter, struct id id,
                                   bool *ret_found);

/* ---- entries and refusals ---- */

void matter_entry(const struct op *op, struct entry_of *ret_entry, enum action action,
                  const struct matter *matter);
/* And that it is about this child. */
void matter_entry_child(struct entry_of *entry, const struct matter *matter);
MUST_USE enum err matter_refuse(struct op *op, const struct matter *matter, enum action action,
                                const struct problem *problem);
MUST_USE enum err matter_generic(struct op *op, const struct matter *matter, enum action action);

#endif

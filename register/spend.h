/* A request charges the budgets of whoever is signed in, of the authority, and of the body that is
 * sent something, before anything of a child is looked at: whether there is such a child, and what
 * the answer will be, changes nothing (design D6). The charge stands beside the request's entry and
 * is durable with it. Over budget nothing is opened, and the answer says who can agree to more. */
#ifndef REGISTER_SPEND_H
#define REGISTER_SPEND_H

#include "register/budget.h"
#include "register/op.h"
#include "register/operations.h"

/* What is charged, child apart. */
struct spending {
  uint64_t purposes;     /* POLICY_BIT; none: what is charged for all purposes together alone */
  uint8_t role;          /* that the purposes picked; POLICY_NO_WORD: the person's widest */
  struct id receiver;    /* of a disclosure: spend_receiver; zero: none */
  uint8_t receiver_role; /* policy word */
  bool is_break_glass;   /* charged whatever is left: it is told and reviewed by itself */
};

/* Charges for one child, by the id as asked. The same child may be charged again in one request,
 * for more purposes. With GUARD(BUDGET_CHARGED) `ret_over` says where there was no room, and
 * nothing was charged. */
MUST_USE enum err spend_child(struct op *op, struct budget_over *ret_over,
                              const struct spending *spending, struct id child);
/* Before a search: whether this person may be shown anybody new. Charges nothing. */
void spend_look(const struct op *op, struct budget_over *ret_over, const struct spending *spending);

/* What the request gives as its necessity is counted, by whoever asks: the same words again and
 * again are kept, sealed, for the data-protection officer's list (ITEM_REPEATED_WORDS, whose id is
 * the hash). After spend_child. */
#define SPEND_WORDS_MAX 800
MUST_USE enum err spend_words(struct op *op, const struct ask *ask);

/* Whose budget a recipient's is: one for all of a body, by its name; a family's is each one's own.
 */
struct id spend_receiver(const struct op *op, struct id recipient, uint8_t role,
                         struct str organisation);

/* What budget a line of this person, of the authority or of a receiver has; for showing. */
struct budget_line spend_line(const struct op *op, const struct budget_of *of, uint64_t roles);

/* 403: which budget is used up, how far, and whose agreement it takes. Tells the data-protection
 * officer, in the same commit, once for each time that it is used up. */
MUST_USE enum err spend_refuse(struct op *op, const struct budget_over *over,
                               const struct entry_of *entry);

struct str spend_whose_name(enum budget_whose whose);
/* "whose", "purpose" (null: all together), "window", "limit", "used", as an object. */
void spend_write_over(struct json *json, const struct op *op, const struct budget_over *over);
/* Roles that a rule lets raise somebody's budget, as POLICY_BITs. */
uint64_t spend_raisers(const struct op *op);

#endif

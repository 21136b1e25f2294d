/* How many different children each person, the authority, and each body or family that is sent
 * something has had opened, for each purpose and for all purposes together, within the last hour,
 * day and month. In memory, made again at start from the charges beside the log (charge.h). A child
 * is a keyed hash of the id as it was asked: nothing here knows whether there is such a child.
 *
 * Counted are different children, each at its latest time: who comes back to a child within the
 * window charges nothing more. Any thread may call; what is taken is taken at once, so that two
 * requests at the same moment cannot both have the last place. */
#ifndef REGISTER_BUDGET_H
#define REGISTER_BUDGET_H

#include "policy/budget.h"
#include "register/charge.h"

struct budget;

enum budget_whose { BUDGET_PERSON, BUDGET_AUTHORITY, BUDGET_RECEIVER };
struct budget_of {
  enum budget_whose whose;
  struct id subject; /* account; authority; keyed hash of the receiver */
  uint8_t purpose;   /* policy word; POLICY_NO_WORD: all purposes together */
};
/* One of the budgets that a request is charged to, and what policy allows there. */
struct budget_line {
  struct budget_of of;
  struct policy_budget allowed;
};
/* Room for three subjects, every purpose and all together. */
#define BUDGET_LINES_MAX (3 * 64)

/* The first budget that has no room. */
struct budget_over {
  bool is_over;
  struct budget_of of;
  enum policy_window window;
  uint32_t limit, used;
};

MUST_USE enum err budget_new(struct budget **ret_budget);
void budget_free(struct budget **budget);

/* All or nothing: with room in every line the child is charged to each; else nothing is charged and
 * `ret_over` says where there is none. ERR_MEMORY: nothing was charged. */
MUST_USE enum err budget_take(struct budget *budget, struct budget_over *ret_over,
                              const struct budget_line *lines, size_t count, struct id child,
                              struct instant now);
/* Charges, room or none: for what must not wait, and is reviewed by another person by itself. */
MUST_USE enum err budget_charge(struct budget *budget, const struct budget_line *lines,
                                size_t count, struct id child, struct instant now);
/* Whether one more child that nobody knows of yet would be let through; charges nothing. */
void budget_look(struct budget *budget, struct budget_over *ret_over,
                 const struct budget_line *lines, size_t count, struct instant now);
/* At start, in the order of the log: charged whatever is allowed. */
MUST_USE enum err budget_recall(struct budget *budget, const struct charge *charge,
                                struct id authority);

/* A second person's word: so many more children for one purpose (and so for all together) within
 * one window, until the end of a day. */
struct budget_raise {
  struct id id; /* of its item */
  struct budget_of of;
  enum policy_window window;
  uint32_t more;
  struct day until;
};
MUST_USE enum err budget_raise(struct budget *budget, const struct budget_raise *raise);

/* One line as it stands now: what is allowed with raises, and what is used. */
struct budget_state {
  uint32_t limit[POLICY_WINDOWS], used[POLICY_WINDOWS];
};
void budget_state(struct budget *budget, struct budget_state *ret_state,
                  const struct budget_line *line, struct instant now);
/* The i-th budget that anything was ever charged to, in an order that holds; false: no more. */
bool budget_at(struct budget *budget, struct budget_of *ret_of, size_t i);
/* The i-th raise that is still in force on that day. */
bool budget_raise_at(struct budget *budget, struct budget_raise *ret_raise, size_t i,
                     struct day today);

#endif

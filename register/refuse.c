/* The answer to a request that failed before or inside its operation, and its entry. */
#include "register/reply.h"

/* What was charged stays so. A request that has charged for more than one child has shown some of
 * them, and is not refused any more but for want of memory. */
static void keep_charge(struct op *op, struct charge *charge)
{
  if (charge == NULL) return;
  charge->next = NULL;
  op->commit->charges = op->commit->last_charge = op->commit->untaken = charge;
}

void op_refuse(struct op *op, enum err err)
{
  struct entry_of entry = {.action = ACTION_REFUSED, .outcome = OUTCOME_FAILED};
  struct problem problem = {.err = err, .detail = TEXT_NONE};

  op->answer = (struct answer){0};
  op->has_moved = err == ERR_MOVED && op->attempt < ATTEMPT_LAST;
  if (op->has_moved) return;
  struct charge *charge = op->commit ? op->commit->charges : NULL;
  enum err refused = op_begin_anyway(op); /* what the operation began is dropped */
  if (refused == OK) keep_charge(op, charge);
  if (refused == OK) refused = reply_problem(op, &problem, &entry);
  op_end(op);
  if (refused == OK) return;
  /* No room even for that: without an entry nothing is said but that. */
  op->commit = NULL;
  op->answer = (struct answer){.status = err_status(ERR_BUSY)};
}

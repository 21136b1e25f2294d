/* What a sheet or a person proposes and another has to decide: a row set aside because it may be a
 * child already held, or values that differ from those held. It lies sealed under the held child's
 * secret, so that it dies with that record. */
#ifndef REGISTER_PROPOSAL_H
#define REGISTER_PROPOSAL_H

#include "register/op.h"
#include "register/operations.h"

/* Flags of ITEM_PROPOSAL for rows of a sheet; stored. Lower numbers belong to protection. */
enum { PROPOSAL_SAME_CHILD = 16, PROPOSAL_CHANGE = 17 };

struct proposal {
  unsigned kind;
  struct id about;                  /* the record held */
  const struct audit_secret *child; /* its secret */
  const struct given_list *values;
  struct personal origin; /* source and reference, as FIELD_origin has them */
  bool is_protected;      /* then no value goes in that the shielded compartment would hold */
};
/* The item, and further pages (ITEM_NOTE_PAGE, subject: the page before) where one does not hold
 * all. */
MUST_USE enum err proposal_put(struct op *op, struct id *ret_id, const struct proposal *proposal);
/* One page's values, in the arena, in the order of fields.def; the origin is among them. */
MUST_USE enum err proposal_parse(struct arena *arena, struct given_list *ret_values,
                                 struct personal text);

#endif

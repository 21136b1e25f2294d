/* What this process carries to the custodian: shielded values without their outer layer, and the
 * entry that a ticket rests on, opened. It can read neither the values nor what is made of them. */
#ifndef REGISTER_CARRY_H
#define REGISTER_CARRY_H

#include "custodian/client.h"
#include "register/op.h"

/* The place that the two layers of a row's blob (slot 0) or patch are bound to. */
void carry_place(const struct reg *reg, struct shield_place *ret_place, const struct row_head *head,
                 unsigned slot);
/* The core of the row's blob, or of one of its patches (shield_core_bytes). In the arena. ERR_MOVED
 * when the row's key is no more: the row has moved on. */
MUST_USE enum err carry_core(struct arena *arena, const struct reg *reg, struct store *store,
                             const void **ret_core, enum shield_kind kind,
                             const struct row_head *head, unsigned slot);
/* The entry at evidence->index, opened: it does when it is this child's and this person's
 * (ERR_OPEN). ERR_ABSENT. Inclusion and head are still to be put in (carry_proof). */
MUST_USE enum err carry_entry(struct op *op, struct custodian_evidence *evidence,
                              const struct audit_secret *child);
/* Under a signed note over a tree of `size`. */
MUST_USE enum err carry_proof(struct store *store, struct custodian_evidence *evidence,
                              struct str head, uint64_t size);

/* Entries (ascending; an empty one takes away) put over a blob by the custodian, in as many patches
 * as it takes. These are never stored. */
struct carry_change {
  const struct row_head *head;
  const void *core; /* the blob's */
  const struct shield_entry *entries;
  size_t count;
};
/* The new core, in the arena; the old one when there is nothing to change. ERR_CUSTODIAN. */
MUST_USE enum err carry_change(struct op *op, struct custodian *custodian, const void **ret_core,
                               const struct carry_change *change);

#endif

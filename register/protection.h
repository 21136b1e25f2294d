/* What raising, lowering and first decisions have in common (on_protection.c). */
#ifndef REGISTER_PROTECTION_H
#define REGISTER_PROTECTION_H

#include "register/asked.h"

const char *protection_level_name(enum level level);
/* Whether a W rule lets this person do the act; puts role, rule and purposes into the entry.
 * `*rule` must outlive it. */
bool protection_may_act(const struct op *op, const char *act, uint64_t purposes,
                        struct entry_of *entry, uint16_t *rule);
/* Looks up the child on the same path for every id. */
MUST_USE enum err protection_look_up(struct op *op, struct asked *ret_asked, struct id id,
                                     const struct ask *ask);
/* Held, and not hidden from this person: by a conflict, or by standing outside the circle. */
bool protection_may_know(const struct op *op, const struct asked *asked);
/* The entry is this child's; `changes`: it speaks of the version that the commit makes. */
void protection_about(struct entry_of *entry, const struct asked *asked, bool changes);
/* Rows of sheets that wait are proposals too (proposal.h). */
bool protection_is_lowering(const struct item *item);
/* The proposal to lower the protection of this child. */
bool protection_find(const struct op *op, struct item *ret_item, struct id record,
                     struct id proposal);

#endif

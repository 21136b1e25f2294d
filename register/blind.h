/* Blind writing: values that only the custodian can put in their place wait in one of four patch
 * slots that every record has. An item says which slot is taken; nothing here can read what it
 * holds. */
#ifndef REGISTER_BLIND_H
#define REGISTER_BLIND_H

#include "register/op.h"

/* An entry of a patch or blob from a value; an absent value takes the entry away. In the arena. */
MUST_USE enum err blind_entry(struct arena *arena, struct shield_entry *ret_entry, enum field field,
                              unsigned slot, const struct value *value);
/* Puts an entry in its place of an ascending list with room for one more. */
void blind_place(struct shield_entry *entries, size_t *count, const struct shield_entry *entry);
/* Makes *shielding a patch of its entries in the lowest free slot, and the item. ERR_CONFLICT: all
 * four are taken. */
MUST_USE enum err blind_patch(struct op *op, struct shielding *shielding, struct id record,
                              const struct audit_secret *child);

/* Whether a patch of this record waits; under index_read. */
bool blind_waits(const struct index *index, struct id record);
/* The slot that an ITEM_PATCH speaks of, and its place in the order of writing among the patches of
 * its record: merged in any other order, an older value would come to stand over a newer one. */
unsigned blind_slot(const struct item *item);
unsigned blind_turn(const struct item *item);

#endif

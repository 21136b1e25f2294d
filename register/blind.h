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

#endif

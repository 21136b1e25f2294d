/* Blind writing: values that only the custodian can put in their place wait as patches, up to four
 * in the slots that every record has, and what comes when these are taken in the items that tell of
 * patches. Nothing here can read what they hold. */
#ifndef REGISTER_BLIND_H
#define REGISTER_BLIND_H

#include "register/op.h"

/* An entry of a patch or blob from a value; an absent value takes the entry away. In the arena. */
MUST_USE enum err blind_entry(struct arena *arena, struct shield_entry *ret_entry, enum field field,
                              unsigned slot, const struct value *value);
/* Puts an entry in its place of an ascending list with room for one more. */
void blind_place(struct shield_entry *entries, size_t *count, const struct shield_entry *entry);
/* Has the entries of *shielding written blind, in as many patches as it takes, behind all that
 * wait: afterwards *shielding is what the row has to be put with. ERR_CONFLICT, and nothing is
 * added: as many wait as may (BLIND_WAITING_MAX). */
#define BLIND_WAITING_MAX 64
MUST_USE enum err blind_write(struct op *op, struct shielding *shielding, struct id record,
                              const struct audit_secret *child);

/* Whether a patch of this record waits; under index_read. */
bool blind_waits(const struct index *index, struct id record);
/* The slot that an ITEM_PATCH speaks of (BLIND_IN_ITEM: it holds the patch's core itself, made for
 * slot 0), and its place in the order of writing among the patches of its record: merged in any
 * other order, an older value would come to stand over a newer one. */
#define BLIND_IN_ITEM SHIELD_PATCHES
unsigned blind_slot(const struct item *item);
unsigned blind_turn(const struct item *item);

#endif

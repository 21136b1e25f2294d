/* Notes. A short one stands in its slot; a longer one goes on in equal pages, and the slot holds
 * where they begin. Nobody but this file sees the difference. */
#ifndef REGISTER_NOTE_H
#define REGISTER_NOTE_H

#include "register/op.h"

struct note_place {
  struct id record;
  const struct audit_secret *child; /* its secret */
};
/* Before a value goes into its slot: text that the slot cannot hold is put into pages, and `value`
 * holds the link. For any field; does nothing where the text fits. */
MUST_USE enum err note_put(struct op *op, struct value *value, enum field field,
                           const struct note_place *place);
/* After a granted slot was opened: the whole text, in the arena. */
MUST_USE enum err note_read(struct op *op, struct value *value, enum field field,
                            const struct note_place *place);
/* Before a slot is written over: its pages go with it. */
MUST_USE enum err note_drop(struct op *op, const struct value *value, enum field field,
                            const struct note_place *place);

#endif

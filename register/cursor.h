/* Where a list goes on: sealed for one person and one kind of list, so that it tells nothing and
 * fits nobody else. */
#ifndef REGISTER_CURSOR_H
#define REGISTER_CURSOR_H

#include "register/op.h"

/* The text is in the op's arena. */
MUST_USE enum err cursor_write(struct op *op, struct str *ret_text, enum action list,
                               struct id last);
/* Empty text: *ret_last is zero, the beginning. ERR_INPUT for anything that cursor_write did not
 * make for this person. */
MUST_USE enum err cursor_read(struct op *op, struct id *ret_last, enum action list,
                              struct str text);

#endif

/* Who may be sent something: a role, an organisation and a key that two people approved. A
 * recipient is a row about a body's officer, never about a family, and holds no child. */
#ifndef REGISTER_RECIPIENT_H
#define REGISTER_RECIPIENT_H

#include "base/json.h"
#include "register/op.h"
#include "register/operations.h"

#define RECIPIENT_APPROVED 1u /* flag of the item: a second person has agreed */

struct recipient_row {
  struct id id;
  struct id proposer;
  bool is_approved;
  uint8_t role;                           /* policy word */
  struct str name, organisation, age_key; /* in the op's arena; key empty: served on paper */
};
/* ERR_ABSENT when there is none, or its role is no longer in the vocabulary. */
MUST_USE enum err recipient_read(struct op *op, struct recipient_row *ret_row, struct id id);

/* Who it is, for staff: members of an open object; the key itself is not among them. */
void recipient_write(struct json *json, const struct op *op, const struct recipient_row *row);

#endif

/* What the receiver of a disclosure sent back, as the duties of its release oblige: a receipt, or
 * its word that what it had is deleted. Owed until the day on which the disclosure expires, which
 * its mark says (sharing.h); each one recorded is an ITEM_RETURNED, sealed under the record. */
#ifndef REGISTER_RETURNED_H
#define REGISTER_RETURNED_H

#include "base/json.h"
#include "register/sharing.h"

struct returned {
  struct id record, disclosure, by; /* `by`: who recorded it */
  enum returned_what what;
  struct day on; /* the receiver's */
  struct instant at;
  struct personal how; /* by what it is known: a letter, a call */
};

/* Whether a disclosure with this mark owes it still. */
bool returned_is_owed(const struct sharing_mark *mark, enum returned_what what);
/* From the outside of a disclosure's item: something is owed of what has left. */
bool returned_item_owes(const struct item *item);
/* The duties of a release, into its mark. */
void returned_mark(const struct op *op, struct sharing_mark *mark, uint64_t obligations);

/* Keeps it, and takes it from the mark of `sharing`, which the caller puts. ERR_TOO_LARGE. */
MUST_USE enum err returned_put(struct op *op, struct sharing *sharing,
                               const struct returned *returned, const struct audit_secret *child);

/* Into an open object: "owes": {"what": ["receipt", "deletion"], "until", "is_overdue"}, where
 * anything is owed. */
void returned_write_owed(struct json *json, const struct op *op, const struct sharing *sharing);
/* "returned": [{"what", "on", "at", "by", "how"}], where there is any. */
MUST_USE enum err returned_write(struct json *json, struct op *op, const struct sharing *sharing,
                                 const struct audit_secret *child);

#endif

/* Stop-using notices: what the receiver of a disclosure is told when it is recalled, or when the
 * child it is about gains protection: which disclosure, and the duty to use it no more. It must
 * never say why, nor name a child, nor look different for one reason than for another. It is an
 * ITEM_STOP, sealed under the record, and owed until its receiver has acknowledged it. */
#ifndef REGISTER_STOP_H
#define REGISTER_STOP_H

#include "register/matter.h"
#include "register/package.h"

enum stop_state { STOP_OWED = 1, STOP_ACKNOWLEDGED = 2 }; /* flags of the item; stored */

struct stop {
  struct id id, record, recipient;
  enum stop_state state;
  uint32_t item_version;
  struct id disclosure, handler;
  struct instant made;
  struct log_place entry; /* of the notice itself: it is what the package proves */
  uint32_t key_generation;
  struct id acknowledged_by; /* who recorded it */
  struct day acknowledged;   /* the day on which the receiver did */
};

/* A notice for the receiver of `sharing`, with an entry of its own; marks the disclosure as told,
 * which the caller puts. `facts` are the record's. */
MUST_USE enum err stop_make(struct op *op, struct sharing *sharing, const struct facts *facts,
                            struct id *ret_notice);
/* The notice that there is about `sharing` already; zero: there is none. */
MUST_USE enum err stop_of(struct op *op, struct id *ret_notice, const struct sharing *sharing,
                          const struct audit_secret *child);
MUST_USE enum err stop_put(struct op *op, struct stop *stop, const struct audit_secret *child);
/* Whose notice an id is, without opening it; false: there is none. */
bool stop_find(const struct op *op, struct stop *ret_stop, struct id id);
/* The rest of it. */
MUST_USE enum err stop_read(struct op *op, struct stop *stop, const struct audit_secret *child);

/* The notice as its receiver gets it; text in the arena: {"authority", "origin", "recipient",
 * "notice", "disclosure", "made", "duty": {"cy", "en"}}. */
MUST_USE enum err stop_content(struct op *op, struct str *ret_content, const struct stop *stop,
                               const struct recipient_row *recipient);

#endif

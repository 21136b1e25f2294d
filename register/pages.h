/* Text that is longer than one item, in equal pages under random ids: each names the one before it
 * as its subject, the first one a root that only the item it belongs to knows. How many there are
 * is a power of two, so that their number tells little of the length. They die with the record. */
#ifndef REGISTER_PAGES_H
#define REGISTER_PAGES_H

#include "register/op.h"

struct pages {
  struct id root;                   /* random */
  struct id record;                 /* whose they are */
  const struct audit_secret *child; /* its secret */
};
/* ERR_TOO_LARGE past PAGES_MAX. */
#define PAGES_MAX 128
MUST_USE enum err pages_put(struct op *op, const struct pages *pages, struct personal text);
/* The first `n` bytes, in the arena. ERR_CORRUPT when there are fewer. */
MUST_USE enum err pages_read(struct op *op, const struct pages *pages, struct personal *ret_text,
                             size_t n);
/* All of a text that holds no zero byte, in the arena. */
MUST_USE enum err pages_read_text(struct op *op, const struct pages *pages,
                                  struct personal *ret_text);
/* The page after a page, or the first one after a root; false: there is none. */
bool pages_next(const struct op *op, struct id before, struct id *ret_id);
/* All pages of the chain; none is no error. */
MUST_USE enum err pages_remove(struct op *op, const struct pages *pages);

#endif

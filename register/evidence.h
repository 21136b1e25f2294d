/* Entries of the log, found again and shown to somebody who does not believe us: what packages,
 * tickets and the log's own routes rest on. Reads only what is durable, and knows no plaintext. */
#ifndef REGISTER_EVIDENCE_H
#define REGISTER_EVIDENCE_H

#include "register/op.h"

/* Where an entry will be found once it is durable: its index is not known before, its leaf is. */
struct log_place {
  uint64_t from; /* size of the log when the entry was sealed */
  struct hash leaf;
};
/* Of the entry that this op added last. */
void evidence_place(const struct op *op, struct log_place *ret_place);
/* ERR_ABSENT: not in the log. */
MUST_USE enum err evidence_find(struct store *store, uint64_t *ret_index,
                                const struct log_place *place);
/* An entry as it was sealed. ERR_ABSENT. */
MUST_USE enum err evidence_entry(struct store *store, struct sealed_entry *ret_entry,
                                 uint64_t index);

struct signed_head {
  char note[NOTE_MAX];
  size_t n;
  uint64_t size;
};
/* The newest of at most `size` (0: of any) that may be shown: to outsiders published ones alone, to
 * the authority's own people the receipt head too. ERR_ABSENT. */
MUST_USE enum err evidence_head(struct store *store, struct signed_head *ret_head, uint64_t size,
                                bool is_outward);

/* c2sp.org/tlog-proof of an entry under a head that covers it; its extra line is the leaf, which
 * says nothing. */
MUST_USE enum err evidence_proof(struct arena *arena, struct store *store, struct str *ret_text,
                                 uint64_t index, struct str head, uint64_t size);

#endif

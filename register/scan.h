/* The pass over all rows and items at start: every seal, the sums, and what memory keeps of each.
 * Most of it is hashing, so it runs on every processor; what comes out does not depend on how many
 * there are. Never changes a file. */
#ifndef REGISTER_SCAN_H
#define REGISTER_SCAN_H

#include "register/reg.h"

struct scanned {
  struct fresh sums[SUM_COUNT]; /* to compare with the stored ones */
  bool has_decoy;
  struct id decoy_key;
};

/* Fills reg->index and reg->people, in the order of the file. ERR_CORRUPT, and the trail names the
 * place; ERR_MEMORY, ERR_IO. */
MUST_USE enum err scan_all(struct reg *reg, struct scanned *ret_scanned, struct trail *trail);

#endif

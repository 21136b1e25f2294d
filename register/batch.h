/* One batch on its way to disk, for writer.c: checked, into the log, into the records. Runs in the
 * writer's thread alone. */
#ifndef REGISTER_BATCH_H
#define REGISTER_BATCH_H

#include "crypto/note.h"
#include "register/writer.h"

#define BATCH_MAX 64 /* requests; bounds what one fsync makes the last of them wait for */

struct pending_head {
  bool is_there, published;
  uint64_t size;
  size_t n;
  char note[NOTE_MAX];
};

/* The writer's own: what is on disk, as memory knows it. */
struct ledger {
  struct writer_deps deps;
  struct tree_tail tail, tail_before;
  struct log_state before;
  struct pending_head heads[2]; /* receipt, published */
  struct arena *arena;          /* for the writer's own entries */
  uint64_t owed_from, owed;     /* entries whose changes did not come in for want of room */
};

/* OK, or why this request has to be decided again: ERR_MOVED; ERR_BUSY past its deadline. `before`
 * are the accepted ones of the same batch. */
MUST_USE enum err batch_check(const struct ledger *ledger, const struct commit *commit,
                              struct commit *const *before, size_t before_count, uint64_t now_us);
/* Entries into audit.db, COMMIT. ERR_FULL: nothing was done. ERR_UNKNOWN_OUTCOME: the process has
 * to end. */
MUST_USE enum err batch_log(struct ledger *ledger, struct commit *const *commits, size_t count);
/* Changes into register.db, COMMIT, then the index. ERR_FULL: nothing was done, and their entries
 * are owed. */
MUST_USE enum err batch_apply(struct ledger *ledger, struct commit *const *commits, size_t count);
/* Says in the log that the owed changes were not made. */
MUST_USE enum err batch_settle(struct ledger *ledger);
/* A signed head on its own, when no batch takes it along. */
MUST_USE enum err batch_heads(struct ledger *ledger);
bool batch_has_head(const struct ledger *ledger);
/* Start (ledger.c): every leaf again, every full tile compared, the root against the state; fills
 * the tail. ERR_CORRUPT, and the trail names the index or the tile (GUARD(LOG_WHOLE)). */
MUST_USE enum err ledger_verify(struct store *store, const struct log_state *state,
                                struct tree_tail *ret_tail, struct trail *trail);

#endif

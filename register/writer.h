/* The one thread that writes. It takes whatever is queued as one batch: leaves, views, tiles and
 * state into audit.db, COMMIT; then the changes of those requests into register.db with the log
 * position reached, COMMIT; then the index; then each request's `done`. Order as queued; no timer.
 * Nothing may be released before its `done`, and nothing is written that rests on a state that
 * moved. */
#ifndef REGISTER_WRITER_H
#define REGISTER_WRITER_H

#include "register/charge.h"
#include "register/index.h"

struct writer;

enum change_kind {
  CHANGE_ROW,      /* insert (old_version 0) or replace; retires old_key; updates the index */
  CHANGE_ROW_GONE, /* delete; retires the key */
  CHANGE_ITEM,     /* put; old_version 0 for a new one */
  CHANGE_ITEM_GONE,
  CHANGE_DECOY /* as CHANGE_ITEM, and gone before the commit */
};
struct change {
  struct change *next;
  enum change_kind kind;
  uint64_t old_version; /* expected; ERR_MOVED when memory knows another */
  struct id id;
  const struct row *row;          /* CHANGE_ROW */
  struct hash old_term, new_term; /* parts of the freshness sum; old_term unused when inserting */
  struct id old_key;              /* retired once the change is durable */
  struct index_change in_index;   /* CHANGE_ROW */
  struct item item;               /* CHANGE_ITEM */
  const uint8_t *item_body;
};

/* What one request leaves behind. Made by op_begin in the op's arena, filled through op.h. */
struct commit {
  struct commit *next; /* the queue's */
  struct sealed_entry *entries[64 + 2];
  size_t entry_count;
  struct change *changes, *last_change;
  struct charge *charges, *last_charge; /* to budgets; each goes beside one entry (charge.h) */
  struct charge *untaken;               /* the first that stands beside none yet */
  const uint8_t *policy;        /* 32 bytes: the version in force from here on; NULL: as it is */
  bool moves_protection;        /* raises the protection version when applied */
  uint64_t protection_version;  /* that the decision rested on */
  struct audit_request request; /* what its entries share */
  uint64_t first_index;         /* set by the writer before `done`: index of the first entry */
  uint64_t deadline_us;         /* monotonic; past it the request is shed */
  /* After the commit, in the writer's thread, before `done`: effects on other tables in memory. May
   * be NULL. */
  void (*applied)(void *self);
  void *applied_self;
  /* In place of `done`, once the commit is durable: another thread has still to do what the entry
   * stands for, and calls `done` then. Must not block. NULL: `done` at once. */
  void (*hand_over)(void *self, struct commit *commit);
  void *hand_over_self;
  void (*done)(void *context, enum err err);
  void *context;
};
#define COMMIT_ENTRIES_MAX (64 + 2) /* a list of n shown is n + 1 entries */

struct writer_deps {
  struct store *store; /* owner's */
  struct keys *keys;
  struct index *index;
  const struct keyring *keyring;
  const struct row_kit *rows;
  const struct audit_kit *audit;
  const struct log *log;
  struct meta meta; /* as stored and verified */
  struct fresh sums[SUM_COUNT];
  struct log_state state;
  struct tree_tail *tail; /* of that state; copied */
  struct charge_marks marks;
  bool is_owed; /* the last batch of the log never reached the records */
  uint64_t owed_from;
  /* Called instead of exiting when a commit's outcome is unknown; and between the two commits of a
   * batch. NULL in service: the process exits at once, and there is nothing in between. Tests set
   * them. */
  void (*fatal)(void *self);
  void (*between)(void *self);
  void *self;
};

MUST_USE enum err writer_start(struct writer **ret_writer, const struct writer_deps *deps);
/* Takes no more, lets go whoever waits in writer_wait, and finishes what is queued: after it no
 * `done` and no `hand_over` is called. The writer itself stays until writer_stop, for those who
 * still ask it how large the log is. */
void writer_finish(struct writer *writer);
void writer_stop(struct writer **writer);

/* Any thread. Takes the commit, or calls `done` with ERR_BUSY at once when the queue is full. */
void writer_submit(struct writer *writer, struct commit *commit);

/* The counter that decisions rest on. */
uint64_t writer_protection_version(const struct writer *writer);
/* The right edge of the log as last committed. */
void writer_edge(struct writer *writer, struct tree_edge *ret_edge);
/* Blocks until the log is larger than `size`, `wait_us` have passed, or the writer stops (then
 * false). */
bool writer_wait(struct writer *writer, uint64_t size, uint64_t wait_us);
/* Hands over a signed head, to be stored with the next batch, or alone. A later one takes an
 * earlier one's place. */
void writer_keep_head(struct writer *writer, uint64_t size, bool published, struct str note);
size_t writer_queued(struct writer *writer);

#endif

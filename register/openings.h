/* What is left to do once an entry is durable and before its answer may go, and which a worker must
 * not wait for: asking the custodian to open what is shielded, and proofs that need a signed head
 * over the entry. One thread, with read connections and a connection to the custodian of its own;
 * the writer never waits for it. Past its deadline a request is answered that the custodian is
 * away, with no data: the entry has then said too much, never too little. */
#ifndef REGISTER_OPENINGS_H
#define REGISTER_OPENINGS_H

#include "custodian/client.h"
#include "register/op.h"

struct openings;

#define OPENINGS_WAITING_MAX 64

/* What the thread lends to the work, for the time of its call. */
struct opening_context {
  struct reader *reader;       /* for a request of the work's own */
  struct store *store;         /* the reader's */
  struct custodian *custodian; /* NULL: there is none */
  struct pace *pace;           /* of each person, for comparisons */
  struct str head;             /* a signed note that covers what was asked for */
  uint64_t size;               /* of its tree */
};

/* One piece of work. It lives in the op's arena, which is the thread's until `run` has returned. */
struct late {
  uint64_t index;   /* entry of the log that the signed head must cover; LATE_OWN: the first of this
                       very commit */
  bool is_headless; /* no head is needed, and `context` has none */
  bool is_outward;  /* what leaves goes to somebody outside: under a published head only */
  uint64_t wait_us; /* for that head */
  /* Fills the answer. ERR_STALE: not yet, it is called again in a moment; it looks at `until_us`
   * itself. On any other error the answer is that error's problem, whatever stands in op->answer.
   */
  enum err (*run)(void *self, struct op *op, const struct opening_context *context);
  void *self;
  /* the thread's own */
  struct late *next;
  struct op *op;
  struct commit *commit;
  uint64_t until_us;
};
#define LATE_OWN UINT64_MAX

/* Has `late` done after this op's commit, before its `done`. For an operation, as its last step. */
void openings_after(struct op *op, struct late *late);

/* For `run`, when the custodian gave nothing. If it refused (custodian_has_refused), that becomes
 * an entry of its own like `entry`, which says that nothing was released, and `op` is answered with
 * the problem once it is durable. Any other error is passed through. */
MUST_USE enum err openings_refused(struct op *op, const struct opening_context *context,
                                   enum err err, const struct entry_of *entry);

/* `socket_path` NULL: there is no custodian. */
MUST_USE enum err openings_start(struct openings **ret_openings, struct reg *reg,
                                 const char *socket_path);
/* What still waits ends with ERR_BUSY. After the writer, which hands over no more then. */
void openings_stop(struct openings **openings);

#endif

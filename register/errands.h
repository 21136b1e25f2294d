/* What the register has to do with the custodian while nobody waits for it: values written blind
 * are put in their place, and the protected values are told, so that a comparison can answer. One
 * thread, with a read connection and a connection to the custodian of its own; no worker and never
 * the writer waits for it. While the custodian is away it waits, and all else goes on. */
#ifndef REGISTER_ERRANDS_H
#define REGISTER_ERRANDS_H

#include "custodian/client.h"
#include "register/op.h"

struct errands;

/* After the writer. `socket_path` NULL: there is no custodian, and *ret_errands stays. */
MUST_USE enum err errands_start(struct errands **ret_errands, struct reg *reg,
                                const char *socket_path);
/* After writer_finish. */
void errands_stop(struct errands **errands);
/* Whether the custodian answered when it was last asked, about a second ago. NULL: there is none.
 */
bool errands_has_custodian(const struct errands *errands);
/* People who have a key at the custodian that counts; as it last said. */
uint32_t errands_able(const struct errands *errands);
/* Under index_read: nothing protected waits on its way into a blob, unknown to the custodian. */
bool errands_all_in_place(const struct index *index);
/* And it was told every blob there is: what it then does not find in a text is not there. It may
 * have started anew since; then it says itself that it does not know all. NULL: there is none. */
bool errands_all_told(const struct errands *errands, struct index *index);

/* What the thread lends to a piece of work, which resets `arena` as it likes; `lists` lives for a
 * round. */
struct errand_context {
  struct reg *reg;
  struct reader *reader;
  struct custodian *custodian;
  struct arena *arena, *lists;
};
/* False once the register is closing. */
bool errand_goes_on(const struct errand_context *context);

/* After one piece of work: wipes the arena. What moved meanwhile, or is gone, is looked at again in
 * the next round, and what the custodian refuses is counted; any other error ends the round. */
MUST_USE enum err errand_outcome(const struct errand_context *context, enum err err,
                                 size_t *ret_refused);

/* shelter.c: puts into the blob what protection found no place for at once, since the blob held
 * something already (field.h, in_transit). Before merge_round: a patch is newer. */
MUST_USE enum err shelter_round(const struct errand_context *context, size_t *ret_refused);
/* owed.c: carries out what raisings owe other entries (follow.c). Needs no custodian. */
MUST_USE enum err owed_round(const struct errand_context *context);
/* sent.c (stop.h): the end of disclosures, and stop-using notices. Needs no custodian. */
MUST_USE enum err sent_round(const struct errand_context *context);
/* merge.c: each record's oldest patch; a later one comes with a later round, which the merge's own
 * entry brings about. What the custodian can never put in its place is set aside (ITEM_SET_ASIDE),
 * so that later ones go on. *ret_refused: how many it did not take. ERR_CUSTODIAN: away. */
MUST_USE enum err merge_round(const struct errand_context *context, size_t *ret_refused);

/* compare.c: has the custodian compare, with everything that is protected, the rows that wait for
 * their first safety decision (promise 5). After the rounds above, and only where they left nothing
 * waiting: then it knows all that was protected at `protection_version`, which the caller read
 * before them. What it says is kept in memory (index_compared), once the entry is durable.
 * *ret_refused as merge_round: it will not compare now (its hourly budget). */
MUST_USE enum err compare_round(const struct errand_context *context, uint64_t protection_version,
                                size_t *ret_refused);

/* learn.c: what this custodian, since its own start, has been told. Zero at first. */
struct learnt {
  uint8_t instance[ID_BYTES];
  bool is_whole;       /* every record, once */
  bool is_refused;     /* one could not be taken: it may not say that it knows all */
  uint64_t blobs_told; /* of index_blobs */
  uint32_t able;       /* people who could sign a ticket */
};
/* Tells what is new: everything to a custodian that has started. ERR_CUSTODIAN: away; ERR_MOVED: a
 * row moved on while it was read, and the next round tells it. */
MUST_USE enum err learn_round(const struct errand_context *context, struct learnt *learnt);
/* One record's blob. */
MUST_USE enum err learn_core(struct custodian *custodian, struct id record, const void *core,
                             bool is_last, struct trail *trail);

/* Commits what the op holds and waits for the writer's word. Only for the register's own threads:
 * in a worker it would stop the requests behind it, in the writer it would never end. */
MUST_USE enum err errand_commit(struct op *op);
/* The same for what a request brought about: its entries are not among the register's own
 * (`unasked` in readyz). */
MUST_USE enum err errand_commit_asked(struct op *op);

#endif

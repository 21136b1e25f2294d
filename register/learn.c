/* Telling the custodian every shielded blob, so that it can compare; it keeps what it is told in
 * memory alone. That a record's blob holds anything is not known here, so each is told. */
#include <string.h>

#include "register/carry.h"
#include "register/errands.h"

static bool is_compared(enum field field)
{
  const struct field_row *row = field_row(field);

  if (row->home == HOME_CASEWORK) return false;
  return row->type == TYPE_NAME || row->type == TYPE_ADDRESS || row->type == TYPE_PHONE ||
         row->type == TYPE_EMAIL;
}

enum err learn_core(struct custodian *custodian, struct id record, const void *core, bool is_last,
                    struct trail *trail)
{
  struct custodian_learning learning = {.core = core, .is_last = is_last};

  memcpy(learning.record, record.b, ID_BYTES);
  for (enum field field = 0; field < FIELD_COUNT; field++)
    if (is_compared(field))
      learning.fields[field_row(field)->id / 8] |= (uint8_t)(1u << field_row(field)->id % 8);
  return custodian_learn(custodian, &learning, trail);
}

static enum err read_core(const struct errand_context *context, const void **ret_core, struct id id)
{
  struct store *store = context->reader->store;
  struct row_head head;

  TRY(store_row_head(store, &head, id));
  return carry_core(context->arena, context->reg, store, ret_core, SHIELD_BLOB, &head, 0);
}

/* ERR_ABSENT: the record is gone. */
static enum err tell(const struct errand_context *context, struct learnt *learnt, struct id id,
                     bool is_last)
{
  const void *core = NULL;
  struct trail trail = {0};
  enum err err;

  arena_reset(context->arena);
  TRY(store_read_begin(context->reader->store));
  err = read_core(context, &core, id);
  store_read_end(context->reader->store);
  TRY(err);
  err = learn_core(context->custodian, id, core, is_last && !learnt->is_refused, &trail);
  if (custodian_has_refused(err)) {
    learnt->is_refused = true;
    return OK;
  }
  return err;
}

struct untold {
  struct id *at;
  size_t count;
  uint64_t blobs; /* index_blobs when they were listed */
};

static enum err find(const struct errand_context *context, const struct learnt *learnt,
                     struct untold *ret_untold)
{
  const struct index *index = context->reg->index;

  index_read(context->reg->index);
  *ret_untold = (struct untold){.blobs = index_blobs(index)};
  ret_untold->at = arena_take_array(context->lists, index_count(index) + 1, sizeof *ret_untold->at);
  for (size_t i = 0; ret_untold->at != NULL && i < index_count(index); i++) {
    const struct entry *entry = index_at(index, i);

    if (!learnt->is_whole || entry->blob > learnt->blobs_told)
      ret_untold->at[ret_untold->count++] = entry->id;
  }
  index_done(context->reg->index);
  return ret_untold->at != NULL ? OK : ERR_MEMORY;
}

/* The record of nobody, whose blob is empty, ends the first telling of all: so it has an end even
 * in a register without a child. */
static enum err tell_end(const struct errand_context *context, struct learnt *learnt)
{
  if (learnt->is_whole) return OK;
  TRY(tell(context, learnt, context->reg->decoy, true));
  learnt->is_whole = true;
  return OK;
}

/* A custodian that has started knows nothing. The connection is made anew where it was lost, so
 * what was told counts only when the same one is there afterwards. */
static enum err look_at_instance(const struct errand_context *context, struct learnt *learnt)
{
  struct custodian_public now;
  struct trail trail = {0};

  TRY(custodian_public(context->custodian, &now, &trail));
  learnt->able = now.able;
  if (memcmp(now.instance, learnt->instance, ID_BYTES) == 0) return OK;
  *learnt = (struct learnt){.able = now.able};
  memcpy(learnt->instance, now.instance, ID_BYTES);
  return OK;
}

static bool has_news(const struct errand_context *context, const struct learnt *learnt)
{
  uint64_t blobs;

  index_read(context->reg->index);
  blobs = index_blobs(context->reg->index);
  index_done(context->reg->index);
  return !learnt->is_whole || blobs > learnt->blobs_told;
}

enum err learn_round(const struct errand_context *context, struct learnt *learnt)
{
  struct untold untold;

  TRY(look_at_instance(context, learnt));
  if (!has_news(context, learnt)) return OK;
  TRY(find(context, learnt, &untold));
  for (size_t i = 0; i < untold.count; i++) {
    enum err err = errand_goes_on(context) ? tell(context, learnt, untold.at[i], false) : ERR_BUSY;

    if (err != OK && err != ERR_ABSENT) return err;
  }
  TRY(tell_end(context, learnt));
  learnt->blobs_told = untold.blobs;
  return look_at_instance(context, learnt);
}

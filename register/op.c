/* Begin, change, log, submit: what every operation does in the same way. */
#include "register/op.h"

#include <string.h>

#include "base/guard.h"

/* For the commit, from when it is asked for: hashing a password before is no waiting. Past it the
 * request is shed. */
enum { WAIT_US = 5000000 };

bool id_is_zero(struct id id)
{
  static const struct id zero;

  return id_equal(id, zero);
}

bool id_equal(struct id a, struct id b)
{
  return memcmp(a.b, b.b, ID_BYTES) == 0;
}

bool id_parse(struct str text, struct id *ret_id)
{
  return hex_read(ret_id->b, ID_BYTES, text);
}

struct id op_random_id(const struct op *op)
{
  struct id id;

  op->reg->outside.random(op->reg->outside.self, id.b, ID_BYTES);
  return id;
}

static struct instant now(const struct op *op)
{
  return op->reg->outside.now(op->reg->outside.self);
}

struct day op_today(const struct op *op)
{
  return instant_day(now(op));
}

enum err op_begin(struct op *op)
{
  if (op->actor.must_change && GUARD(OWN_PASSWORD)) return ERR_MUST_CHANGE;
  return op_begin_anyway(op);
}

enum err op_begin_anyway(struct op *op)
{
  struct commit *commit = arena_take(op->arena, sizeof *commit);

  if (!commit) return ERR_MEMORY;
  commit->protection_version =
    writer_protection_version(op->reg->writer); /* before anything is read */
  commit->request =
    (struct audit_request){op_random_id(op), op->actor.account, op->actor.session, now(op)};
  op->commit = commit;
  op->has_moved = false;
  arena_reset(op->reader->scratch);
  store_read_end(op->reader->store);
  return store_read_begin(op->reader->store);
}

void op_end(struct op *op)
{
  if (op->reader) store_read_end(op->reader->store);
}

/* ---- changing ---- */

enum err op_record(struct op *op, struct record **ret_record, const struct facts *facts)
{
  return record_read(op->arena, &op->reg->rows, op->reader->store, op->reg->keys, ret_record,
                     facts->id, facts->head.version);
}

enum err op_record_new(struct op *op, struct record **ret_record)
{
  return record_new(op->arena, &op->reg->rows, ret_record);
}

static enum err change_new(struct op *op, struct change **ret_change, enum change_kind kind,
                           struct id id)
{
  struct change *change = arena_take(op->arena, sizeof *change);

  if (!change) return ERR_MEMORY;
  change->kind = kind;
  change->id = id;
  *ret_change = change;
  return OK;
}

static void change_add(struct op *op, struct change *change)
{
  if (op->commit->last_change)
    op->commit->last_change->next = change;
  else
    op->commit->changes = change;
  op->commit->last_change = change;
}

static void change_from(struct change *change, const struct record *record)
{
  change->old_version = record->version;
  change->old_term = record->old_term;
  if (record->sealed) change->old_key = record->sealed->head.key;
}

static bool is_new_blob(const struct shielding *shielding)
{
  return shielding != NULL &&
         (shielding->into == SHIELDING_BLOB || shielding->into == SHIELDING_MERGED);
}

enum err op_put(struct op *op, const struct record *record, const struct shielding *shielding)
{
  struct change *change = NULL;
  struct row *row = NULL;

  TRY(change_new(op, &change, CHANGE_ROW, record->id));
  change_from(change, record);
  TRY(index_prepare(op->arena, op->reg->index, &change->in_index, record));
  TRY(record_seal(op->arena, &op->reg->rows, op->reg->keys, record, shielding, &row));
  row_term(&op->reg->rows, &change->new_term, row);
  change->row = row;
  change->in_index.entry.version = row->head.version;
  change->in_index.entry.key = row->head.key;
  change->in_index.has_new_blob = is_new_blob(shielding);
  change_add(op, change);
  return OK;
}

enum err op_erase(struct op *op, const struct record *record)
{
  struct change *change = NULL;

  TRY(change_new(op, &change, CHANGE_ROW_GONE, record->id));
  change_from(change, record);
  change_add(op, change);
  return OK;
}

enum err op_item_put(struct op *op, struct item *item, const struct audit_secret *secret,
                     struct personal text)
{
  struct change *change = NULL;
  uint8_t *body = arena_take(op->arena, ITEM_BYTES);

  if (!body) return ERR_MEMORY;
  if (id_is_zero(item->id)) item->id = op_random_id(op);
  TRY(change_new(op, &change, CHANGE_ITEM, item->id));
  change->old_version = item->version;
  item->version++;
  TRY(item_seal(&op->reg->rows, reg_item_key(op->reg), item, body, secret, text.ptr, text.len));
  change->item = *item;
  change->item_body = body;
  change_add(op, change);
  return OK;
}

enum err op_item_text(struct op *op, struct personal *ret_text, struct item *ret_item, struct id id,
                      const struct audit_secret *secret)
{
  uint8_t body[ITEM_BYTES];

  TRY(store_item(op->reader->store, body, id));
  return item_text(op->arena, &op->reg->rows, reg_item_key(op->reg), ret_text, ret_item, id, body,
                   secret);
}

enum err op_item_remove(struct op *op, struct id id)
{
  struct change *change = NULL;

  TRY(change_new(op, &change, CHANGE_ITEM_GONE, id));
  index_read(op->reg->index);
  const struct item *item = index_item(op->reg->index, id);
  change->old_version = item ? item->version : 0;
  index_done(op->reg->index);
  if (change->old_version == 0) return ERR_ABSENT;
  change_add(op, change);
  return OK;
}

enum err op_item_decoy(struct op *op)
{
  struct item item = {.kind = ITEM_NOTICE};

  TRY(op_item_put(op, &item, NULL, (struct personal){"", 0}));
  op->commit->last_change->kind = CHANGE_DECOY;
  return OK;
}

void op_applied(struct op *op, void (*applied)(void *self), void *self)
{
  op->commit->applied = applied;
  op->commit->applied_self = self;
}

void op_moves_protection(struct op *op)
{
  op->commit->moves_protection = true;
}

/* ---- the log ---- */

enum err op_entry(struct op *op, const struct entry_of *entry)
{
  struct commit *commit = op->commit;
  struct sealed_entry *sealed = arena_take(op->arena, sizeof *sealed);
  struct entry_of charged = *entry;

  if (!sealed) return ERR_MEMORY;
  if (commit->entry_count == COMMIT_ENTRIES_MAX) return ERR_TOO_LARGE;
  charged.charge = commit->untaken;
  TRY(audit_seal(op->arena, &op->reg->audit, sealed, &commit->request, &charged));
  if (commit->untaken) commit->untaken = commit->untaken->next;
  commit->entries[commit->entry_count++] = sealed;
  return OK;
}

void op_hash(const struct op *op, struct hash *ret_hash, struct personal text)
{
  key_mac(ret_hash, &op->reg->secrets, "cnis/reason/1", text.ptr, text.len);
}

/* ---- on its way ---- */

struct submission {
  void (*done)(void *context, enum err err);
  void *context;
  int attempt;
};

static void submitted(void *self, enum err err)
{
  struct submission *submission = self;
  bool is_last = submission->attempt >= ATTEMPT_LAST;

  submission->done(submission->context, err == ERR_MOVED && is_last ? ERR_BUSY : err);
}

void reg_submit(struct op *op, void (*done)(void *context, enum err err), void *context)
{
  struct submission *submission = arena_take(op->arena, sizeof *submission);

  op_end(op);
  if (op->has_moved || !submission || !op->commit || op->commit->untaken) {
    done(context, op->has_moved ? ERR_MOVED : submission ? ERR_INTERNAL : ERR_MEMORY);
    return;
  }
  *submission = (struct submission){done, context, op->attempt};
  op->commit->deadline_us = op->reg->outside.mono_us(op->reg->outside.self) + WAIT_US;
  op->commit->done = submitted;
  op->commit->context = submission;
  writer_submit(op->reg->writer, op->commit);
}

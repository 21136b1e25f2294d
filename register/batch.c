/* The order that makes three files safe without a transaction over all of them (adr 0003): the log
 * first, the records after, each durable before the next begins, and the records say how far in the
 * log they are. */
#include "register/batch.h"

#include <assert.h>
#include <string.h>

static bool same(struct id a, struct id b)
{
  return memcmp(a.b, b.b, ID_BYTES) == 0;
}

/* ---- checking ---- */

static uint64_t known_version(const struct ledger *ledger, const struct change *change)
{
  switch (change->kind) {
  case CHANGE_ROW:
  case CHANGE_ROW_GONE: {
    const struct entry *entry = index_entry(ledger->deps.index, change->id);
    return entry ? entry->version : 0;
  }
  case CHANGE_ITEM:
  case CHANGE_ITEM_GONE:
  case CHANGE_DECOY: {
    const struct item *item = index_item(ledger->deps.index, change->id);
    return item ? item->version : 0;
  }
  }
  return 0;
}

static bool changes_touch(const struct commit *commit, struct id id)
{
  for (const struct change *change = commit->changes; change; change = change->next)
    if (same(change->id, id)) return true;
  return false;
}

enum err batch_check(const struct ledger *ledger, const struct commit *commit,
                     struct commit *const *before, size_t before_count, uint64_t now_us)
{
  if (commit->deadline_us != 0 && now_us > commit->deadline_us) return ERR_BUSY;
  if (commit->protection_version != ledger->deps.meta.protection_version) return ERR_MOVED;
  for (size_t i = 0; i < before_count; i++)
    if (before[i]->moves_protection) return ERR_MOVED;
  for (const struct change *change = commit->changes; change; change = change->next) {
    if (known_version(ledger, change) != change->old_version) return ERR_MOVED;
    for (size_t i = 0; i < before_count; i++)
      if (changes_touch(before[i], change->id)) return ERR_MOVED;
  }
  return OK;
}

/* ---- the log ---- */

static enum err keep_tile(void *self, unsigned level, uint64_t n,
                          const struct hash hashes[static TREE_TILE_WIDTH])
{
  return store_tile_insert(self, level, n, hashes);
}

static enum err append(struct ledger *ledger, const struct sealed_entry *entry)
{
  struct store *store = ledger->deps.store;
  struct tree_sink sink = {keep_tile, store};
  uint64_t index = ledger->deps.state.edge.size;
  struct hash hash;

  audit_hash(&hash, entry->commitments);
  TRY(store_leaf_insert(store, index, entry->commitments));
  TRY(store_views_insert(store, index, entry->views));
  TRY(store_charge_insert(store, index, entry->charge));
  TRY(tree_tail_append(&ledger->tail, &hash, &sink));
  return tree_append(&ledger->deps.state.edge, &hash);
}

static enum err put_heads(struct ledger *ledger)
{
  for (size_t i = 0; i < 2; i++) {
    const struct pending_head *head = &ledger->heads[i];

    if (!head->is_there) continue;
    TRY(store_head_put(ledger->deps.store, head->size, head->published,
                       (struct str){head->note, head->n}));
  }
  return OK;
}

static void forget_heads(struct ledger *ledger)
{
  for (size_t i = 0; i < 2; i++)
    ledger->heads[i].is_there = false;
}

/* On the first batch of a day, what that day leaves behind. */
static enum err drop_charges(struct ledger *ledger)
{
  const struct outside *outside = ledger->deps.rows->outside;
  struct charge_marks *marks = &ledger->deps.marks;
  struct day today = instant_day(outside->now(outside->self));

  if (!charge_mark(marks, today, ledger->before.edge.size)) return OK;
  return store_charge_drop(ledger->deps.store, charge_needed_from(marks, today));
}

static enum err append_all(struct ledger *ledger, struct commit *const *commits, size_t count)
{
  bool changes = false;

  for (size_t i = 0; i < count; i++) {
    commits[i]->first_index = ledger->deps.state.edge.size;
    changes = changes || commits[i]->changes || commits[i]->moves_protection;
    for (size_t k = 0; k < commits[i]->entry_count; k++)
      TRY(append(ledger, commits[i]->entries[k]));
  }
  TRY(drop_charges(ledger));
  struct log_state *state = &ledger->deps.state;
  tree_root(&state->root, &state->edge);
  if (changes) {
    state->changed_from = ledger->deps.meta.applied;
    state->changed = state->edge.size;
  }
  TRY(put_heads(ledger));
  return store_log_state_put(ledger->deps.store, state);
}

/* "No room" is undone and survived; whatever else happens to a write is not to be believed. */
static enum err undone(enum err err)
{
  return err == ERR_FULL ? ERR_FULL : ERR_UNKNOWN_OUTCOME;
}

enum err batch_log(struct ledger *ledger, struct commit *const *commits, size_t count)
{
  struct store *store = ledger->deps.store;

  ledger->before = ledger->deps.state;
  ledger->tail_before = ledger->tail;
  enum err err = store_begin(store, FILE_AUDIT);
  if (err == OK) err = append_all(ledger, commits, count);
  if (err == OK) err = store_commit(store, FILE_AUDIT);
  if (err == OK) {
    forget_heads(ledger);
    return OK;
  }
  store_rollback(store, FILE_AUDIT);
  ledger->deps.state = ledger->before;
  ledger->tail = ledger->tail_before;
  return undone(err);
}

bool batch_has_head(const struct ledger *ledger)
{
  return ledger->heads[0].is_there || ledger->heads[1].is_there;
}

enum err batch_heads(struct ledger *ledger)
{
  struct store *store = ledger->deps.store;
  enum err err = store_begin(store, FILE_AUDIT);

  if (err == OK) err = put_heads(ledger);
  if (err == OK) err = store_commit(store, FILE_AUDIT);
  if (err != OK) store_rollback(store, FILE_AUDIT);
  if (err == OK) forget_heads(ledger);
  return err == OK ? OK : undone(err);
}

/* ---- the records ---- */

static enum err apply_row(struct ledger *ledger, const struct change *change, struct fresh *sum)
{
  struct store *store = ledger->deps.store;

  if (change->old_version > 0) {
    fresh_subtract(sum, change->id.b, &change->old_term);
    TRY(store_retired_insert(store, change->old_key));
  }
  if (change->kind == CHANGE_ROW_GONE) return store_row_delete(store, change->id);
  fresh_add(sum, change->id.b, &change->new_term);
  return change->old_version > 0 ? store_row_update(store, change->row)
                                 : store_row_insert(store, change->row);
}

static enum err apply_item(struct ledger *ledger, const struct change *change, struct fresh *sum)
{
  const struct item *old = index_item(ledger->deps.index, change->id);

  if (old) fresh_subtract(sum, change->id.b, &old->term);
  if (change->kind == CHANGE_ITEM_GONE) return store_item_delete(ledger->deps.store, change->id);
  fresh_add(sum, change->id.b, &change->item.term);
  return store_item_put(ledger->deps.store, change->id, change->item_body);
}

static enum err apply_decoy(struct ledger *ledger, const struct change *change)
{
  TRY(store_item_put(ledger->deps.store, change->id, change->item_body));
  return store_item_delete(ledger->deps.store, change->id);
}

static enum err apply_change(struct ledger *ledger, const struct change *change)
{
  switch (change->kind) {
  case CHANGE_ROW:
  case CHANGE_ROW_GONE:
    return apply_row(ledger, change, &ledger->deps.sums[SUM_ROWS]);
  case CHANGE_ITEM:
  case CHANGE_ITEM_GONE:
    return apply_item(ledger, change, &ledger->deps.sums[SUM_ITEMS]);
  case CHANGE_DECOY:
    return apply_decoy(ledger, change);
  }
  return ERR_INTERNAL;
}

static enum err put_sums(struct ledger *ledger)
{
  const struct row_kit *kit = ledger->deps.rows;
  uint8_t sealed[FRESH_SEALED_BYTES];
  struct nonce nonce;

  for (enum sum sum = 0; sum < SUM_COUNT; sum++) {
    ledger->deps.sums[sum].sequence++;
    kit->outside->random(kit->outside->self, nonce.bytes, sizeof nonce.bytes);
    TRY(fresh_seal(sealed, kit->fresh, kit->authority, kit->generation, &nonce,
                   &ledger->deps.sums[sum]));
    TRY(store_sum_put(ledger->deps.store, sum, sealed));
  }
  return OK;
}

static enum err apply_all(struct ledger *ledger, struct commit *const *commits, size_t count)
{
  struct meta *meta = &ledger->deps.meta;

  for (size_t i = 0; i < count; i++) {
    for (const struct change *change = commits[i]->changes; change; change = change->next)
      TRY(apply_change(ledger, change));
    if (commits[i]->moves_protection) meta->protection_version++;
    if (commits[i]->policy) memcpy(meta->policy, commits[i]->policy, sizeof meta->policy);
  }
  TRY(put_sums(ledger));
  meta->applied = ledger->deps.state.changed;
  meta_mac(meta, &meta->mac, ledger->deps.rows->fresh);
  return store_meta_put(ledger->deps.store, meta);
}

/* What memory knows follows what disk holds. Out of memory here would leave the two apart: better
 * to start anew. */
static enum err remember(struct ledger *ledger, const struct change *change)
{
  struct index *index = ledger->deps.index;

  if (change->old_version > 0 && (change->kind == CHANGE_ROW || change->kind == CHANGE_ROW_GONE))
    keys_retired(ledger->deps.keys, change->old_key);
  switch (change->kind) {
  case CHANGE_ROW:
    return index_put(index, &change->in_index);
  case CHANGE_ROW_GONE:
    index_remove(index, change->id);
    return OK;
  case CHANGE_ITEM:
    return index_item_put(index, &change->item);
  case CHANGE_ITEM_GONE:
    index_item_remove(index, change->id);
    return OK;
  case CHANGE_DECOY:
    return OK;
  }
  return ERR_INTERNAL;
}

static enum err remember_all(struct ledger *ledger, struct commit *const *commits, size_t count)
{
  enum err err = OK;

  index_write(ledger->deps.index);
  for (size_t i = 0; i < count; i++)
    for (const struct change *change = commits[i]->changes; change && err == OK;
         change = change->next)
      err = remember(ledger, change);
  index_done(ledger->deps.index);
  return err == OK ? OK : ERR_UNKNOWN_OUTCOME;
}

enum err batch_apply(struct ledger *ledger, struct commit *const *commits, size_t count)
{
  struct store *store = ledger->deps.store;
  struct fresh sums_before[SUM_COUNT];
  struct meta meta_before = ledger->deps.meta;

  memcpy(sums_before, ledger->deps.sums, sizeof sums_before);
  enum err err = store_begin(store, FILE_REGISTER);
  if (err == OK) err = apply_all(ledger, commits, count);
  if (err == OK) err = store_commit(store, FILE_REGISTER);
  if (err == OK) return remember_all(ledger, commits, count);
  store_rollback(store, FILE_REGISTER);
  memcpy(ledger->deps.sums, sums_before, sizeof sums_before);
  ledger->deps.meta = meta_before;
  ledger->owed_from = ledger->before.edge.size;
  ledger->owed = ledger->deps.state.edge.size - ledger->before.edge.size;
  return undone(err);
}

/* ---- what was promised and did not happen ---- */

static enum err settle_entry(struct ledger *ledger, struct sealed_entry *sealed)
{
  const struct row_kit *kit = ledger->deps.rows;
  struct audit_request request = {.at = kit->outside->now(kit->outside->self)};
  struct entry_of entry = {
    .action = ACTION_NOT_APPLIED,
    .outcome = OUTCOME_NOT_APPLIED,
    .version = ledger->owed_from, /* index of the first entry it speaks of */
    .rows = (uint32_t)ledger->owed,
  };

  kit->outside->random(kit->outside->self, request.id.b, ID_BYTES);
  return audit_seal(ledger->arena, ledger->deps.audit, sealed, &request, &entry);
}

enum err batch_settle(struct ledger *ledger)
{
  struct sealed_entry sealed;
  struct change nothing = {.kind = CHANGE_ITEM_GONE};
  struct commit commit = {.entries = {&sealed}, .entry_count = 1, .changes = &nothing};
  struct commit *commits[] = {&commit};

  arena_reset(ledger->arena);
  TRY(settle_entry(ledger, &sealed));
  TRY(batch_log(ledger, commits, 1));
  commit.changes = NULL; /* the records only take up the new position */
  TRY(batch_apply(ledger, commits, 1));
  ledger->owed = 0;
  return OK;
}

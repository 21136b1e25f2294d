/* The start: nothing is served before all of this holds. Every row's seal, the sums over all rows,
 * the log from its first leaf, the custodian's word on its head, and that the records are where the
 * log says. */
#include <string.h>

#include "base/guard.h"
#include "register/batch.h"
#include "register/reg.h"

enum { ROW_ARENA_BYTES = 2 << 20 };

struct scan {
  struct reg *reg;
  struct arena *arena; /* one row at a time */
  struct fresh sums[SUM_COUNT];
  struct record *record;
  bool has_decoy;
  struct trail *trail;
};

/* ---- what the register says of itself ---- */

static enum err check_meta(struct reg *reg, struct trail *trail)
{
  struct hash mac;
  enum err err = store_meta(reg->store, &reg->meta);

  if (err != OK)
    return FAIL(trail, err == ERR_ABSENT ? ERR_CORRUPT : err, "the register's own row is missing");
  meta_mac(&reg->meta, &mac, reg->rows.fresh);
  if (!hash_equal(&mac, &reg->meta.mac))
    return FAIL(trail, ERR_CORRUPT, "the register's own row was changed");
  if (memcmp(reg->meta.authority, keyring_authority(reg->keyring), ID_BYTES) != 0)
    return FAIL(trail, ERR_KEY, "the keyring is another authority's");
  if (custodian_pub_parse(&reg->custodian, str_from(reg->meta.custodian_pub)) != OK)
    return FAIL(trail, ERR_CORRUPT, "the custodian's public keys do not parse");
  reg->regime = policy_regime(reg->policy, str_from(reg->meta.regime));
  if (!reg->regime)
    return FAIL(trail, ERR_POLICY, "the regime of this register is not in the policy");
  reg->rows.custodian = reg->custodian.shield;
  reg->audit.origin = str_from(reg->meta.origin);
  return OK;
}

/* ---- records ---- */

/* Only what the index needs is opened. */
static bool is_indexed(enum field field)
{
  if (field == FIELD_protection || field == FIELD_audit_key || field == FIELD_forename) return true;
  for (enum token_kind kind = 0; kind < TOKEN_KINDS; kind++)
    if (token_row(kind)->field == field) return true;
  return false;
}

static enum err open_indexed(struct scan *scan, const struct row *row, const struct key *key)
{
  struct record *record = scan->record;

  for (enum field field = 0; field < FIELD_COUNT; field++) {
    if (!is_indexed(field)) continue;
    for (unsigned slot = 0; slot < field_row(field)->slots; slot++) {
      uint8_t *plain = arena_take(scan->arena, VALUE_BYTES_MAX);
      if (!plain) return ERR_MEMORY;
      TRY(row_open_field(&scan->reg->rows, OPENED_INDEX, &record->values[field][slot], plain,
                         &row->head, key, field, slot, row->body + field_offset(field, slot)));
    }
  }
  return OK;
}

static enum err take_row(struct scan *scan, const struct row *row)
{
  OWNED(key_wipe) struct key key = {0};
  uint8_t wrapped[WRAPPED_KEY_BYTES];
  struct index_change change;
  struct hash term;

  TRY(store_key(scan->reg->store, wrapped, row->head.key));
  TRY(keys_unwrap(scan->reg->keyring, &key, row->head.key, wrapped));
  TRY(row_verify(&scan->reg->rows, row, &key));
  row_term(&scan->reg->rows, &term, row);
  fresh_add(&scan->sums[SUM_ROWS], row->head.id.b, &term);
  arena_reset(scan->arena);
  if (memcmp(row->head.id.b, scan->reg->decoy.b, ID_BYTES) == 0) {
    scan->has_decoy = true;
    return OK;
  }
  TRY(open_indexed(scan, row, &key));
  scan->record->id = row->head.id;
  scan->record->version = row->head.version;
  TRY(index_prepare(scan->arena, scan->reg->index, &change, scan->record));
  change.entry.key = row->head.key;
  return index_put(scan->reg->index, &change);
}

static enum err scan_row(void *self, const struct row *row)
{
  struct scan *scan = self;
  enum err err = take_row(scan, row);

  if (err == OK) return OK;
  /* The place, in a form that is no name: the first bytes of the random id, and the version. */
  long long place = (long long)row->head.id.b[0] << 24 | row->head.id.b[1] << 16 |
                    row->head.id.b[2] << 8 | row->head.id.b[3];
  bool lost_key = err == ERR_ABSENT;
  return FAIL_AT(scan->trail, err == ERR_OPEN || lost_key ? ERR_CORRUPT : err,
                 "a record does not hold: first bytes of its id, its version", place,
                 (long long)row->head.version);
}

/* ---- items ---- */

static enum err take_account(struct scan *scan, const struct item *item, const uint8_t *body)
{
  struct account account = {.id = item->subject};
  struct personal text;
  struct item again;

  TRY(item_text(scan->arena, &scan->reg->rows, reg_item_key(scan->reg), &text, &again, item->id,
                body, NULL));
  TRY(account_parse(&account, scan->reg->policy, text));
  return people_put(scan->reg->people, &account);
}

static enum err scan_item(void *self, struct id id, const uint8_t *body)
{
  struct scan *scan = self;
  struct item item;
  enum err err = item_open(&scan->reg->rows, reg_item_key(scan->reg), &item, id, body);

  arena_reset(scan->arena);
  if (err == OK) {
    fresh_add(&scan->sums[SUM_ITEMS], id.b, &item.term);
    err = index_item_put(scan->reg->index, &item);
  }
  if (err == OK && item.kind == ITEM_ACCOUNT) err = take_account(scan, &item, body);
  if (err == OK) return OK;
  return FAIL_AT(scan->trail, err == ERR_OPEN ? ERR_CORRUPT : err,
                 "an item does not hold: first bytes of its id", (long long)id.b[0] << 8 | id.b[1],
                 0);
}

static enum err check_sum(struct scan *scan, enum sum which, struct fresh *ret_sum)
{
  const struct row_kit *kit = &scan->reg->rows;
  uint8_t sealed[FRESH_SEALED_BYTES];
  enum err err = store_sum(scan->reg->store, sealed, which);

  if (err == OK) err = fresh_open(ret_sum, kit->fresh, kit->authority, kit->generation, sealed);
  if (err != OK)
    return FAIL_AT(scan->trail, ERR_CORRUPT, "a sum is missing or was changed", which, 0);
  if (!fresh_equal(ret_sum, &scan->sums[which]))
    return FAIL_AT(scan->trail, ERR_CORRUPT,
                   "rows were put back, taken away or doubled: kind, rows counted", which,
                   (long long)scan->sums[which].rows);
  return OK;
}

static enum err new_record(struct scan *scan)
{
  scan->record = arena_take(scan->reg->arena, sizeof *scan->record);
  if (!scan->record) return ERR_MEMORY;
  for (enum field field = 0; field < FIELD_COUNT; field++)
    for (unsigned slot = 0; slot < FIELD_SLOTS_MAX; slot++)
      scan->record->values[field][slot] = value_absent;
  return OK;
}

static enum err scan_rows(struct scan *scan, struct writer_deps *deps)
{
  struct row *row = arena_take(scan->reg->arena, sizeof *row);

  if (!row) return ERR_MEMORY;
  TRY(new_record(scan));
  enum err err = store_row_each(scan->reg->store, row, scan_row, scan);
  if (err != OK)
    return FAIL_AT(scan->trail, err, "a record's columns do not agree: records before it",
                   (long long)scan->sums[SUM_ROWS].rows, 0);
  err = store_item_each(scan->reg->store, scan_item, scan);
  if (err != OK)
    return FAIL_AT(scan->trail, err, "an item's columns do not agree: items before it",
                   (long long)scan->sums[SUM_ITEMS].rows, 0);
  TRY(check_sum(scan, SUM_ROWS, &deps->sums[SUM_ROWS]));
  return check_sum(scan, SUM_ITEMS, &deps->sums[SUM_ITEMS]);
}

/* ---- the log ---- */

/* Design D3: the records have reached the last batch that changed any, or exactly that batch is
 * missing and is the last of the log. Anything else is an older file put back. */
static enum err check_position(struct reg *reg, struct writer_deps *deps, struct trail *trail)
{
  const struct log_state *state = &deps->state;

  if (reg->meta.applied == state->changed) return OK;
  if (reg->meta.applied == state->changed_from && state->changed == state->edge.size) {
    deps->is_owed = true;
    deps->owed_from = state->changed_from;
    return OK;
  }
  return FAIL_AT(trail, ERR_ROLLED_BACK, "records and log do not belong together: positions",
                 (long long)reg->meta.applied, (long long)state->changed);
}

/* The witness remembers what it signed: a log that is shorter, or other, was put back or rewritten.
 */
static enum err check_witness(struct reg *reg, const struct log_state *state, struct trail *trail)
{
  struct log_reader reader = {.store = reg->store, .size = state->edge.size};
  struct tree_reader tree = log_reader_tree(&reader);
  struct tree_edge edge;
  struct hash signed_root, root;
  uint64_t size = 0;

  enum err err = reg->witness.last(reg->witness.self, &size, &signed_root);
  if (err != OK) return FAIL(trail, err, "the custodian does not say which head it signed last");
  if (size == 0 || !GUARD(LOG_ONLY_GROWS)) return OK;
  if (size > state->edge.size)
    return FAIL_AT(trail, ERR_ROLLED_BACK, "the log is shorter than a head that was signed",
                   (long long)state->edge.size, (long long)size);
  TRY(tree_edge_read(&edge, &tree, size));
  tree_root(&root, &edge);
  if (!hash_equal(&root, &signed_root))
    return FAIL_AT(trail, ERR_ROLLED_BACK, "the log is not the one whose head was signed",
                   (long long)size, 0);
  return OK;
}

static enum err check_log(struct reg *reg, bool without_witness, struct writer_deps *deps,
                          struct trail *trail)
{
  enum err err = store_log_state(reg->store, &deps->state);

  if (err != OK)
    return FAIL(trail, err == ERR_ABSENT ? ERR_CORRUPT : err, "the state of the log is missing");
  reg->tail = arena_take(reg->arena, sizeof *reg->tail);
  if (!reg->tail) return ERR_MEMORY;
  TRY(ledger_verify(reg->store, &deps->state, reg->tail, trail));
  TRY(check_position(reg, deps, trail));
  return without_witness ? OK : check_witness(reg, &deps->state, trail);
}

struct uses {
  const struct index *index;
  struct id decoy_key;
};

static bool key_in_use(void *self, struct id key)
{
  const struct uses *uses = self;

  return index_key_in_use(uses->index, key) || memcmp(uses->decoy_key.b, key.b, ID_BYTES) == 0;
}

static enum err open_keys(struct reg *reg, bool has_decoy)
{
  struct uses uses = {.index = reg->index};
  struct row_head decoy;

  if (has_decoy) {
    TRY(store_row_head(reg->store, &decoy, reg->decoy));
    uses.decoy_key = decoy.key;
  }
  return keys_open(&reg->keys, reg->store, reg->keyring, &reg->outside, key_in_use, &uses);
}

enum err start_verify(struct reg *reg, bool without_witness, struct writer_deps *ret_deps,
                      struct trail *trail)
{
  OWNED(arena_free) struct arena *arena = NULL;
  struct scan scan = {.reg = reg, .trail = trail};
  struct key secret;

  TRY(arena_new(&arena, ROW_ARENA_BYTES));
  scan.arena = arena;
  key_random(&secret, &reg->outside);
  TRY(index_new(&reg->index, &secret));
  key_wipe(&secret);
  TRY(people_new(&reg->people, &reg->secrets, &reg->outside));
  TRY(check_meta(reg, trail));
  TRY(check_log(reg, without_witness, ret_deps, trail));
  TRY(scan_rows(&scan, ret_deps));
  if (!scan.has_decoy && ret_deps->state.edge.size > 0)
    return FAIL(trail, ERR_CORRUPT, "the record of nobody is missing");
  return open_keys(reg, scan.has_decoy);
}

/* The start: nothing is served before all of this holds. Every row's seal, the sums over all rows,
 * the log from its first leaf, the custodian's word on its head, and that the records are where the
 * log says. */
#include <string.h>

#include "base/guard.h"
#include "register/active.h"
#include "register/batch.h"
#include "register/remember.h"
#include "register/scan.h"

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
  TRY(active_load(reg, trail));
  reg->regime = policy_regime(reg->policy, str_from(reg->meta.regime));
  if (!reg->regime)
    return FAIL(trail, ERR_POLICY, "the regime of this register is not in the policy");
  reg->rows.custodian = reg->custodian.shield;
  reg->audit.origin = str_from(reg->meta.origin);
  return OK;
}

/* ---- rows and items ---- */

static enum err check_sum(const struct reg *reg, const struct scanned *scanned, enum sum which,
                          struct fresh *ret_sum, struct trail *trail)
{
  const struct row_kit *kit = &reg->rows;
  uint8_t sealed[FRESH_SEALED_BYTES];
  enum err err = store_sum(reg->store, sealed, which);

  if (err == OK) err = fresh_open(ret_sum, kit->fresh, kit->authority, kit->generation, sealed);
  if (err != OK) return FAIL_AT(trail, ERR_CORRUPT, "a sum is missing or was changed", which, 0);
  if (!fresh_equal(ret_sum, &scanned->sums[which]))
    return FAIL_AT(trail, ERR_CORRUPT,
                   "rows were put back, taken away or doubled: kind, rows counted", which,
                   (long long)scanned->sums[which].rows);
  return OK;
}

static enum err check_rows(struct reg *reg, struct scanned *ret_scanned, struct writer_deps *deps,
                           struct trail *trail)
{
  TRY(scan_all(reg, ret_scanned, trail));
  for (enum sum which = 0; which < SUM_COUNT; which++)
    TRY(check_sum(reg, ret_scanned, which, &deps->sums[which], trail));
  return OK;
}

/* ---- the log ---- */

/* Adr 0003: the records have reached the last batch that changed any, or exactly that batch is
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
  if (!hash_equal(&root, &signed_root) && GUARD(LOG_WHOLE))
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

static enum err open_keys(struct reg *reg, const struct scanned *scanned)
{
  struct uses uses = {.index = reg->index, .decoy_key = scanned->decoy_key};

  return keys_open(&reg->keys, reg->store, reg->keyring, &reg->outside, key_in_use, &uses);
}

enum err start_verify(struct reg *reg, bool without_witness, struct writer_deps *ret_deps,
                      struct trail *trail)
{
  struct scanned scanned;
  struct key secret;

  key_random(&secret, &reg->outside);
  TRY(index_new(&reg->index, &secret));
  key_wipe(&secret);
  TRY(budget_new(&reg->budget));
  TRY(repeated_new(&reg->repeated));
  TRY(people_new(&reg->people, &reg->secrets, &reg->outside));
  TRY(check_meta(reg, trail));
  TRY(check_log(reg, without_witness, ret_deps, trail));
  TRY(check_rows(reg, &scanned, ret_deps, trail));
  TRY(active_check(reg, trail));
  if (!scanned.has_decoy && ret_deps->state.edge.size > 0)
    return FAIL(trail, ERR_CORRUPT, "the record of nobody is missing");
  TRY(open_keys(reg, &scanned));
  reg->audit.keys = reg->keys;
  return remember_charges(reg, &ret_deps->marks, ret_deps->state.edge.size, trail);
}

/* Makes an empty register: files, keys, the register's own row, the first entry of the log, and the
 * record of nobody. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "register/active.h"
#include "register/errands.h"

enum { ARENA_BYTES = 4 << 20 };

static enum err copy_text(char *to, size_t capacity, struct str text)
{
  if (text.len == 0 || text.len >= capacity || memchr(text.ptr, 0, text.len)) return ERR_INPUT;
  memset(to, 0, capacity);
  memcpy(to, text.ptr, text.len);
  return OK;
}

static enum err fill_meta(struct meta *meta, const struct reg_init *init,
                          const struct custodian_pub *pub)
{
  struct str log_name = {pub->log.name, pub->log.name_len};

  memcpy(meta->authority, pub->authority, ID_BYTES);
  TRY(copy_text(meta->name, sizeof meta->name, init->authority_name));
  TRY(copy_text(meta->code, sizeof meta->code, init->authority_code));
  TRY(copy_text(meta->origin, sizeof meta->origin, init->origin.len > 0 ? init->origin : log_name));
  TRY(copy_text(meta->regime, sizeof meta->regime, init->regime));
  TRY(copy_text(meta->custodian_pub, sizeof meta->custodian_pub, init->custodian_pub));
  meta->synthetic = init->synthetic;
  meta->protection_version = 1;
  /* The custodian signs this log's heads under this name and no other. */
  return str_is(log_name, meta->origin) ? OK : ERR_INPUT;
}

static enum err put_empty_sums(struct store *store, const struct row_kit *kit)
{
  uint8_t sealed[FRESH_SEALED_BYTES];
  struct fresh nothing = {0};
  struct nonce nonce;

  for (enum sum sum = 0; sum < SUM_COUNT; sum++) {
    kit->outside->random(kit->outside->self, nonce.bytes, sizeof nonce.bytes);
    TRY(fresh_seal(sealed, kit->fresh, kit->authority, kit->generation, &nonce, &nothing));
    TRY(store_sum_put(store, sum, sealed));
  }
  return OK;
}

static enum err put_first_rows(struct reg *reg, struct store *store, struct meta *meta)
{
  struct log_state state = {0};

  memcpy(meta->policy, reg->policy_version, sizeof meta->policy);
  meta_mac(meta, &meta->mac, reg->rows.fresh);
  tree_root(&state.root, &state.edge);
  TRY(store_begin(store, FILE_AUDIT));
  TRY(store_log_state_put(store, &state));
  TRY(store_commit(store, FILE_AUDIT));
  TRY(store_begin(store, FILE_REGISTER));
  TRY(store_meta_put(store, meta));
  TRY(put_empty_sums(store, &reg->rows));
  return store_commit(store, FILE_REGISTER);
}

/* Keys and the rows that a start looks for. The keys are loaded to seal with, and let go again. */
static enum err make_files(const struct reg_config *config, struct meta *meta, struct trail *trail)
{
  struct reg reg = {.outside = config->outside, .log = config->log};
  struct store *store = NULL;
  int n = snprintf(reg.dir, sizeof reg.dir, "%s", config->register_dir);
  enum err err = n > 0 && (size_t)n < sizeof reg.dir ? reg_load(&reg, config, trail) : ERR_INPUT;

  if (err == OK) err = active_first(&reg, trail);
  if (err == OK && !policy_regime(reg.policy, str_from(meta->regime)))
    err = FAIL(trail, ERR_INPUT, "there is no such regime in the policy");
  if (err == OK) err = store_create(config->register_dir, trail);
  if (err == OK) err = store_open(&store, config->register_dir, STORE_OWNER, trail);
  if (err == OK) err = put_first_rows(&reg, store, meta);
  store_close(&store);
  policy_free(&reg.policy);
  keyring_free(&reg.keyring);
  arena_free(&reg.arena);
  return err;
}

/* ---- the first entry, and the record of nobody ---- */

/* What absent ids are answered from (adr 0006): a record as any other, that memory does not list.
 */
static enum err put_decoy(struct op *op)
{
  struct entry_of entry = {.action = ACTION_REGISTER_MADE};
  struct record *record;

  TRY(op_begin(op));
  TRY(op_record_new(op, &record));
  record->id = op->reg->decoy;
  TRY(op_put(op, record, NULL));
  TRY(op_entry(op, &entry));
  return errand_commit(op);
}

static enum err make_first(const struct reg_config *config, struct trail *trail)
{
  OWNED(reg_close) struct reg *reg = NULL;
  OWNED(reader_free) struct reader *reader = NULL;
  OWNED(arena_free) struct arena *arena = NULL;
  struct reg_config alone = *config;

  alone.custodian_socket = NULL;
  TRY(reg_open(&reg, &alone, trail));
  TRY(reader_new(&reader, reg));
  TRY(arena_new(&arena, ARENA_BYTES));
  struct op op = {.reg = reg, .reader = reader, .arena = arena};
  return put_decoy(&op);
}

enum err reg_create(const struct reg_config *config, const struct reg_init *init,
                    struct trail *trail)
{
  OWNED(arena_free) struct arena *arena = NULL;
  struct custodian_pub pub;
  struct meta meta = {0};

  TRY(crypto_ready());
  if (custodian_pub_parse(&pub, init->custodian_pub) != OK)
    return FAIL(trail, ERR_INPUT, "the custodian's public keys do not parse");
  if (fill_meta(&meta, init, &pub) != OK)
    return FAIL(trail, ERR_INPUT,
                "a name is empty or too long, or the origin is not the custodian's");
  TRY(arena_new(&arena, ARENA_BYTES));
  if (mkdir(config->register_dir, 0700) != 0 && errno != EEXIST)
    return FAIL(trail, ERR_IO, "cannot make the register's folder");
  TRY(root_create(config, pub.authority, arena, trail));
  TRY(make_files(config, &meta, trail));
  return make_first(config, trail);
}

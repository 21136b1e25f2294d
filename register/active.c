/* See active.h. What is kept was accepted once, by on_policy.c; what is read here is compared with
 * that and not judged again. */
#include "register/active.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/guard.h"
#include "crypto/file.h"
#include "custodian/client.h"
#include "register/bytes.h"

enum { CUSTODIAN_US = 2000000 };

#define LAYOUT 2
#define SIGNER_BYTES (ID_BYTES + 32 + ENDORSEMENT_ROLE_MAX + 1)
#define ACTIVATION_BYTES (1 + 2 * HASH_BYTES + 3 * 8 + ID_BYTES + ENDORSEMENTS_MAX * SIGNER_BYTES)
_Static_assert(ACTIVATION_BYTES <= ITEM_TEXT_MAX, "an activation is one item");

/* ---- the folder ---- */

enum { PATH_BYTES = sizeof(((struct reg *)NULL)->dir) + 8 + 2 * HASH_BYTES + 1 };

static enum err path_of(const struct reg *reg, char ret_path[static PATH_BYTES],
                        const uint8_t version[static HASH_BYTES])
{
  char digits[2 * HASH_BYTES];

  hex_write(digits, version, HASH_BYTES);
  int n = snprintf(ret_path, PATH_BYTES, "%s/policy/%.*s", reg->dir, (int)sizeof digits, digits);
  return n > 0 && n < (int)PATH_BYTES ? OK : ERR_INPUT;
}

enum err active_keep(const struct reg *reg, const struct policy_pack *pack, struct str text)
{
  char path[PATH_BYTES], folder[PATH_BYTES];

  TRY(path_of(reg, path, pack->version));
  (void)snprintf(folder, sizeof folder, "%s/policy", reg->dir);
  if (mkdir(folder, 0700) != 0 && errno != EEXIST) return errno == ENOSPC ? ERR_FULL : ERR_IO;
  TRY(file_replace(path, text.ptr, text.len));
  return file_sync_folder(folder);
}

/* ---- loading ---- */

/* The policy word of each field and relation is looked up once (load.c). */
static enum err take_policy(struct reg *reg, const struct policy_pack *pack, struct str text,
                            struct trail *trail)
{
  uint8_t builtin[POLICY_VERSION_BYTES];

  TRY(policy_load(&reg->policy, pack->files, pack->count, trail));
  TRY(policy_version(builtin, policy_builtin_files, policy_builtin_count, reg_policy_hash()));
  memcpy(reg->policy_version, pack->version, POLICY_VERSION_BYTES);
  reg->active.text = text;
  reg->active.is_builtin = memcmp(builtin, pack->version, sizeof builtin) == 0;
  reg->audit.policy = reg->policy;
  reg->audit.policy_version = reg->policy_version;
  return reg_find_words(reg, trail);
}

enum err active_first(struct reg *reg, struct trail *trail)
{
  struct policy_pack pack;
  struct str text;

  TRY(policy_pack_make(reg->arena, &pack, policy_builtin_files, policy_builtin_count,
                       reg_policy_hash(), trail));
  TRY(policy_pack_write(reg->arena, &text, &pack));
  if (active_keep(reg, &pack, text) != OK)
    return FAIL(trail, ERR_IO, "cannot keep the policy in the register's folder");
  return take_policy(reg, &pack, text, trail);
}

enum err active_load(struct reg *reg, struct trail *trail)
{
  char path[PATH_BYTES], *bytes = arena_take(reg->arena, POLICY_PACK_MAX);
  struct policy_pack pack;
  size_t n;

  if (bytes == NULL) return ERR_MEMORY;
  TRY(path_of(reg, path, reg->meta.policy));
  if (file_load(path, bytes, POLICY_PACK_MAX, &n) != OK)
    return FAIL(trail, ERR_POLICY,
                "the policy in force is not in the folder policy of the register: put it back");
  struct str text = {bytes, n};
  if (policy_pack_read(reg->arena, &pack, text, reg_policy_hash(), trail) != OK) return ERR_POLICY;
  if (memcmp(pack.version, reg->meta.policy, sizeof pack.version) != 0 && GUARD(POLICY_IN_FORCE))
    return FAIL(trail, ERR_POLICY,
                "the policy in the register's folder is not the one in force: put that back");
  return take_policy(reg, &pack, text, trail);
}

/* ---- the item ---- */

static struct id item_id(const struct reg *reg)
{
  struct id id = {{0}};

  key_tag(id.b, &reg->secrets, "cnis/policy/1", NULL, 0);
  return id;
}

static void activation_write(uint8_t to[static ACTIVATION_BYTES],
                             const struct activation *activation, uint64_t spent)
{
  *to++ = LAYOUT;
  memcpy(to, activation->version.bytes, HASH_BYTES);
  memcpy(to + HASH_BYTES, activation->replaces.bytes, HASH_BYTES);
  to += 2 * HASH_BYTES;
  put_u64(to, (uint64_t)activation->at.us);
  put_u64(to + 8, activation->number);
  put_u64(to + 16, spent);
  memcpy(to + 24, activation->by.b, ID_BYTES);
  to += 24 + ID_BYTES;
  for (size_t i = 0; i < ENDORSEMENTS_MAX; i++, to += SIGNER_BYTES) {
    const struct policy_signer *signer = &activation->signers[i];

    memcpy(to, signer->account.b, ID_BYTES);
    memcpy(to + ID_BYTES, signer->key.bytes, sizeof signer->key.bytes);
    memcpy(to + ID_BYTES + sizeof signer->key.bytes, signer->role, sizeof signer->role);
  }
}

static enum err activation_read(struct activation *ret_activation, uint64_t *ret_spent,
                                struct personal text)
{
  const uint8_t *from = (const uint8_t *)text.ptr;
  struct activation read = {0};

  if (text.len != ACTIVATION_BYTES || *from++ != LAYOUT) return ERR_CORRUPT;
  memcpy(read.version.bytes, from, HASH_BYTES);
  memcpy(read.replaces.bytes, from + HASH_BYTES, HASH_BYTES);
  from += 2 * HASH_BYTES;
  read.at.us = (int64_t)get_u64(from);
  read.number = get_u64(from + 8);
  *ret_spent = get_u64(from + 16);
  memcpy(read.by.b, from + 24, ID_BYTES);
  from += 24 + ID_BYTES;
  for (size_t i = 0; i < ENDORSEMENTS_MAX; i++, from += SIGNER_BYTES) {
    struct policy_signer *signer = &read.signers[i];

    memcpy(signer->account.b, from, ID_BYTES);
    memcpy(signer->key.bytes, from + ID_BYTES, sizeof signer->key.bytes);
    memcpy(signer->role, from + ID_BYTES + sizeof signer->key.bytes, sizeof signer->role);
    if (signer->role[sizeof signer->role - 1] != '\0') return ERR_CORRUPT;
  }
  *ret_activation = read;
  return OK;
}

enum err active_put(struct op *op, const struct activation *activation, uint64_t spent)
{
  struct item item = {.id = item_id(op->reg), .kind = ITEM_POLICY, .until = DAY_NONE};
  uint8_t *text = arena_take(op->arena, ACTIVATION_BYTES);
  uint8_t *version = arena_take(op->arena, HASH_BYTES);
  const struct item *held;

  if (text == NULL || version == NULL) return ERR_MEMORY;
  activation_write(text, activation, spent);
  memcpy(version, activation->version.bytes, HASH_BYTES);
  index_read(op->reg->index);
  held = index_item(op->reg->index, item.id);
  item.version = held == NULL ? 0 : held->version;
  index_done(op->reg->index);
  TRY(op_item_put(op, &item, NULL, (struct personal){(const char *)text, ACTIVATION_BYTES}));
  op->commit->policy = version;
  return OK;
}

/* ---- who signed ---- */

static bool signed_by_same(const struct activation *activation,
                           const struct endorsements *endorsements)
{
  for (size_t i = 0; i < ENDORSEMENTS_MAX; i++) {
    const struct endorsement *one = &endorsements->at[i];

    if (memcmp(one->key.bytes, activation->signers[i].key.bytes, sizeof one->key.bytes) != 0 ||
        memcmp(one->role, activation->signers[i].role, sizeof one->role) != 0 ||
        one->number != activation->number || !hash_equal(&one->replaces, &activation->replaces) ||
        endorsement_verify(one, &activation->version) != OK)
      return false;
  }
  return endorsements->count == ENDORSEMENTS_MAX;
}

enum err active_check(struct reg *reg, struct trail *trail)
{
  struct endorsements endorsements = {.count = 0};
  struct policy_pack pack;
  struct personal text = {NULL, 0};
  struct item item;
  uint8_t body[ITEM_BYTES];
  enum err err = store_item(reg->store, body, item_id(reg));

  if (err == ERR_ABSENT) return OK; /* the one that it was made with */
  if (err == OK)
    err =
      item_text(reg->arena, &reg->rows, reg_item_key(reg), &text, &item, item_id(reg), body, NULL);
  if (err == OK) err = activation_read(&reg->active.last, &reg->active.next.spent, text);
  if (err != OK) return FAIL(trail, err, "who put the policy in force cannot be read");
  TRY(policy_pack_read(reg->arena, &pack, reg->active.text, reg_policy_hash(), trail));
  reg->active.is_signed = reg->active.last.number > 0;
  if (memcmp(reg->active.last.version.bytes, reg->meta.policy, HASH_BYTES) == 0 &&
      (!reg->active.is_signed || (endorsements_parse(&endorsements, pack.signatures, trail) == OK &&
                                  signed_by_same(&reg->active.last, &endorsements))))
    return OK;
  return FAIL(trail, ERR_POLICY,
              "the signatures in the register's folder are not those of the policy in force");
}

/* ---- what waits ---- */

struct active_next active_next(const struct reg *reg)
{
  struct active *active = (struct active *)(uintptr_t)&reg->active;

  pthread_mutex_lock(&active->mutex);
  struct active_next next = active->next;
  pthread_mutex_unlock(&active->mutex);
  return next;
}

struct moving {
  struct active *active;
  struct active_next next;
};

static void moved(void *self)
{
  struct moving *moving = self;

  pthread_mutex_lock(&moving->active->mutex);
  moving->active->next = moving->next;
  pthread_mutex_unlock(&moving->active->mutex);
}

enum err active_moves(struct op *op, const struct active_next *next)
{
  struct moving *moving = arena_take(op->arena, sizeof *moving);

  if (moving == NULL) return ERR_MEMORY;
  *moving = (struct moving){&op->reg->active, *next};
  op_moves_protection(op);
  op_applied(op, moved, moving);
  return OK;
}

enum err active_whose(const struct reg *reg, struct id *ret_account, const struct verify_key *key,
                      struct trail *trail)
{
  OWNED(custodian_free) struct custodian *custodian = NULL;

  if (reg->whose.ask != NULL) return reg->whose.ask(reg->whose.self, ret_account->b, key);
  if (reg->custodian_socket[0] == '\0') return FAIL(trail, ERR_CUSTODIAN, "there is no custodian");
  TRY(custodian_new(&custodian, reg->custodian_socket, CUSTODIAN_US, &reg->outside));
  return custodian_whose(custodian, ret_account->b, key, trail);
}

bool active_suits(const struct reg *reg, const struct policy *policy)
{
  struct reg other = {.policy = (struct policy *)(uintptr_t)policy};
  struct trail trail = {0};

  return policy_regime(policy, str_from(reg->meta.regime)) != NULL &&
         reg_find_words(&other, &trail) == OK;
}

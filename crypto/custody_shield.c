/* The custodian's side of the shield (custody_shield.h). The only file that opens a sealed box; it
 * is linked into the custodian alone. */
#include "crypto/custody_shield.h"

#include <sodium.h>
#include <string.h>

#include "base/arena.h"
#include "crypto/shield_layers.h"

void custody_shield_public(struct shield_public *ret_public, const struct key *secret)
{
  crypto_scalarmult_base(ret_public->bytes, secret->secret_);
}

enum err custody_shield_open(void *ret_text, size_t *ret_n, enum shield_kind kind,
                             const struct key *secret, const struct shield_place *place,
                             const void *core)
{
  const uint8_t *in = core;
  uint8_t where[ENVELOPE_PLACE_BYTES];
  struct hash expected;
  struct shield_public public;
  OWNED(shield_lock_wipe) struct shield_lock lock;
  struct envelope_context inner = shield_inner(kind, place);

  custody_shield_public(&public, secret);
  envelope_place(where, &inner);
  hash_blake2b(&expected, where, sizeof where);
  bool holds = crypto_box_seal_open((uint8_t *)&lock, in, SHIELD_LOCK_BYTES, public.bytes,
                                    secret->secret_) == 0 &&
               hash_equal(&lock.place, &expected) &&
               envelope_open(ret_text, ret_n, &lock.key, &inner, in + SHIELD_LOCK_BYTES,
                             shield_core_bytes(kind) - SHIELD_LOCK_BYTES) == OK;
  if (holds) return OK;
  wipe(ret_text, shield_text_max(kind) + 1);
  return ERR_OPEN;
}

static uint32_t order_of(const struct shield_entry *entry)
{
  return (uint32_t)entry->field << 16 | entry->part;
}

/* Two ordered lists walked side by side; the patch wins where both have an entry. */
static enum err merge(struct shield_writer *to, struct shield_reader *old,
                      struct shield_reader *patch)
{
  struct shield_entry from_old, from_patch;
  bool has_old = shield_next(&from_old, old), has_patch = shield_next(&from_patch, patch);
  while (has_old || has_patch) {
    bool takes_patch = has_patch && (!has_old || order_of(&from_patch) <= order_of(&from_old));
    bool replaces = takes_patch && has_old && order_of(&from_patch) == order_of(&from_old);
    const struct shield_entry *entry = takes_patch ? &from_patch : &from_old;
    if (!takes_patch || entry->n > 0) TRY(shield_put(to, entry));
    if (!takes_patch || replaces) has_old = shield_next(&from_old, old);
    if (takes_patch) has_patch = shield_next(&from_patch, patch);
  }
  return old->err != OK ? old->err : patch->err;
}

static enum err merge_in(uint8_t *scratch, struct shield_writer *to, const struct key *secret,
                         const struct custody_merge *in)
{
  uint8_t *old_text = scratch, *patch_text = scratch + SHIELD_BLOB_TEXT_MAX + 1;
  struct shield_reader old = {.text = old_text}, patch = {.text = patch_text};
  TRY(custody_shield_open(old_text, &old.n, SHIELD_BLOB, secret, &in->blob_place, in->blob_core));
  TRY(custody_shield_open(patch_text, &patch.n, SHIELD_PATCH, secret, &in->patch_place,
                          in->patch_core));
  return merge(to, &old, &patch);
}

enum err custody_shield_merge(void *ret_core, const struct key *secret,
                              const struct custody_merge *in, void *scratch,
                              const struct outside *outside)
{
  struct shield_public public;
  struct shield_writer to = {.text = (uint8_t *)scratch + 2 * (SHIELD_BLOB_TEXT_MAX + 1),
                             .capacity = SHIELD_BLOB_TEXT_MAX};
  custody_shield_public(&public, secret);
  enum err err = merge_in(scratch, &to, secret, in);
  if (err == OK)
    err = shield_seal_core(ret_core, SHIELD_BLOB, &public, &in->blob_place, to.text, to.n, outside);
  wipe(scratch, CUSTODY_MERGE_SCRATCH);
  return err;
}

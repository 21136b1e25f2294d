/* Outer layers off, entries opened, proofs; and values put over a blob that stays closed. */
#include "register/carry.h"

#include <string.h>

#include "register/evidence.h"

void carry_place(const struct reg *reg, struct shield_place *ret_place, const struct row_head *head,
                 unsigned slot)
{
  *ret_place = (struct shield_place){
    .version = head->version, .generation = head->generation, .slot = (uint16_t)slot};
  memcpy(ret_place->authority, reg->meta.authority, ID_BYTES);
  memcpy(ret_place->record, head->id.b, ID_BYTES);
}

static enum err read_whole(struct store *store, uint8_t *to, enum shield_kind kind, struct id id,
                           unsigned slot)
{
  if (kind == SHIELD_BLOB)
    return store_row_part(store, to, id, PART_SHIELDED, 0, SHIELD_BLOB_BYTES);
  return store_row_part(store, to, id, PART_PATCHES, slot * SHIELD_PATCH_BYTES, SHIELD_PATCH_BYTES);
}

enum err carry_core(struct arena *arena, const struct reg *reg, struct store *store,
                    const void **ret_core, enum shield_kind kind, const struct row_head *head,
                    unsigned slot)
{
  OWNED(key_wipe) struct key key = {0};
  uint8_t *whole = arena_take(arena, shield_bytes(kind)),
          *core = arena_take(arena, shield_core_bytes(kind));
  struct shield_place place;
  enum err err;

  if (whole == NULL || core == NULL) return ERR_MEMORY;
  carry_place(reg, &place, head, slot);
  TRY(read_whole(store, whole, kind, head->id, slot));
  err = keys_record(reg->keys, store, &key, head->key);
  if (err != OK) return err == ERR_ABSENT ? ERR_MOVED : err;
  *ret_core = core;
  return shield_strip(core, kind, &key, &place, whole);
}

static enum err open_view(struct op *op, struct custodian_view *ret_view, enum leaf_view which,
                          const struct sealed_entry *sealed, const struct audit_secret *child)
{
  struct opened_view view;

  TRY(audit_open(op->arena, &op->reg->audit, &view, which, sealed, child, op->actor.account));
  memcpy(ret_view->salt, view.salt, LEAF_SALT_BYTES);
  ret_view->payload = view.payload.ptr;
  ret_view->n = view.payload.len;
  return OK;
}

enum err carry_entry(struct op *op, struct custodian_evidence *evidence,
                     const struct audit_secret *child)
{
  struct sealed_entry *sealed = arena_take(op->arena, sizeof *sealed);

  if (sealed == NULL) return ERR_MEMORY;
  TRY(evidence_entry(op->reader->store, sealed, evidence->index));
  TRY(open_view(op, &evidence->core, LEAF_CORE, sealed, child));
  TRY(open_view(op, &evidence->who, LEAF_WHO, sealed, child));
  TRY(open_view(op, &evidence->what, LEAF_WHAT, sealed, child));
  memcpy(evidence->ops.bytes, sealed->commitments + LEAF_OPS * HASH_BYTES, HASH_BYTES);
  return OK;
}

enum err carry_proof(struct store *store, struct custodian_evidence *evidence, struct str head,
                     uint64_t size)
{
  evidence->head = head;
  return log_prove_inclusion(store, &evidence->proof, evidence->index, size);
}

/* ---- over a closed blob ---- */

static enum err merge(struct op *op, struct custodian *custodian, const struct row_head *head,
                      const struct shield_writer *writer, const void **core)
{
  struct custodian_merge merge = {.blob_core = *core};
  void *patch = arena_take(op->arena, SHIELD_PATCH_CORE_BYTES),
       *merged = arena_take(op->arena, SHIELD_BLOB_CORE_BYTES);

  if (patch == NULL || merged == NULL) return ERR_MEMORY;
  carry_place(op->reg, &merge.blob_place, head, 0);
  merge.patch_place = merge.blob_place;
  TRY(shield_seal_core(patch, SHIELD_PATCH, &op->reg->rows.custodian, &merge.patch_place,
                       writer->text, writer->n, &op->reg->outside));
  merge.patch_core = patch;
  TRY(custodian_merge(custodian, merged, &merge, &op->trail));
  *core = merged;
  return OK;
}

enum err carry_change(struct op *op, struct custodian *custodian, const void **ret_core,
                      const struct carry_change *change)
{
  struct shield_writer writer = {.text = arena_take(op->arena, SHIELD_PATCH_TEXT_MAX),
                                 .capacity = SHIELD_PATCH_TEXT_MAX};
  const void *core = change->core;

  if (writer.text == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < change->count; i++) {
    enum err err = shield_put(&writer, &change->entries[i]);

    if (err == ERR_TOO_LARGE && writer.n > 0) {
      TRY(merge(op, custodian, change->head, &writer, &core));
      writer.n = 0;
      err = shield_put(&writer, &change->entries[i]);
    }
    TRY(err);
  }
  if (writer.n > 0) TRY(merge(op, custodian, change->head, &writer, &core));
  *ret_core = core;
  return OK;
}

/* One row: opening a slot, checking and making its seal. Must never open a field whose opening is
 * not counted. */
#include "register/row.h"

#include <assert.h>
#include <string.h>

#include "base/guard.h"

enum { CODEC = 1, REVISION = 1 };

void row_count(const struct row_kit *kit, enum opening_kind kind, unsigned n)
{
  atomic_fetch_add_explicit(&kit->counts->of[kind], n, memory_order_relaxed);
}

static struct envelope_context context_of(const struct row_kit *kit, const struct row_head *head,
                                          enum field field, unsigned slot)
{
  struct envelope_context context = {
    .table = TABLE_ENTRY,
    .field = field_row(field)->id,
    .codec = CODEC,
    .part = (uint16_t)slot,
    .version = head->version,
    .compartment = COMPARTMENT_CASEWORK,
    .pad_class = field_row(field)->pad,
    .generation = head->generation,
  };

  memcpy(context.authority, kit->authority, ID_BYTES);
  memcpy(context.record, head->id.b, ID_BYTES);
  return context;
}

enum err row_open_field(const struct row_kit *kit, enum opening_kind kind, struct value *ret_value,
                        uint8_t *plain, const struct row_head *head, const struct key *key,
                        enum field field, unsigned slot, const void *sealed)
{
  struct envelope_context context = context_of(kit, head, field, slot);
  size_t n = 0;

  row_count(kit, kind, 1);
  TRY(envelope_open(plain, &n, key, &context, sealed, field_sealed_bytes(field)));
  return value_decode(ret_value, plain, n);
}

/* ---- seals ---- */

static struct row_place place_of(const struct row_kit *kit, const struct row_head *head)
{
  struct row_place place = {.version = head->version, .crypto_revision = REVISION};

  memcpy(place.authority, kit->authority, ID_BYTES);
  memcpy(place.record, head->id.b, ID_BYTES);
  return place;
}

static void seal_of(const struct row_kit *kit, struct hash *ret_seal, const struct row *row,
                    const struct key *key)
{
  struct row_place place = place_of(kit, &row->head);
  struct row_seal seal;

  row_seal_begin(&seal, key, &place);
  row_seal_column(&seal, 1, &row->head.field_set, sizeof row->head.field_set);
  row_seal_column(&seal, 2, &row->head.generation, sizeof row->head.generation);
  row_seal_column(&seal, 3, row->head.key.b, ID_BYTES);
  row_seal_column(&seal, 4, row->body, BODY_BYTES);
  row_seal_column(&seal, 5, row->shielded, SHIELD_BLOB_BYTES);
  row_seal_column(&seal, 6, row->patches, PATCHES_BYTES);
  row_seal_finish(&seal, ret_seal);
}

enum err row_verify(const struct row_kit *kit, const struct row *row, const struct key *key)
{
  struct hash seal;

  seal_of(kit, &seal, row, key);
  return hash_equal(&seal, &row->seal) || !GUARD(ROW_SEAL) ? OK : ERR_CORRUPT;
}

void row_term(const struct row_kit *kit, struct hash *ret_term, const struct row *row)
{
  struct row_place place = place_of(kit, &row->head);

  fresh_term(ret_term, kit->fresh, &place, &row->seal);
}

/* ---- sealing a whole row ---- */

static unsigned envelopes_in_body(void)
{
  unsigned n = 0;

  for (enum field field = 0; field < FIELD_COUNT; field++)
    if (field_row(field)->home != HOME_BLOB) n += field_row(field)->slots;
  return n;
}

static enum err seal_body(struct arena *arena, const struct row_kit *kit, struct row *row,
                          const struct key *key, const struct record *record)
{
  unsigned count = envelopes_in_body(), used = 0;
  struct nonce *nonces = arena_take_array(arena, count, sizeof *nonces);
  uint8_t plain[VALUE_BYTES_MAX];
  enum err err = nonces ? OK : ERR_MEMORY;

  if (err == OK) kit->outside->random(kit->outside->self, nonces, count * sizeof *nonces);
  for (enum field field = 0; field < FIELD_COUNT && err == OK; field++) {
    if (field_row(field)->home == HOME_BLOB) continue;
    for (unsigned slot = 0; slot < field_row(field)->slots && err == OK; slot++) {
      struct envelope_context context = context_of(kit, &row->head, field, slot);
      size_t n = value_encode(plain, &record->values[field][slot]);
      err = envelope_seal(row->body + field_offset(field, slot), key, &context, &nonces[used++],
                          plain, n);
    }
  }
  wipe(plain, sizeof plain);
  return err;
}

static struct shield_place shield_place_of(const struct row_kit *kit, const struct row_head *head,
                                           unsigned slot)
{
  struct shield_place place = {
    .version = head->version, .generation = head->generation, .slot = (uint16_t)slot};

  memcpy(place.authority, kit->authority, ID_BYTES);
  memcpy(place.record, head->id.b, ID_BYTES);
  return place;
}

/* One of the five shielded values: its text written anew, emptied, put under its first outer layer
 * here, or kept under a new one. */
struct shielded_part {
  enum shield_kind kind;
  unsigned slot;
  uint8_t *to;
  const uint8_t *from; /* NULL: there was none */
  const void *core;    /* finished elsewhere; NULL: none */
  bool is_written, is_emptied;
};

static enum err write_part(struct arena *arena, const struct row_kit *kit,
                           const struct shielded_part *part, const struct shield_place *place,
                           const struct key *key, const struct shielding *shielding)
{
  struct shield_writer writer = {.capacity = shield_text_max(part->kind)};

  writer.text = arena_take(arena, writer.capacity);
  if (!writer.text) return ERR_MEMORY;
  for (size_t i = 0; i < shielding->count; i++)
    TRY(shield_put(&writer, &shielding->entries[i]));
  return shield_seal(part->to, part->kind, &kit->custodian, key, place, writer.text, writer.n,
                     kit->outside);
}

static enum err seal_part(struct arena *arena, const struct row_kit *kit,
                          const struct shielded_part *part, const struct row *row,
                          const struct key *key, const struct row_head *old_head,
                          const struct key *old_key, const struct shielding *shielding)
{
  struct shield_place place = shield_place_of(kit, &row->head, part->slot);

  if (part->is_written) return write_part(arena, kit, part, &place, key, shielding);
  if (part->core) return shield_dress(part->to, part->kind, key, &place, part->core, kit->outside);
  if (part->is_emptied || !part->from)
    return shield_nothing(part->to, part->kind, &kit->custodian, key, &place, kit->outside);
  struct shield_place old_place = shield_place_of(kit, old_head, part->slot);
  memcpy(part->to, part->from, shield_bytes(part->kind));
  return shield_reseal_outer(part->to, part->kind, old_key, &old_place, key, &place, kit->outside);
}

static enum err seal_shielded(struct arena *arena, const struct row_kit *kit, struct row *row,
                              const struct key *key, const struct record *record,
                              const struct shielding *shielding)
{
  const struct row *old = record->sealed;
  bool is_merged = shielding->into == SHIELDING_MERGED;
  struct shielded_part blob = {.kind = SHIELD_BLOB,
                               .to = row->shielded,
                               .from = old ? old->shielded : NULL,
                               .core = is_merged ? shielding->core : NULL,
                               .is_written = shielding->into == SHIELDING_BLOB};

  TRY(seal_part(arena, kit, &blob, row, key, old ? &old->head : NULL, &record->old_key, shielding));
  for (unsigned slot = 0; slot < SHIELD_PATCHES; slot++) {
    size_t at = slot * SHIELD_PATCH_BYTES;
    bool is_meant = shielding->patch == slot;
    struct shielded_part patch = {.kind = SHIELD_PATCH,
                                  .slot = slot,
                                  .to = row->patches + at,
                                  .from = old ? old->patches + at : NULL,
                                  .is_written = is_meant && shielding->into == SHIELDING_PATCH,
                                  .is_emptied = is_meant && is_merged};
    TRY(seal_part(arena, kit, &patch, row, key, old ? &old->head : NULL, &record->old_key,
                  shielding));
  }
  return OK;
}

enum err record_seal(struct arena *arena, const struct row_kit *kit, struct keys *keys,
                     const struct record *record, const struct shielding *shielding,
                     struct row **ret_row)
{
  static const struct shielding keep = {0};
  OWNED(spare_wipe) struct spare spare = {0};
  struct row *row = arena_take(arena, sizeof *row);

  if (!row) return ERR_MEMORY;
  TRY(keys_take(keys, &spare));
  row->head =
    (struct row_head){record->id, record->version + 1, FIELD_SET, kit->generation, spare.id};
  enum err err = seal_body(arena, kit, row, &spare.key, record);
  if (err == OK)
    err = seal_shielded(arena, kit, row, &spare.key, record, shielding ? shielding : &keep);
  if (err != OK) {
    keys_drop(keys, spare.id);
    return err;
  }
  seal_of(kit, &row->seal, row, &spare.key);
  *ret_row = row;
  return OK;
}

/* A record opened whole, to be changed and sealed again. Operations never read values from it: what
 * a person is shown comes from fields_open alone. */
#include <assert.h>
#include <string.h>

#include "register/row.h"

static struct value value_of_bytes(struct arena *arena, const void *bytes, size_t n,
                                   struct day recorded)
{
  struct value value = value_absent;
  struct personal text = {bytes, n};

  if (arena_copy_personal(arena, &value.text, text) != OK) return value_absent;
  value.state = VALUE_CHECKED;
  value.source = SOURCE_SYSTEM;
  value.recorded = recorded;
  return value;
}

enum err record_set_safety(struct arena *arena, struct record *record, const struct safety *safety)
{
  uint8_t bytes[SAFETY_BYTES];

  safety_encode(bytes, safety);
  record->values[FIELD_protection][0] = value_of_bytes(arena, bytes, sizeof bytes, DAY_NONE);
  return record->values[FIELD_protection][0].state == VALUE_ABSENT ? ERR_MEMORY : OK;
}

enum err record_new(struct arena *arena, const struct row_kit *kit, struct record **ret_record)
{
  struct record *record = arena_take(arena, sizeof *record);
  struct audit_secret secret;
  struct safety safety = {.raised = DAY_NONE, .review = DAY_NONE};

  if (!record) return ERR_MEMORY;
  for (enum field field = 0; field < FIELD_COUNT; field++)
    for (unsigned slot = 0; slot < FIELD_SLOTS_MAX; slot++)
      record->values[field][slot] = value_absent;
  kit->outside->random(kit->outside->self, record->id.b, ID_BYTES);
  kit->outside->random(kit->outside->self, &secret, sizeof secret);
  record->values[FIELD_audit_key][0] = value_of_bytes(arena, &secret, sizeof secret, DAY_NONE);
  wipe(&secret, sizeof secret);
  if (record->values[FIELD_audit_key][0].state == VALUE_ABSENT) return ERR_MEMORY;
  TRY(record_set_safety(arena, record, &safety));
  *ret_record = record;
  return OK;
}

static enum err open_all(struct arena *arena, const struct row_kit *kit, struct record *record)
{
  const struct row *row = record->sealed;

  for (enum field field = 0; field < FIELD_COUNT; field++) {
    for (unsigned slot = 0; slot < FIELD_SLOTS_MAX; slot++) {
      record->values[field][slot] = value_absent;
      if (field_row(field)->home == HOME_BLOB || slot >= field_row(field)->slots) continue;
      uint8_t *plain = arena_take(arena, field_bucket(field));
      if (!plain) return ERR_MEMORY;
      TRY(row_open_field(kit, OPENED_RESEAL, &record->values[field][slot], plain, &row->head,
                         &record->old_key, field, slot, row->body + field_offset(field, slot)));
    }
  }
  return OK;
}

enum err record_read(struct arena *arena, const struct row_kit *kit, struct store *reader,
                     const struct keys *keys, struct record **ret_record, struct id id,
                     uint64_t version)
{
  struct record *record = arena_take(arena, sizeof *record);
  struct row *row = arena_take(arena, sizeof *row);

  if (!record || !row) return ERR_MEMORY;
  TRY(store_row(reader, row, id));
  if (row->head.version != version) return ERR_MOVED;
  enum err err = keys_record(keys, reader, &record->old_key, row->head.key);
  if (err != OK) return err == ERR_ABSENT ? ERR_MOVED : err; /* destroyed: the row has moved on */
  TRY(row_verify(kit, row, &record->old_key));
  record->id = id;
  record->version = version;
  record->sealed = row;
  row_term(kit, &record->old_term, row);
  TRY(open_all(arena, kit, record));
  *ret_record = record;
  return OK;
}

void record_set(struct record *record, enum field field, unsigned slot, struct value value)
{
  assert(field_row(field)->home != HOME_BLOB && slot < field_row(field)->slots);
  record->values[field][slot] = value.state == VALUE_ABSENT ? value_absent : value;
}

struct personal record_text(const struct record *record, enum field field, unsigned slot)
{
  const struct value *value = &record->values[field][slot];

  return value->state == VALUE_ABSENT ? (struct personal){"", 0} : value->text;
}

enum err record_safety(const struct record *record, struct safety *ret_safety)
{
  const struct value *value = &record->values[FIELD_protection][0];

  return safety_decode(ret_safety, value->text.ptr, value->text.len);
}

enum err record_audit(const struct record *record, struct audit_secret *ret_secret)
{
  const struct value *value = &record->values[FIELD_audit_key][0];

  if (value->text.len != sizeof *ret_secret) return ERR_CORRUPT;
  memcpy(ret_secret, value->text.ptr, sizeof *ret_secret);
  return OK;
}

/* ---- shielding ---- */

static enum err take_value(struct arena *arena, struct record *record,
                           struct shield_entry *ret_entry, enum field field, unsigned slot)
{
  uint8_t *bytes = arena_take(arena, VALUE_BYTES_MAX);

  if (!bytes) return ERR_MEMORY;
  ret_entry->field = field_row(field)->id;
  ret_entry->part = (uint16_t)slot;
  ret_entry->bytes = bytes;
  ret_entry->n = value_encode(bytes, &record->values[field][slot]);
  record->values[field][slot] = value_absent;
  return OK;
}

static bool entry_before(const struct shield_entry *a, const struct shield_entry *b)
{
  return a->field != b->field ? a->field < b->field : a->part < b->part;
}

/* Puts an entry in its place; what stands there under the same name is replaced. */
static void place_entry(struct shield_entry *entries, size_t *count,
                        const struct shield_entry *entry)
{
  size_t at = *count;

  while (at > 0 && entry_before(entry, &entries[at - 1]))
    at--;
  if (at > 0 && !entry_before(&entries[at - 1], entry)) {
    entries[at - 1] = *entry;
    return;
  }
  memmove(&entries[at + 1], &entries[at], (*count - at) * sizeof *entries);
  entries[at] = *entry;
  (*count)++;
}

enum err record_shield(struct arena *arena, struct record *record, struct shielding *ret_shielding,
                       const struct shield_entry *more, size_t more_count)
{
  struct shield_entry *entries =
    arena_take_array(arena, FIELD_COUNT * FIELD_SLOTS_MAX + more_count, sizeof *entries);
  size_t count = 0;

  if (!entries) return ERR_MEMORY;
  for (enum field field = 0; field < FIELD_COUNT; field++) {
    if (field_row(field)->home != HOME_SHIELDED) continue;
    for (unsigned slot = 0; slot < field_row(field)->slots; slot++) {
      struct shield_entry entry;
      if (record->values[field][slot].state == VALUE_ABSENT) continue;
      TRY(take_value(arena, record, &entry, field, slot));
      place_entry(entries, &count, &entry);
    }
  }
  for (size_t i = 0; i < more_count; i++)
    place_entry(entries, &count, &more[i]);
  *ret_shielding = (struct shielding){.entries = entries, .count = count, .into = SHIELDING_BLOB};
  return OK;
}

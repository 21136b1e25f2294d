/* Blind writing. It must never write over a patch that waits. */
#include "register/blind.h"

static bool comes_before(const struct shield_entry *a, const struct shield_entry *b)
{
  return a->field != b->field ? a->field < b->field : a->part < b->part;
}

enum err blind_entry(struct arena *arena, struct shield_entry *ret_entry, enum field field,
                     unsigned slot, const struct value *value)
{
  uint8_t *bytes = arena_take(arena, VALUE_BYTES_MAX);

  if (bytes == NULL) return ERR_MEMORY;
  *ret_entry =
    (struct shield_entry){.field = field_row(field)->id, .part = (uint16_t)slot, .bytes = bytes};
  if (value->state != VALUE_ABSENT) ret_entry->n = value_encode(bytes, value);
  return OK;
}

void blind_place(struct shield_entry *entries, size_t *count, const struct shield_entry *entry)
{
  size_t at = (*count)++;

  for (; at > 0 && comes_before(entry, &entries[at - 1]); at--)
    entries[at] = entries[at - 1];
  entries[at] = *entry;
}

static unsigned free_slot(const struct op *op, struct id record)
{
  const struct item *item;
  unsigned taken = 0, slot = 0;
  size_t cursor = 0;

  index_read(op->reg->index);
  while ((item = index_item_of_record(op->reg->index, record, ITEM_PATCH, &cursor)) != NULL)
    taken |= 1u << item->flags;
  index_done(op->reg->index);
  while (slot < SHIELD_PATCHES && (taken >> slot & 1) != 0)
    slot++;
  return slot;
}

enum err blind_patch(struct op *op, struct shielding *shielding, struct id record,
                     const struct audit_secret *child)
{
  struct item item = {
    .kind = ITEM_PATCH, .record = record, .subject = op->actor.account, .until = DAY_NONE};

  shielding->into = SHIELDING_PATCH;
  shielding->patch = free_slot(op, record);
  if (shielding->patch == SHIELD_PATCHES) return ERR_CONFLICT;
  item.flags = (uint16_t)shielding->patch;
  return op_item_put(op, &item, child, (struct personal){"", 0});
}

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

/* An ITEM_PATCH's flags: the slot in the two low bits, the turn above them. */
enum { SLOT_BITS = 2, TURNS = 1 << (16 - SLOT_BITS) };
_Static_assert(SHIELD_PATCHES == 1 << SLOT_BITS, "a slot has its bits");

unsigned blind_slot(const struct item *item)
{
  return item->flags & (SHIELD_PATCHES - 1);
}

unsigned blind_turn(const struct item *item)
{
  return item->flags >> SLOT_BITS;
}

bool blind_waits(const struct index *index, struct id record)
{
  size_t cursor = 0;

  return index_item_of_record(index, record, ITEM_PATCH, &cursor) != NULL;
}

/* The lowest free slot, and the turn behind all that wait. */
static void next_place(const struct op *op, struct id record, unsigned *ret_slot,
                       unsigned *ret_turn)
{
  const struct item *item;
  unsigned taken = 0, slot = 0, turn = 0;
  size_t cursor = 0;

  index_read(op->reg->index);
  while ((item = index_item_of_record(op->reg->index, record, ITEM_PATCH, &cursor)) != NULL) {
    taken |= 1u << blind_slot(item);
    if (blind_turn(item) >= turn) turn = blind_turn(item) + 1;
  }
  index_done(op->reg->index);
  while (slot < SHIELD_PATCHES && (taken >> slot & 1) != 0)
    slot++;
  *ret_slot = slot;
  *ret_turn = turn;
}

enum err blind_patch(struct op *op, struct shielding *shielding, struct id record,
                     const struct audit_secret *child)
{
  struct item item = {
    .kind = ITEM_PATCH, .record = record, .subject = op->actor.account, .until = DAY_NONE};
  unsigned turn;

  shielding->into = SHIELDING_PATCH;
  next_place(op, record, &shielding->patch, &turn);
  if (shielding->patch == SHIELD_PATCHES || turn == TURNS) return ERR_CONFLICT;
  item.flags = (uint16_t)(turn << SLOT_BITS | shielding->patch);
  op_moves_protection(op); /* what is protected is no longer what rows were compared with */
  return op_item_put(op, &item, child, (struct personal){"", 0});
}

/* Blind writing. It must never write over a patch that waits, nor show by its answer that values
 * are written blind: whatever an ordinary record would take is taken here. */
#include "register/blind.h"

#include <string.h>

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

/* An ITEM_PATCH's flags: the slot in the three low bits, the turn above them. */
enum { SLOT_BITS = 3, TURNS = 1 << (16 - SLOT_BITS) };
_Static_assert(BLIND_IN_ITEM < 1 << SLOT_BITS, "a slot has its bits");
_Static_assert(SHIELD_PATCH_CORE_BYTES <= ITEM_TEXT_MAX, "an item holds a patch");

unsigned blind_slot(const struct item *item)
{
  return item->flags & ((1u << SLOT_BITS) - 1);
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

struct queue {
  struct id record;
  const struct audit_secret *child;
  unsigned slot; /* the lowest free one, or BLIND_IN_ITEM */
  unsigned turn; /* behind all that wait */
};

/* False: no more may wait. */
static bool find_end(const struct op *op, struct queue *queue, size_t more)
{
  const struct item *item;
  unsigned taken = 0;
  size_t cursor = 0, waiting = 0;

  index_read(op->reg->index);
  while ((item = index_item_of_record(op->reg->index, queue->record, ITEM_PATCH, &cursor)) !=
         NULL) {
    taken |= 1u << blind_slot(item);
    if (blind_turn(item) >= queue->turn) queue->turn = blind_turn(item) + 1;
    waiting++;
  }
  index_done(op->reg->index);
  while (queue->slot < BLIND_IN_ITEM && (taken >> queue->slot & 1) != 0)
    queue->slot++;
  return waiting + more <= BLIND_WAITING_MAX && queue->turn + more <= TURNS;
}

/* How many of the entries, from the first on, one patch takes. */
static size_t chunk_of(const struct shield_entry *entries, size_t count)
{
  size_t bytes = 0, n = 0;

  for (; n < count; n++) {
    bytes += SHIELD_ENTRY_OVERHEAD + entries[n].n;
    if (bytes > SHIELD_PATCH_TEXT_MAX) break;
  }
  return n;
}

/* An entry that no patch takes is refused before any is made (field_text_max holds it off). */
static enum err count_chunks(const struct shielding *shielding, size_t *ret_chunks)
{
  size_t chunks = 0;

  for (size_t at = 0; at < shielding->count; chunks++) {
    size_t n = chunk_of(shielding->entries + at, shielding->count - at);

    if (n == 0) return ERR_TOO_LARGE;
    at += n;
  }
  *ret_chunks = chunks;
  return OK;
}

static enum err seal_core(struct op *op, const struct queue *queue, const struct shielding *chunk,
                          struct personal *ret_core)
{
  struct shield_writer writer = {.text = arena_take(op->arena, SHIELD_PATCH_TEXT_MAX),
                                 .capacity = SHIELD_PATCH_TEXT_MAX};
  char *core = arena_take(op->arena, SHIELD_PATCH_CORE_BYTES);
  struct shield_place place = {.slot = 0};

  if (writer.text == NULL || core == NULL) return ERR_MEMORY;
  memcpy(place.authority, op->reg->meta.authority, ID_BYTES);
  memcpy(place.record, queue->record.b, ID_BYTES);
  for (size_t i = 0; i < chunk->count; i++)
    TRY(shield_put(&writer, &chunk->entries[i]));
  *ret_core = (struct personal){core, SHIELD_PATCH_CORE_BYTES};
  return shield_seal_core(core, SHIELD_PATCH, &op->reg->rows.custodian, &place, writer.text,
                          writer.n, &op->reg->outside);
}

/* One patch: in the row's free slot, which the caller's put then writes, or in its item. */
static enum err write_chunk(struct op *op, struct queue *queue, const struct shielding *chunk,
                            struct shielding *row)
{
  struct item item = {.kind = ITEM_PATCH,
                      .flags = (uint16_t)(queue->turn++ << SLOT_BITS | queue->slot),
                      .record = queue->record,
                      .subject = op->actor.account,
                      .until = DAY_NONE};
  struct personal core = {"", 0};

  if (queue->slot == BLIND_IN_ITEM)
    TRY(seal_core(op, queue, chunk, &core));
  else
    *row = (struct shielding){.entries = chunk->entries,
                              .count = chunk->count,
                              .into = SHIELDING_PATCH,
                              .patch = queue->slot};
  queue->slot = BLIND_IN_ITEM; /* one slot with one put of the row */
  return op_item_put(op, &item, queue->child, core);
}

enum err blind_write(struct op *op, struct shielding *shielding, struct id record,
                     const struct audit_secret *child)
{
  struct queue queue = {.record = record, .child = child};
  struct shielding row = {.into = SHIELDING_KEEP};
  size_t chunks;

  TRY(count_chunks(shielding, &chunks));
  if (!find_end(op, &queue, chunks)) return ERR_CONFLICT;
  for (size_t at = 0; at < shielding->count;) {
    struct shielding chunk = {.entries = shielding->entries + at,
                              .count = chunk_of(shielding->entries + at, shielding->count - at)};

    TRY(write_chunk(op, &queue, &chunk, &row));
    at += chunk.count;
  }
  *shielding = row;
  op_moves_protection(op); /* what is protected is no longer what rows were compared with */
  return OK;
}

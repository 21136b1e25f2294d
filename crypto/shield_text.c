/* The text of a shielded blob or patch (shield.h): entries in ascending order, so that one set has
 * one text. Reads what a damaged or hostile core may hold. */
#include "crypto/bytes.h"
#include "crypto/shield.h"

static uint32_t order_of(const struct shield_entry *entry)
{
  return (uint32_t)entry->field << 16 | entry->part;
}

enum err shield_put(struct shield_writer *writer, const struct shield_entry *entry)
{
  uint32_t order = order_of(entry);
  if (order < writer->next || order == UINT32_MAX) return ERR_INPUT;
  size_t room = writer->capacity - writer->n;
  if (room < SHIELD_ENTRY_OVERHEAD || entry->n > room - SHIELD_ENTRY_OVERHEAD) return ERR_TOO_LARGE;
  uint8_t *at = writer->text + writer->n;
  le16_put(at, entry->field);
  le16_put(at + 2, entry->part);
  le32_put(at + 4, (uint32_t)entry->n);
  if (entry->n > 0) memcpy(at + SHIELD_ENTRY_OVERHEAD, entry->bytes, entry->n);
  writer->n += SHIELD_ENTRY_OVERHEAD + entry->n;
  writer->next = order + 1;
  return OK;
}

bool shield_next(struct shield_entry *ret_entry, struct shield_reader *reader)
{
  size_t left = reader->n - reader->offset;
  if (left == 0 || reader->err != OK) return false;
  const uint8_t *at = reader->text + reader->offset;
  reader->err = ERR_CORRUPT;
  if (left < SHIELD_ENTRY_OVERHEAD) return false;
  struct shield_entry entry = {.field = le16_get(at),
                               .part = le16_get(at + 2),
                               .bytes = at + SHIELD_ENTRY_OVERHEAD,
                               .n = le32_get(at + 4)};
  uint32_t order = order_of(&entry);
  if (entry.n > left - SHIELD_ENTRY_OVERHEAD) return false;
  if (order < reader->next || order == UINT32_MAX) return false;
  reader->err = OK;
  reader->next = order + 1;
  reader->offset += SHIELD_ENTRY_OVERHEAD + entry.n;
  *ret_entry = entry;
  return true;
}

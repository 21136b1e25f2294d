/* Notes longer than their slot. It must never cut a text. */
#include "register/note.h"

#include <string.h>

#include "register/bytes.h"
#include "register/pages.h"

/* u8 1 | root of the pages | u32 bytes of text. No text begins with that byte: the door refuses
 * control characters (field_check). */
#define LINK_MARK 1
#define LINK_BYTES (1 + ID_BYTES + 4)

static size_t slot_holds(enum field field)
{
  return field_bucket(field) - 1 - VALUE_HEAD_BYTES;
}

static bool read_link(struct pages *ret_pages, size_t *ret_n, const struct value *value,
                      enum field field, const struct note_place *place)
{
  const uint8_t *at = (const uint8_t *)value->text.ptr;

  if (field_row(field)->type != TYPE_NOTE || value->state == VALUE_ABSENT) return false;
  if (value->text.len != LINK_BYTES || at[0] != LINK_MARK) return false;
  *ret_pages = (struct pages){.record = place->record, .child = place->child};
  memcpy(ret_pages->root.b, at + 1, ID_BYTES);
  at += 1 + ID_BYTES;
  *ret_n = get_u32(at);
  return *ret_n <= NOTE_TEXT_MAX;
}

enum err note_put(struct op *op, struct value *value, enum field field,
                  const struct note_place *place)
{
  struct pages pages = {.root = op_random_id(op), .record = place->record, .child = place->child};
  uint8_t *link;

  if (value->text.len <= slot_holds(field)) return OK;
  if (field_row(field)->type != TYPE_NOTE) return ERR_TOO_LARGE;
  link = arena_take(op->arena, LINK_BYTES);
  if (link == NULL) return ERR_MEMORY;
  TRY(pages_put(op, &pages, value->text));
  link[0] = LINK_MARK;
  memcpy(link + 1, pages.root.b, ID_BYTES);
  put_u32(link + 1 + ID_BYTES, (uint32_t)value->text.len);
  value->text = (struct personal){(const char *)link, LINK_BYTES};
  return OK;
}

enum err note_read(struct op *op, struct value *value, enum field field,
                   const struct note_place *place)
{
  struct pages pages;
  size_t n;

  if (!read_link(&pages, &n, value, field, place)) return OK;
  return pages_read(op, &pages, &value->text, n);
}

enum err note_drop(struct op *op, const struct value *value, enum field field,
                   const struct note_place *place)
{
  struct pages pages;
  size_t n;

  if (!read_link(&pages, &n, value, field, place)) return OK;
  return pages_remove(op, &pages);
}

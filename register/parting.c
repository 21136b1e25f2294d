/* Adults who have not moved along. It must never take silence for a sign that somebody has. */
#include "register/parting.h"

#include <string.h>

#include "base/fold.h"
#include "register/take.h"
#include "register/view.h"

static enum err same(struct arena *arena, bool *ret_same, struct personal a, struct personal b)
{
  struct personal x, y;

  TRY(fold_address(arena, &x, a));
  TRY(fold_address(arena, &y, b));
  *ret_same = x.len > 0 && personal_equal(x, y);
  return OK;
}

/* Where this adult lives now, as far as this process can know; empty: it cannot. */
static struct personal address_of(const struct parting *parting, unsigned slot)
{
  const struct value *value = take_find(parting->given, FIELD_person_address, slot);

  if (value != NULL) return value->text;
  if (view_is_shielded(&parting->facts->safety, FIELD_person_address, slot))
    return (struct personal){"", 0};
  return parting->record->values[FIELD_person_address][slot].text;
}

static struct value unknown_standing(const struct op *op)
{
  struct value unknown = value_absent;

  unknown.state = VALUE_CHECKED;
  unknown.said_by = SAID_AUTHORITY;
  unknown.source = SOURCE_SYSTEM;
  unknown.recorded = op_today(op);
  unknown.since = op_today(op);
  unknown.text = (struct personal){"unknown", sizeof "unknown" - 1};
  return unknown;
}

/* The adults who have moved along, and whether there are others. */
static enum err part(struct op *op, const struct parting *parting, struct personal address,
                     uint8_t *ret_along, bool *ret_parted)
{
  *ret_along = 0;
  *ret_parted = false;
  for (unsigned slot = 0; slot < PEOPLE; slot++) {
    bool is_along;

    if (parting->record->values[FIELD_person_name][slot].state == VALUE_ABSENT) continue;
    TRY(same(op->arena, &is_along, address_of(parting, slot), address));
    if (is_along) *ret_along |= (uint8_t)(1u << slot);
    if (is_along) continue;
    record_set(parting->record, FIELD_person_standing, slot, unknown_standing(op));
    *ret_parted = true;
  }
  return OK;
}

/* ---- releases to parents ---- */

static bool is_along(const struct parting *parting, struct id subject, uint8_t along)
{
  for (unsigned slot = 0; slot < PEOPLE; slot++) {
    struct personal id = parting->record->values[FIELD_person_id][slot].text;

    if ((along >> slot & 1) != 0 && id.len == ID_BYTES && memcmp(id.ptr, subject.b, ID_BYTES) == 0)
      return true;
  }
  return false;
}

/* A relation as a parent of a recipient of whom it is not known that they have moved along. */
static bool is_suspended(const struct parting *parting, const struct item *item, uint8_t along)
{
  bool is_parent = item->flags == RELATION_RESIDENT || item->flags == RELATION_NON_RESIDENT;

  return is_parent && !is_along(parting, item->subject, along);
}

/* The evidence stays; what it was evidence of is unknown. */
static enum err suspend(struct op *op, const struct parting *parting, uint8_t along)
{
  const struct audit_secret *child = &parting->facts->child;
  struct items_want want = {ITEM_RELATION, ITEMS_BY_RECORD, parting->record->id};
  struct items relations;

  TRY(index_items(op->reg->index, op->arena, &relations, &want));
  for (size_t i = 0; i < relations.count; i++) {
    struct personal evidence;
    struct item item;

    if (!is_suspended(parting, &relations.at[i], along)) continue;
    TRY(op_item_text(op, &evidence, &item, relations.at[i].id, child));
    item.flags = RELATION_NONE;
    TRY(op_item_put(op, &item, child, evidence));
  }
  return OK;
}

/* ---- all of it ---- */

static enum err unprotect_nobody(struct op *op, struct record *record)
{
  struct safety safety;

  TRY(record_safety(record, &safety));
  if (safety.level != LEVEL_NONE) return OK;
  safety.level = LEVEL_UNKNOWN;
  safety.first_decided = false;
  return record_set_safety(op->arena, record, &safety);
}

enum err parting_follow(struct op *op, const struct parting *parting)
{
  const struct value *now = take_find(parting->given, FIELD_home_address, 0);
  bool is_same, parted;
  uint8_t along;

  if (now == NULL) return OK;
  TRY(same(op->arena, &is_same, parting->before, now->text));
  if (is_same) return OK;
  TRY(part(op, parting, now->text, &along, &parted));
  if (!parted) return OK;
  op_moves_protection(op); /* what was decided about them, and has not left yet, is decided again */
  TRY(suspend(op, parting, along));
  return unprotect_nobody(op, parting->record);
}

/* My list: the children that somebody is assigned to, each for the purpose and on the basis of the
 * assignment. */
#include "register/cursor.h"
#include "register/listing.h"
#include "register/operations.h"
#include "register/standing.h"

/* Children of assignments in force, each once, as ids in the arena. */
static enum err assigned(struct op *op, struct id **ret_ids, size_t *ret_count)
{
  struct items_want want = {ITEM_ASSIGNMENT, ITEMS_BY_SUBJECT, op->actor.account};
  struct day today = op_today(op);
  struct items items;
  size_t count = 0;
  struct id *ids;

  TRY(index_items(op->reg->index, op->arena, &items, &want));
  ids = arena_take_array(op->arena, items.count + 1, sizeof *ids);
  if (ids == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < items.count; i++) {
    const struct item *item = &items.at[i];
    bool is_double = false;

    if (day_is_set(item->until) && item->until.number < today.number) continue;
    for (size_t k = 0; k < count && !is_double; k++)
      is_double = id_equal(ids[k], item->record);
    if (!is_double) ids[count++] = item->record;
  }
  *ret_ids = ids;
  *ret_count = count;
  return OK;
}

static enum err add_child(struct op *op, struct listing *listing, struct id id)
{
  struct facts_want want = {
    .id = id, .requester = op->actor.account, .with_gate = true, .today = op_today(op)};
  struct asked asked = {0};
  struct standing standing;
  struct ask ask;
  bool found;

  TRY(facts_read(op, &asked.facts, &want));
  TRY(standing_find(op, &standing, &found, id, op->actor.account, &asked.facts.child));
  if (!found) return OK;
  ask = standing_ask(op, &standing);
  ask.said.asked = asked_name_and_birth(op);
  asked_request(op, &asked, &ask);
  if (!asked.is_refused) asked_settle(op, &asked);
  return asked.is_refused ? OK : listing_add(op, listing, &asked);
}

enum err entry_list_assigned(struct op *op, struct str cursor)
{
  struct entry_of entry = {.action = ACTION_LIST};
  struct listing_page page = {.name = STR("entries"), .action = ACTION_LIST, .entry = &entry};
  struct listing listing;
  struct id *ids;
  size_t count;

  TRY(op_begin(op));
  TRY(cursor_read(op, &page.after, ACTION_LIST, cursor));
  TRY(assigned(op, &ids, &count));
  TRY(listing_new(op, &listing, count));
  for (size_t i = 0; i < count; i++)
    TRY(add_child(op, &listing, ids[i]));
  listing_sort(&listing);
  return listing_answer(op, &listing, &page);
}

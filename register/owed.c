/* What raising protection owes other entries: more of them than one commit changes. It is in force
 * already; here the values leave casework. */
#include <string.h>

#include "register/errands.h"
#include "register/protect.h"

static enum err find(const struct errand_desk *desk, struct item **ret_items, size_t *ret_count)
{
  struct index *index = desk->reg->index;
  const struct item *item;
  size_t most = 0;

  *ret_count = 0;
  index_read(index);
  for (size_t cursor = 0; index_item_of_kind(index, ITEM_OWED, &cursor) != NULL;)
    most++;
  *ret_items = arena_take_array(desk->lists, most + 1, sizeof **ret_items);
  for (size_t cursor = 0;
       *ret_items != NULL && (item = index_item_of_kind(index, ITEM_OWED, &cursor)) != NULL;)
    (*ret_items)[(*ret_count)++] = *item;
  index_done(index);
  return *ret_items != NULL ? OK : ERR_MEMORY;
}

static enum err change(struct op *op, const struct item *item)
{
  struct facts_want want = {.id = item->record};
  struct entry_of entry = {.action = ACTION_PROTECTION_RAISE, .record = item->record};
  OWNED(audit_secret_wipe) struct audit_secret child = {0};
  struct follow_owed owed;
  struct personal household;
  struct facts facts;
  struct item held;

  TRY(op_begin(op));
  want.today = op_today(op);
  TRY(facts_read(op, &facts, &want));
  if (!facts.is_held) return ERR_ABSENT;
  child = facts.child;
  follow_owed_read(&owed, item);
  TRY(op_item_text(op, &household, &held, item->id, &child));
  if (household.len != ID_BYTES) return ERR_CORRUPT;
  memcpy(owed.household, household.ptr, ID_BYTES);
  TRY(follow_settle(op, &facts, &owed));
  TRY(op_item_remove(op, item->id));
  entry.child = &child;
  entry.version = facts.head.version + 1;
  return op_entry(op, &entry);
}

enum err owed_round(const struct errand_desk *desk)
{
  struct item *items;
  size_t count, unused = 0;

  TRY(find(desk, &items, &count));
  for (size_t i = 0; i < count && errand_goes_on(desk); i++) {
    struct op op = {.reg = desk->reg, .reader = desk->reader, .arena = desk->arena};
    enum err err = change(&op, &items[i]);

    op_end(&op);
    if (err == OK) err = errand_commit(&op);
    TRY(errand_outcome(desk, err, &unused));
  }
  return OK;
}

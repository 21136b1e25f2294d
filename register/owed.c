/* What raising protection owes other entries: more of them than one commit changes. It is in force
 * already; here the values leave casework. */
#include <string.h>

#include "register/errands.h"
#include "register/protect.h"

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

enum err owed_round(const struct errand_context *context)
{
  struct items items;
  size_t unused = 0;

  TRY(index_items(context->reg->index, context->lists, &items,
                  &(struct items_want){.kind = ITEM_OWED}));
  for (size_t i = 0; i < items.count && errand_goes_on(context); i++) {
    struct op op = {.reg = context->reg, .reader = context->reader, .arena = context->arena};
    enum err err = change(&op, &items.at[i]);

    op_end(&op);
    if (err == OK) err = errand_commit(&op);
    TRY(errand_outcome(context, err, &unused));
  }
  return OK;
}

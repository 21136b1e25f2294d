/* Values written blind, put in their place: blob and patch go to the custodian without their outer
 * layer, a blob comes back, and the row that holds it has that patch slot empty. What any of them
 * says is not known here. */
#include "register/blind.h"
#include "register/carry.h"
#include "register/errands.h"

/* Under index_read. */
static bool is_next(const struct index *index, const struct item *item)
{
  const struct item *other;
  const struct entry *entry = index_entry(index, item->record);
  size_t cursor = 0;

  if (entry != NULL && entry->in_transit) return false;
  while ((other = index_item_of_record(index, item->record, ITEM_PATCH, &cursor)) != NULL)
    if (blind_turn(other) < blind_turn(item)) return false;
  return true;
}

static enum err find(const struct errand_context *context, struct items *ret_items)
{
  struct index *index = context->reg->index;
  struct items patches;
  size_t kept = 0;

  TRY(index_items(index, context->lists, &patches, &(struct items_want){.kind = ITEM_PATCH}));
  index_read(index);
  for (size_t i = 0; i < patches.count; i++)
    if (is_next(index, &patches.at[i])) patches.at[kept++] = patches.at[i];
  index_done(index);
  *ret_items = (struct items){patches.at, kept};
  return OK;
}

struct merging {
  struct op op;
  struct custodian *custodian;
  const struct item *item;
  struct facts facts;
  struct record *record;
  struct custodian_merge asked;
};

static enum err read_patch(struct merging *merging)
{
  struct op *op = &merging->op;
  const struct row_head *head = &merging->facts.head;
  unsigned slot = blind_slot(merging->item);
  struct personal core;
  struct item item;

  if (slot != BLIND_IN_ITEM) {
    carry_place(op->reg, &merging->asked.patch_place, head, slot);
    return carry_core(op->arena, op->reg, op->reader->store, &merging->asked.patch_core,
                      SHIELD_PATCH, head, slot);
  }
  carry_place(op->reg, &merging->asked.patch_place, head, 0);
  TRY(op_item_text(op, &core, &item, merging->item->id, &merging->facts.child));
  merging->asked.patch_core = core.ptr;
  return core.len == SHIELD_PATCH_CORE_BYTES ? OK : ERR_CORRUPT;
}

/* Everything that the store has to give, so that no read view is open while the custodian works. */
static enum err read_all(struct merging *merging)
{
  struct op *op = &merging->op;
  const struct row_head *head = &merging->facts.head;
  struct facts_want want = {.id = merging->item->record};

  TRY(op_begin(op));
  want.today = op_today(op);
  TRY(facts_read(op, &merging->facts, &want));
  if (!merging->facts.is_held) return ERR_ABSENT;
  carry_place(op->reg, &merging->asked.blob_place, head, 0);
  TRY(carry_core(op->arena, op->reg, op->reader->store, &merging->asked.blob_core, SHIELD_BLOB,
                 head, 0));
  TRY(read_patch(merging));
  return op_record(op, &merging->record, &merging->facts);
}

/* The row with this blob, and the slot that the patch came from empty. */
static enum err put_row(struct merging *merging, const void *core)
{
  struct shielding shielding = {
    .into = SHIELDING_MERGED, .patch = blind_slot(merging->item), .core = core};

  return op_put(&merging->op, merging->record, &shielding);
}

static enum err commit(struct merging *merging, enum outcome outcome)
{
  struct entry_of entry = {.action = ACTION_MERGE,
                           .outcome = outcome,
                           .child = &merging->facts.child,
                           .record = merging->item->record,
                           .version = merging->facts.head.version + 1};

  TRY(op_entry(&merging->op, &entry));
  return errand_commit(&merging->op);
}

/* What the custodian can never put in its place, since it does not open or is no patch, holds up
 * what was written after it no longer. It is kept as it is, and the entry says that it failed. */
static enum err set_aside(struct merging *merging)
{
  struct item item = *merging->item;
  struct personal core = {merging->asked.patch_core, SHIELD_PATCH_CORE_BYTES};

  item.kind = ITEM_SET_ASIDE;
  TRY(put_row(merging, merging->asked.blob_core));
  TRY(op_item_put(&merging->op, &item, &merging->facts.child, core));
  return commit(merging, OUTCOME_FAILED);
}

static bool is_refused_for_good(const struct trail *trail)
{
  return trail->a == CUSTODIAN_CORE || trail->a == CUSTODIAN_TOO_LARGE ||
         trail->a == CUSTODIAN_MALFORMED;
}

static enum err merge_one(struct merging *merging, size_t *ret_refused)
{
  struct op *op = &merging->op;
  void *core = arena_take(op->arena, SHIELD_BLOB_CORE_BYTES);
  enum err err = core != NULL ? read_all(merging) : ERR_MEMORY;

  op_end(op);
  TRY(err);
  err = custodian_merge(merging->custodian, core, &merging->asked, &op->trail);
  if (custodian_has_refused(err) && is_refused_for_good(&op->trail)) {
    (*ret_refused)++;
    op->trail = (struct trail){0};
    return set_aside(merging);
  }
  TRY(err);
  TRY(put_row(merging, core));
  TRY(op_item_remove(op, merging->item->id));
  return commit(merging, OUTCOME_DONE);
}

enum err merge_round(const struct errand_context *context, size_t *ret_refused)
{
  struct items items;

  TRY(find(context, &items));
  for (size_t i = 0; i < items.count && errand_goes_on(context); i++) {
    struct merging merging = {
      .op = {.reg = context->reg, .reader = context->reader, .arena = context->arena},
      .custodian = context->custodian,
      .item = &items.at[i],
    };
    enum err err = merge_one(&merging, ret_refused);

    TRY(errand_outcome(context, err, ret_refused));
  }
  return OK;
}

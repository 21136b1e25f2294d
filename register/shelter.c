/* A record whose blob held something when protection began (a plan, a reason, an adult who is
 * protected elsewhere): this process can neither read that nor put anything beside it. Until the
 * custodian has done so the values lie in casework, guarded by the level alone. */
#include "register/carry.h"
#include "register/errands.h"

static enum err find(const struct errand_context *context, struct id **ret_ids, size_t *ret_count)
{
  struct index *index = context->reg->index;
  size_t most = 0, count = 0;

  index_read(index);
  for (size_t i = 0; i < index_count(index); i++)
    most += index_at(index, i)->in_transit;
  *ret_ids = arena_take_array(context->lists, most + 1, sizeof **ret_ids);
  for (size_t i = 0; *ret_ids != NULL && i < index_count(index); i++)
    if (index_at(index, i)->in_transit) (*ret_ids)[count++] = index_at(index, i)->id;
  index_done(index);
  *ret_count = count;
  return *ret_ids != NULL ? OK : ERR_MEMORY;
}

struct sheltering {
  struct op op;
  struct facts facts;
  struct record *record;
  struct shielding set; /* the values, out of casework */
  struct carry_change change;
};

/* Everything that the store has to give, so that no read view is open while the custodian works. */
static enum err read_all(struct sheltering *sheltering, struct id id)
{
  struct op *op = &sheltering->op;
  struct facts_want want = {.id = id};

  TRY(op_begin(op));
  want.today = op_today(op);
  TRY(facts_read(op, &sheltering->facts, &want));
  if (!sheltering->facts.is_held) return ERR_ABSENT;
  sheltering->change.head = &sheltering->facts.head;
  TRY(carry_core(op->arena, op->reg, op->reader->store, &sheltering->change.core, SHIELD_BLOB,
                 sheltering->change.head, 0));
  TRY(op_record(op, &sheltering->record, &sheltering->facts));
  TRY(record_shield(op->arena, sheltering->record, &sheltering->set, NULL, 0));
  sheltering->change.entries = sheltering->set.entries;
  sheltering->change.count = sheltering->set.count;
  return OK;
}

static enum err commit(struct sheltering *sheltering, const void *core)
{
  struct op *op = &sheltering->op;
  struct shielding shielding = {.into = SHIELDING_MERGED, .patch = SHIELD_PATCHES, .core = core};
  struct entry_of entry = {.action = ACTION_MERGE,
                           .child = &sheltering->facts.child,
                           .record = sheltering->facts.id,
                           .version = sheltering->facts.head.version + 1};
  struct safety safety;

  TRY(record_safety(sheltering->record, &safety));
  safety.in_transit = false;
  TRY(record_set_safety(op->arena, sheltering->record, &safety));
  TRY(op_put(op, sheltering->record, &shielding));
  TRY(op_entry(op, &entry));
  return errand_commit(op);
}

static enum err shelter_one(struct sheltering *sheltering, struct custodian *custodian,
                            struct id id)
{
  enum err err = read_all(sheltering, id);
  const void *core;

  op_end(&sheltering->op);
  TRY(err);
  TRY(carry_change(&sheltering->op, custodian, &core, &sheltering->change));
  return commit(sheltering, core);
}

enum err shelter_round(const struct errand_context *context, size_t *ret_refused)
{
  struct id *ids;
  size_t count;

  TRY(find(context, &ids, &count));
  for (size_t i = 0; i < count && errand_goes_on(context); i++) {
    struct sheltering sheltering = {
      .op = {.reg = context->reg, .reader = context->reader, .arena = context->arena}};
    enum err err = shelter_one(&sheltering, context->custodian, ids[i]);

    TRY(errand_outcome(context, err, ret_refused));
  }
  return OK;
}

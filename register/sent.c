/* What becomes of a disclosure by itself: it expires, and its receiver is told to stop when the
 * child has gained protection since. It looks at what memory knows and opens only what is due, so a
 * round in which nothing is due costs next to nothing; and since what is due is worked out anew
 * each time, nothing of it is lost by a kill. */
#include "register/errands.h"
#include "register/pages.h"
#include "register/stop.h"

static struct instant clock_now(const struct reg *reg)
{
  return reg->outside.now(reg->outside.self);
}

/* The child is better sheltered than when something that could show where it is left. */
static bool owes_notice(const struct index *index, const struct item *item)
{
  const struct entry *entry = index_entry(index, item->record);
  struct sharing_mark mark = sharing_mark(item);

  return entry != NULL && sharing_has_left(mark.state) && mark.is_locating && !mark.is_told &&
         shelter_of(index, entry) > mark.shelter;
}

/* It never left, and its day is over: what was said for it is kept no longer. */
static bool is_past(const struct item *item, struct day today)
{
  struct sharing_mark mark = sharing_mark(item);

  return !sharing_has_left(mark.state) && !mark.is_told && item->until.number < today.number;
}

static bool is_due(const struct index *index, const struct item *item, struct instant now)
{
  return sharing_item_has_expired(item, now) || owes_notice(index, item) ||
         is_past(item, instant_day(now));
}

static enum err find_due(const struct errand_context *context, struct items *ret_due)
{
  struct index *index = context->reg->index;
  struct instant now = clock_now(context->reg);
  struct items due = {0};
  const struct item *item;
  size_t most = 0;

  index_read(index);
  for (size_t cursor = 0; (item = index_item_of_kind(index, ITEM_DISCLOSURE, &cursor)) != NULL;)
    most += is_due(index, item, now) ? 1 : 0;
  due.at = arena_take_array(context->lists, most + 1, sizeof *due.at);
  for (size_t cursor = 0;
       due.at != NULL && (item = index_item_of_kind(index, ITEM_DISCLOSURE, &cursor)) != NULL;)
    if (is_due(index, item, now)) due.at[due.count++] = *item;
  index_done(index);
  *ret_due = due;
  return due.at != NULL ? OK : ERR_MEMORY;
}

/* A family is never told by itself, and nobody whom the shield is against: a notice says that
 * somebody has been protected. */
static enum err may_be_told(struct op *op, bool *ret_may, const struct facts *facts, struct id to)
{
  struct recipient_row recipient;
  enum err err = recipient_read(op, &recipient, to);

  *ret_may = false;
  if (err != OK) return err == ERR_ABSENT ? OK : err;
  *ret_may = !policy_role_is_family(reg_policy(op->reg), recipient.role) && !facts->has_conflict &&
             facts->policy.against_requester == POLICY_NO;
  return OK;
}

static struct entry_of entry_about(enum action action, const struct sharing *sharing,
                                   const struct facts *facts)
{
  return (struct entry_of){.action = action,
                           .child = &facts->child,
                           .record = sharing->record,
                           .version = facts->head.version,
                           .recipients = {sharing->recipient, sharing->handler}};
}

static enum err tell(struct op *op, struct sharing *sharing, const struct facts *facts)
{
  struct entry_of entry = entry_about(ACTION_STOP_NOTICE, sharing, facts);
  struct id notice;
  bool may;

  TRY(may_be_told(op, &may, facts, sharing->recipient));
  if (may) return stop_make(op, sharing, facts, &notice);
  sharing->mark.is_told = true; /* nothing is owed, and it is not looked at again */
  entry.outcome = OUTCOME_REFUSED;
  return op_entry(op, &entry);
}

static enum err expire(struct op *op, struct sharing *sharing, const struct facts *facts)
{
  struct entry_of entry = entry_about(ACTION_DISCLOSURE_END, sharing, facts);

  TRY(sharing_end(op, sharing, SHARING_EXPIRED, &facts->child));
  return op_entry(op, &entry);
}

/* `sharing` is filled by its item alone, since it is found no more. */
static enum err forget_words(struct op *op, const struct item *item, const struct facts *facts)
{
  struct sharing sharing = {.id = item->id, .record = item->record, .recipient = item->subject};
  struct entry_of entry = entry_about(ACTION_DISCLOSURE_END, &sharing, facts);
  enum err err = sharing_read(op, &sharing, &facts->child);

  if (err != OK && err != ERR_STALE) return err;
  sharing.until = item->until;
  sharing.mark.is_told = true; /* it is not looked at again */
  TRY(pages_remove(op, &(struct pages){sharing.asked_pages, item->record, &facts->child}));
  TRY(sharing_put(op, &sharing, &facts->child));
  return op_entry(op, &entry);
}

/* One thing at a time: the other is found in the next round. */
static enum err see_to(struct op *op, const struct item *item)
{
  OWNED(audit_secret_wipe) struct audit_secret child = {0};
  struct facts_want want = {.id = item->record, .requester = item->subject};
  struct sharing sharing;
  struct facts facts;
  bool owes;

  TRY(op_begin(op));
  want.today = op_today(op);
  TRY(facts_read(op, &facts, &want));
  if (!facts.is_held) return ERR_ABSENT;
  child = facts.child;
  if (is_past(item, want.today)) return forget_words(op, item, &facts);
  if (!sharing_find(op, &sharing, item->id)) return ERR_ABSENT;
  enum err err = sharing_read(op, &sharing, &child);
  if (err != OK && err != ERR_STALE) return err;
  owes = sharing.mark.is_locating && !sharing.mark.is_told &&
         sharing_shelter(op, sharing.record) > sharing.mark.shelter;
  if (!owes) return expire(op, &sharing, &facts);
  TRY(tell(op, &sharing, &facts));
  return sharing_put(op, &sharing, &child);
}

enum err sent_round(const struct errand_context *context)
{
  struct items due;
  size_t unused = 0;

  TRY(find_due(context, &due));
  for (size_t i = 0; i < due.count && errand_goes_on(context); i++) {
    struct op op = {.reg = context->reg, .reader = context->reader, .arena = context->arena};
    enum err err = see_to(&op, &due.at[i]);

    op_end(&op);
    if (err == OK) err = errand_commit(&op);
    TRY(errand_outcome(context, err, &unused));
  }
  return OK;
}

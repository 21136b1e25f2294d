/* See lead.h. It must never tell the person whom it is about. */
#include "register/lead.h"

#include "base/guard.h"
#include "register/glass.h"
#include "register/notice.h"
#include "register/second.h"

static bool obliges(const struct op *op, const struct asked *asked)
{
  return asked_obliges(op, asked->decision.obligations, STR("notify_safeguarding_lead")) &&
         !glass_is_broken(op, &asked->decision);
}

/* An act is refused to whoever has a conflict before anything is decided of its fields, and the
 * short view to whoever is not assigned. */
static enum notice_kind kind_of(const struct op *op, const struct asked *asked)
{
  if (!asked->facts.is_held) return NOTICE_NONE;
  if (asked->facts.has_conflict) return NOTICE_CONFLICT;
  if (!obliges(op, asked))
    return asked->facts.policy.against_requester == POLICY_YES &&
               !glass_is_broken(op, &asked->decision)
             ? NOTICE_AGAINST_REQUESTER
             : NOTICE_NONE;
  if (asked->request.conflict == POLICY_YES) return NOTICE_CONFLICT;
  return asked->is_refused ? NOTICE_AGAINST_REQUESTER : NOTICE_COURT_ORDER;
}

/* A court order is about who asked for it, whoever of several people sees to it. */
static struct id about(const struct op *op, const struct asked *asked, enum notice_kind kind)
{
  bool is_handled = kind == NOTICE_COURT_ORDER && !id_is_zero(asked->handler);

  return is_handled ? asked->handler : op->actor.account;
}

/* What waits already says the same, of the same person. */
static bool is_told(const struct op *op, const struct notice *notice)
{
  const struct item *item;
  size_t cursor = 0;
  bool found = false;

  index_read(op->reg->index);
  while (!found && (item = index_item_of_record(op->reg->index, notice->record, ITEM_NOTICE,
                                                &cursor)) != NULL)
    found = notice_kind_of(item) == notice->kind && !notice_is_done(item) &&
            second_share_person(op, item->subject, notice->person);
  index_done(op->reg->index);
  return found;
}

enum err lead_tell(struct op *op, const struct asked *asked)
{
  struct notice notice = {.kind = kind_of(op, asked),
                          .record = asked->facts.id,
                          .child = &asked->facts.child,
                          .due = notice_next_working_day(op_today(op))};

  if (notice.kind == NOTICE_NONE || !GUARD(LEADS_TOLD)) return OK;
  notice.person = about(op, asked, notice.kind);
  if (is_told(op, &notice)) return OK;
  if (asked->to.len > 0) TRY(notice_say_to(op, &notice.said, asked->to));
  return notice_put(op, &notice, NULL);
}

/* Making what leaves. It must never be made twice, nor before everybody and everything that the
 * decision waits for has spoken. */
#include "register/releasing.h"

#include <string.h>

#include "register/errands.h"
#include "register/glass.h"
#include "register/lead.h"
#include "register/leaving.h"
#include "register/looking.h"
#include "register/notice.h"
#include "register/openings.h"
#include "register/package.h"
#include "register/pages.h"
#include "register/returned.h"
#include "register/second.h"
#include "register/told.h"

enum { COMPARING_WAIT_US = 4000000 };

/* ---- released ---- */

static enum err keep_content(struct op *op, struct matter *matter, const struct view *view)
{
  struct sharing *sharing = &matter->sharing;
  struct pages pages = {sharing->content_pages, sharing->record, &matter->officer.facts.child};
  struct str content;

  TRY(package_content(op, &content, sharing, view, &matter->recipient));
  hash_sha256(&sharing->content, content.ptr, content.len);
  sharing->content_bytes = (uint32_t)content.len;
  return pages_put(op, &pages, (struct personal){content.ptr, content.len});
}

static void mark_release(const struct op *op, struct matter *matter)
{
  const struct decision *decision = &matter->asked.decision;
  struct fieldset locating = policy_fields_of(reg_policy(op->reg), POLICY_LOCATING);
  struct sharing *sharing = &matter->sharing;

  sharing->granted = decision->granted;
  sharing->mark = (struct sharing_mark){
    .state = SHARING_RELEASED,
    .shelter = sharing_shelter(op, sharing->record),
    .is_locating = !fieldset_is_empty(fieldset_and(decision->granted, locating)),
  };
  returned_mark(op, &sharing->mark, decision->obligations);
  sharing_set_expiry(op, sharing, decision->obligations);
}

/* Everything asked for is decided and nothing waits: the content is made, and the decision's entry
 * names what is in it. */
static enum err release(struct op *op, struct matter *matter, const struct view *view,
                        enum action action)
{
  struct sharing *sharing = &matter->sharing;
  uint16_t rules[AUDIT_RULES_MAX];
  struct entry_of entry;

  mark_release(op, matter);
  TRY(second_done(op, sharing->id));
  TRY(package_announce(op, &sharing->key_generation));
  TRY(keep_content(op, matter, view));
  matter_entry(op, &entry, action, matter);
  view_entry(&entry, op, view, rules);
  entry.approvals = sharing->approvals_needed;
  TRY(op_entry(op, &entry));
  evidence_place(op, &sharing->decision);
  TRY(glass_tell(op, &matter->asked, sharing->ask.necessity, matter->recipient.name));
  TRY(lead_tell(op, &matter->asked));
  TRY(looking_begin(op, matter));
  return sharing_put(op, sharing, &matter->officer.facts.child);
}

static enum err release_now(struct op *op, struct matter *matter, enum action action)
{
  struct view view;

  TRY(view_open(op, &view, &matter->asked, matter->sharing.recipient));
  return release(op, matter, &view, action);
}

/* ---- waiting ---- */

static enum err wait_on(struct op *op, struct matter *matter, enum action action,
                        enum sharing_state state)
{
  struct sharing *sharing = &matter->sharing;
  struct entry_of entry;

  sharing->mark.state = state;
  matter_entry(op, &entry, action, matter);
  matter_entry_child(&entry, matter);
  entry.outcome = OUTCOME_PENDING;
  entry.rules = matter->asked.decision.pending_rules;
  entry.rule_count = matter->asked.decision.pending_count;
  TRY(op_entry(op, &entry));
  TRY(lead_tell(op, &matter->asked));
  if (state == SHARING_PENDING)
    TRY(second_begin(op, sharing->id, sharing->record));
  else
    TRY(second_done(op, sharing->id));
  return sharing_put(op, sharing, &matter->officer.facts.child);
}

/* ---- compared by the custodian, then released ---- */

struct comparing {
  struct late late;
  struct id disclosure;
  enum action action;
  int status;                                  /* of the answer once it is released */
  uint64_t record_version, protection_version; /* that the custodian's word is about */
  struct leaving leaving;
};

/* A request of its own, in the same name. */
static struct op again(const struct op *first, const struct opening_context *context)
{
  return (struct op){.reg = first->reg,
                     .reader = context->reader,
                     .arena = first->arena,
                     .lang = first->lang,
                     .actor = first->actor};
}

/* Decided anew, from the start. */
static enum err find(struct op *op, struct comparing *comparing, struct matter **ret_matter,
                     bool *ret_goes_on)
{
  struct matter *matter;
  bool found;

  TRY(op_begin(op));
  TRY(matter_find(op, &matter, comparing->disclosure, &found));
  *ret_goes_on = found && matter->sharing.mark.state == SHARING_COMPARING &&
                 !matter->asked.is_refused && matter->asked.decision.pending_count == 0;
  *ret_matter = matter;
  return OK;
}

static enum err open_all(struct op *op, struct comparing *comparing, bool *ret_goes_on)
{
  struct matter *matter;

  TRY(find(op, comparing, &matter, ret_goes_on));
  if (!*ret_goes_on) return OK;
  comparing->record_version = matter->asked.facts.head.version;
  comparing->protection_version = op->commit->protection_version;
  return leaving_open(op, &comparing->leaving, &matter->asked, matter->sharing.recipient);
}

/* Tells the leads of what was held back, in the commit of the release; nobody else is told, because
 * the officer may have typed the text to learn whether it is protected. */
static enum err tell_held_back(struct op *op, const struct leaving *leaving,
                               const struct matter *matter)
{
  struct notice notice = {.kind = NOTICE_TEXT_HELD_BACK,
                          .person = op->actor.account,
                          .record = matter->asked.facts.id,
                          .child = &matter->asked.facts.child,
                          .due = notice_next_working_day(op_today(op))};

  if (fieldset_is_empty(leaving->held_back)) return OK;
  TRY(notice_say_to(op, &notice.said, matter->recipient.name));
  return notice_put(op, &notice, NULL);
}

/* On the very row and protection that the custodian was asked about, or not at all. */
static enum err release_compared(struct op *op, struct comparing *comparing, bool *ret_goes_on)
{
  struct leaving *leaving = &comparing->leaving;
  struct fieldset opened = leaving->view.asked->decision.granted;
  struct matter *matter;

  TRY(find(op, comparing, &matter, ret_goes_on));
  if (!*ret_goes_on) return OK;
  if (matter->asked.facts.head.version != comparing->record_version ||
      op->commit->protection_version != comparing->protection_version ||
      !fieldset_equal(matter->asked.decision.granted, opened))
    return ERR_MOVED;
  leaving->view.asked = &matter->asked;
  leaving_settle(op, leaving, &matter->asked);
  TRY(release(op, matter, &leaving->view, comparing->action));
  TRY(tell_held_back(op, leaving, matter));
  return told_answer(op, matter, comparing->status);
}

static enum err compare(struct op *first, struct comparing *comparing,
                        const struct opening_context *context)
{
  struct op reading = again(first, context), writing = again(first, context);
  bool goes_on = false;
  enum err err = open_all(&reading, comparing, &goes_on);

  op_end(&reading);
  TRY(err);
  if (!goes_on) return OK;
  TRY(leaving_ask(&comparing->leaving, context->custodian, context->pace, first));
  err = release_compared(&writing, comparing, &goes_on);
  op_end(&writing);
  TRY(err);
  if (!goes_on) return OK;
  TRY(errand_commit_asked(&writing));
  memcpy(writing.answer.location, first->answer.location, sizeof writing.answer.location);
  first->answer = writing.answer;
  return OK;
}

static bool is_over(const struct op *op, const struct comparing *comparing)
{
  const struct outside *outside = &op->reg->outside;

  return outside->mono_us(outside->self) > comparing->late.until_us;
}

/* Until the custodian knows everything. Where it cannot be asked, or something moved meanwhile, the
 * answer is that of the first commit: in comparison, and nothing has left. */
static enum err run(void *self, struct op *op, const struct opening_context *context)
{
  struct comparing *comparing = self;
  enum err err;

  op->answer.on_tick = true; /* whatever is found, and however long its release takes */
  if (context->custodian == NULL) return OK;
  if (!errands_all_told(op->reg->errands, op->reg->index))
    return is_over(op, comparing) ? OK : ERR_STALE;
  err = compare(op, comparing, context);
  op->answer.on_tick = true;
  return err == ERR_MOVED || err == ERR_CUSTODIAN || custodian_has_refused(err) ? OK : err;
}

static enum err compare_after(struct op *op, const struct matter *matter, enum action action,
                              int status)
{
  struct comparing *comparing = arena_take(op->arena, sizeof *comparing);

  if (comparing == NULL) return ERR_MEMORY;
  *comparing =
    (struct comparing){.disclosure = matter->sharing.id, .action = action, .status = status};
  comparing->late =
    (struct late){.is_headless = true, .wait_us = COMPARING_WAIT_US, .run = run, .self = comparing};
  openings_after(op, &comparing->late);
  return OK;
}

/* ---- settling ---- */

enum err releasing_settle(struct op *op, struct matter *matter, enum action action)
{
  sharing_decided(op, &matter->sharing);
  if (matter->asked.decision.pending_count > 0) return wait_on(op, matter, action, SHARING_PENDING);
  /* In imminent danger nothing waits for a comparison; it is told, and reviewed. */
  if (!leaving_has_text(op, &matter->asked) || glass_is_broken(op, &matter->asked.decision))
    return release_now(op, matter, action);
  TRY(wait_on(op, matter, action, SHARING_COMPARING));
  return compare_after(op, matter, action, action == ACTION_DISCLOSURE ? 201 : 200);
}

enum err releasing_resume(struct op *op, struct matter *matter)
{
  if (matter->sharing.mark.state != SHARING_COMPARING) return OK;
  return compare_after(op, matter, ACTION_DISCLOSURE, 200);
}

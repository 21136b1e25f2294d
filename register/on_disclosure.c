/* Disclosure: two parties. The recipient, a row that two people approved, is the
 * policy's actor; the handler is the officer who is signed in, free of conflict and in charge of
 * the child, or gets the generic answer. What is pending waits for people whom the rule names, and
 * is then decided again from the start. releasing.c makes what leaves; on_package.c lets it go. */
#include <stdio.h>

#include "base/guard.h"
#include "crypto/age.h"
#include "register/matter.h"
#include "register/once.h"
#include "register/pages.h"
#include "register/releasing.h"
#include "register/second.h"
#include "register/seen.h"
#include "register/told.h"
#include "register/view.h"
#include "register/weighing.h"

/* What was asked, in the caller's own words, beside the decision: for whoever has to answer for it
 * later. */
static enum err keep_words(struct op *op, struct matter *matter)
{
  struct pages pages = {matter->sharing.asked_pages, matter->sharing.record,
                        &matter->officer.facts.child};
  struct str text;
  struct json json;

  json_start(&json, op->arena, 2048);
  json_object_start(&json);
  weighing_write(&json, op, &matter->sharing.ask);
  json_object_end(&json);
  TRY(json_done(&json, &text));
  return pages_put(op, &pages, (struct personal){text.ptr, text.len});
}

/* ---- asking ---- */

static enum err body_hash(const struct op *op, struct hash *ret_hash, const struct disclosure *in)
{
  const struct policy_request *said = &in->ask.said;
  struct str words;
  struct json json;

  *ret_hash = (struct hash){{0}};
  once_feed(op, ret_hash, in->id.b, ID_BYTES);
  once_feed(op, ret_hash, in->recipient.b, ID_BYTES);
  once_feed(op, ret_hash, &said->purposes, sizeof said->purposes);
  once_feed(op, ret_hash, &said->asked, sizeof said->asked);
  once_feed(op, ret_hash, &said->basis, sizeof said->basis);
  once_feed(op, ret_hash, &said->urgency, sizeof said->urgency);
  once_feed(op, ret_hash, &said->has_special_condition, sizeof said->has_special_condition);
  once_feed(op, ret_hash, &said->order_fields, sizeof said->order_fields);
  once_feed(op, ret_hash, &in->expiry, sizeof in->expiry);
  once_feed(op, ret_hash, &in->means, sizeof in->means);
  json_start(&json, op->arena, 2048);
  json_object_start(&json);
  weighing_write(&json, op, &in->ask);
  json_object_end(&json);
  TRY(json_done(&json, &words));
  once_feed(op, ret_hash, words.ptr, words.len);
  return OK;
}

static enum err make(struct op *op, struct matter *matter, const struct disclosure *in)
{
  struct sharing *sharing = &matter->sharing;
  char digits[2 * ID_BYTES + 1] = {0};
  struct once once;
  struct hash body;

  TRY(body_hash(op, &body, in));
  TRY(once_begin(op, &once, ACTION_DISCLOSURE, &body));
  if (once.is_replay) return disclosure_get(op, once.made);
  sharing->wanted = in->expiry;
  sharing->review_by = in->ask.weighing == NULL ? DAY_NONE : in->ask.weighing->review_by;
  sharing->id = op_random_id(op);
  sharing->asked_pages = op_random_id(op);
  sharing->content_pages = op_random_id(op);
  sharing->until = (struct day){op_today(op).number + SHARING_DAYS};
  sharing->approvals_needed = (uint32_t)matter->asked.decision.pending_count;
  TRY(keep_words(op, matter));
  TRY(once_done(op, &once, sharing->id));
  TRY(releasing_settle(op, matter, ACTION_DISCLOSURE));
  hex_write(digits, sharing->id.b, ID_BYTES);
  (void)snprintf(op->answer.location, sizeof op->answer.location, "/v1/disclosures/%s", digits);
  return told_answer(op, matter, sharing->mark.state == SHARING_RELEASED ? 201 : 202);
}

enum err disclosure_make(struct op *op, const struct disclosure *in)
{
  struct matter *matter;
  bool goes_on;

  TRY(matter_ask(op, &matter, &goes_on, in, ACTION_DISCLOSURE));
  if (in->expiry.us != 0 && in->expiry.us <= op->commit->request.at.us) return ERR_INPUT;
  if (goes_on && in->means != MEANS_PACKAGE) {
    struct problem why;

    TRY(seen_why_not(op, &why, matter));
    if (why.detail != TEXT_NONE) return matter_refuse(op, matter, ACTION_DISCLOSURE, &why);
  }
  return goes_on ? make(op, matter, in) : OK;
}

/* ---- who may see it ---- */

static bool has_spoken(const struct op *op, const struct sharing *sharing)
{
  for (size_t i = 0; i < sharing->approval_count; i++)
    if (id_equal(sharing->approvals[i].account, op->actor.account)) return true;
  return false;
}

static bool may_recall(const struct op *op, const struct matter *matter)
{
  return sharing_has_left(matter->sharing.mark.state) &&
         (matter_is_handler(op, matter) || matter_may_handle(op, matter));
}

/* Of those who may know of the child (matter_find): the one who asked, whom a rule names, and who
 * may recall it. */
static bool may_see(const struct op *op, const struct matter *matter)
{
  return matter_is_handler(op, matter) || has_spoken(op, &matter->sharing) ||
         matter_approver(op, matter).role != POLICY_NO_WORD || may_recall(op, matter);
}

/* To the handler of what was released, with a ticket for what lies in custody: sealed by the
 * custodian to the recipient. */
static enum err answer_released(struct op *op, const struct matter *matter, struct entry_of *entry)
{
  uint16_t rules[AUDIT_RULES_MAX];
  struct view_ticket *ticket = NULL;
  struct age_recipient to;
  struct view view;
  struct json json;
  bool has_file = matter->sharing.means == MEANS_PACKAGE;

  if (has_file) TRY(age_recipient_parse(&to, matter->recipient.age_key));
  view_custody(op, &view, &matter->asked);
  json_start(&json, op->arena, 2048);
  json_object_start(&json);
  told_state(&json, op, matter);
  TRY(told_write(&json, op, matter));
  JSON_KEY(&json, "package"); /* it can be fetched */
  json_bool(&json, has_file);
  if (has_file) TRY(view_write_ticket(&json, op, &view, to.point, &ticket));
  json_object_end(&json);
  TRY(reply_json(op, &json, 200));
  view_entry(entry, op, &view, rules);
  entry->approvals = matter->sharing.approvals_needed;
  view_bind_ticket(op, ticket, &json);
  TRY(op_entry(op, entry));
  op_end(op);
  return OK;
}

static enum err answer_state(struct op *op, const struct matter *matter)
{
  struct json json;

  json_start(&json, op->arena, 4096);
  json_object_start(&json);
  told_state(&json, op, matter);
  TRY(told_write(&json, op, matter));
  json_object_end(&json);
  op_end(op);
  return reply_json(op, &json, 200);
}

enum err disclosure_get(struct op *op, struct id disclosure)
{
  struct matter *matter;
  struct entry_of entry;
  bool found;

  TRY(op_begin(op));
  TRY(matter_find(op, &matter, disclosure, &found));
  if (!found || !may_see(op, matter)) return matter_generic(op, matter, ACTION_DISCLOSURE_STATE);
  matter_entry(op, &entry, ACTION_DISCLOSURE_STATE, matter);
  matter_entry_child(&entry, matter);
  if (sharing_why_not(op, &matter->sharing) == TEXT_NONE &&
      recipient_why_not(&matter->recipient) == TEXT_NONE && matter_is_handler(op, matter) &&
      matter_still_holds(matter))
    return answer_released(op, matter, &entry);
  TRY(op_entry(op, &entry));
  return answer_state(op, matter);
}

enum err disclosure_compare(struct op *op, struct id disclosure)
{
  struct matter *matter;
  struct entry_of entry;
  bool found;

  TRY(op_begin(op));
  TRY(matter_find(op, &matter, disclosure, &found));
  if (!found || !matter_is_handler(op, matter) || !matter_may_handle(op, matter))
    return matter_generic(op, matter, ACTION_DISCLOSURE_STATE);
  matter_entry(op, &entry, ACTION_DISCLOSURE_STATE, matter);
  matter_entry_child(&entry, matter);
  TRY(op_entry(op, &entry));
  TRY(releasing_resume(op, matter));
  return told_answer(op, matter, 200);
}

/* ---- agreeing ---- */

static enum err turn_down(struct op *op, struct matter *matter)
{
  struct entry_of entry;

  matter->sharing.mark.state = SHARING_REFUSED;
  matter_entry(op, &entry, ACTION_DISCLOSURE_APPROVAL, matter);
  matter_entry_child(&entry, matter);
  entry.outcome = OUTCOME_REFUSED;
  TRY(op_entry(op, &entry));
  TRY(second_done(op, matter->sharing.id));
  TRY(sharing_put(op, &matter->sharing, &matter->officer.facts.child));
  return told_answer(op, matter, 200);
}

static enum err agree(struct op *op, struct matter *matter, const struct approver *by, bool approve,
                      const struct once *once)
{
  struct sharing *sharing = &matter->sharing;

  if (sharing->approval_count == POLICY_APPROVALS_MAX)
    return matter_refuse(
      op, matter, ACTION_DISCLOSURE_APPROVAL,
      &(struct problem){.err = ERR_CONFLICT, .detail = TEXT_SAFETY_DISCLOSURE_OVER});
  matter->deputy_for = by->deputy_for;
  sharing->approvals[sharing->approval_count++] =
    (struct sharing_approval){.account = op->actor.account,
                              .deputy_for = by->deputy_for,
                              .role = by->role,
                              .agrees = approve};
  TRY(once_done(op, once, sharing->id));
  if (!approve) return turn_down(op, matter);
  TRY(matter_decide(op, matter));
  if (matter->asked.is_refused)
    return reply_refused(op, &matter->asked, ACTION_DISCLOSURE_APPROVAL, &sharing->ask);
  TRY(releasing_settle(op, matter, ACTION_DISCLOSURE_APPROVAL));
  return told_answer(op, matter, 200);
}

/* The handler may have come into a conflict since asking: then nothing is released in their name.
 */
static enum err handler_stands(struct op *op, const struct matter *matter, bool *ret_stands)
{
  struct facts_want want = {
    .id = matter->sharing.record, .requester = matter->sharing.handler, .today = op_today(op)};
  struct facts facts;

  TRY(facts_read(op, &facts, &want));
  *ret_stands = !facts.has_conflict;
  audit_secret_wipe(&facts.child);
  return OK;
}

enum err disclosure_approve(struct op *op, struct id disclosure, bool approve)
{
  const enum action action = ACTION_DISCLOSURE_APPROVAL;
  struct hash body = {{0}};
  struct matter *matter;
  bool found, stands = false;
  struct approver by;
  struct once once;

  TRY(op_begin(op));
  once_feed(op, &body, disclosure.b, ID_BYTES);
  once_feed(op, &body, &approve, sizeof approve);
  TRY(once_begin(op, &once, action, &body));
  if (once.is_replay) return disclosure_get(op, disclosure); /* its state, decided anew */
  TRY(matter_find(op, &matter, disclosure, &found));
  if (found) TRY(handler_stands(op, matter, &stands));
  if (!found || !may_see(op, matter)) return matter_generic(op, matter, action);
  if (second_is(op, matter->sharing.handler) && GUARD(NO_SELF_APPROVAL))
    return matter_refuse(
      op, matter, action,
      &(struct problem){.err = ERR_CONFLICT, .detail = TEXT_SAFETY_ANOTHER_PERSON});
  if (approve && second_is_same_browser(op, disclosure))
    return matter_refuse(
      op, matter, action,
      &(struct problem){.err = ERR_CONFLICT, .detail = TEXT_SAFETY_SAME_BROWSER});
  if (matter->sharing.mark.state != SHARING_PENDING || !stands)
    return matter_refuse(
      op, matter, action,
      &(struct problem){.err = ERR_CONFLICT, .detail = TEXT_SAFETY_DISCLOSURE_OVER});
  by = matter_approver(op, matter);
  if (by.role == POLICY_NO_WORD)
    return matter_refuse(
      op, matter, action,
      &(struct problem){.err = ERR_REFUSED, .detail = TEXT_SAFETY_NOT_AN_APPROVER});
  if (matter_has_spoken(op, matter))
    return matter_refuse(op, matter, action,
                         &(struct problem){.err = ERR_CONFLICT, .detail = TEXT_SAFETY_ONE_WORD});
  return agree(op, matter, &by, approve, &once);
}

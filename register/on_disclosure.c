/* Disclosure: two parties (design D11). The recipient, a row that two people approved, is the policy's actor; the handler is
 * the officer who is signed in, free of conflict and in charge of the child, or gets the generic answer. What is pending
 * waits for people whom the rule names, and is then decided again from the start. What is released is made once, kept,
 * and leaves as an age file that its recipient alone can open; each fetch is an entry of its own. */
#include <stdio.h>
#include <string.h>

#include "base/guard.h"
#include "register/once.h"
#include "register/openings.h"
#include "register/package.h"
#include "register/pages.h"
#include "register/reply.h"

enum { PUBLISHED_WAIT_US = 15000000 };
#define DAY_US (INT64_C(24) * 3600 * 1000000)

/* A disclosure on its way: what is known of handler, recipient and child. */
struct matter {
  struct sharing sharing;
  struct recipient_row recipient;
  struct asked handler; /* as an officer of the authority towards the child */
  struct asked asked;   /* as the recipient's */
};

/* ---- the handler ---- */

static uint64_t all_purposes(const struct op *op)
{
  return (UINT64_C(2) << policy_word_count(reg_policy(op->reg), POLICY_PURPOSE)) - 2;
}

static bool may_disclose(const struct op *op, uint8_t relation, uint8_t *ret_role)
{
  struct act_asked act = {.act = "disclose", .purposes = all_purposes(op), .relation = relation};

  return asked_act(op, &act, ret_role).allowed;
}

/* A role that reads on the footing of the authority's staff alone, as the safeguarding lead's does. */
static bool has_own_footing(const struct op *op)
{
  const struct policy *policy = reg_policy(op->reg);

  for (uint64_t roles = op->actor.roles; roles != 0; roles &= roles - 1)
    for (uint64_t left = all_purposes(op); left != 0; left &= left - 1)
      if (!fieldset_is_empty(policy_reach(policy, (uint8_t)__builtin_ctzll(roles), asked_own_la(op),
                                          (uint8_t)__builtin_ctzll(left))))
        return true;
  return false;
}

/* How somebody signed in stands to the child; the same work for every id. */
static enum err look_up(struct op *op, struct asked *ret_asked, struct id record)
{
  struct ask ask = {
    .said = {.purposes = POLICY_BIT(policy_word(reg_policy(op->reg), POLICY_PURPOSE, STR("safeguarding_enquiry")))}};

  *ret_asked = (struct asked){0};
  asked_request(op, ret_asked, &ask);
  ret_asked->is_refused = false; /* an act is no reading: its rule has been asked */
  return asked_decide(op, ret_asked, record, op->actor.account);
}

/* Held, not hidden from this person, and without a conflict. */
static bool may_know(const struct op *op, const struct asked *asked)
{
  if (!asked->facts.is_held || asked->facts.has_conflict) return false;
  if (asked->facts.safety.level != LEVEL_HIDDEN || !GUARD(HIDDEN_IS_ABSENT)) return true;
  return policy_in_circle(reg_policy(op->reg), &asked->request, &asked->facts.policy);
}

static bool may_handle(const struct op *op, const struct asked *asked)
{
  const struct facts *facts = &asked->facts;
  bool is_related = facts->relation != RELATION_NONE && facts->relation_word != POLICY_NO_WORD;
  uint8_t role;

  if (!may_know(op, asked)) return false;
  if (facts->is_named_worker || has_own_footing(op)) return true;
  return is_related && may_disclose(op, facts->relation_word, &role);
}

/* ---- entries and answers ---- */

static void entry_of_matter(const struct op *op, struct entry_of *ret_entry, enum action action,
                            const struct matter *matter)
{
  asked_entry(op, ret_entry, action, &matter->asked, &matter->sharing.ask);
  ret_entry->recipients[0] = matter->sharing.recipient;
  ret_entry->recipients[1] = matter->sharing.handler;
  ret_entry->approvals = matter->sharing.approvals_needed;
}

static void entry_about_child(struct entry_of *entry, const struct matter *matter)
{
  entry->child = &matter->handler.facts.child;
  entry->record = matter->sharing.record;
  entry->version = matter->handler.facts.head.version;
}

static enum err refuse(struct op *op, const struct matter *matter, enum action action, enum err err,
                       enum text_id detail)
{
  struct entry_of entry;

  entry_of_matter(op, &entry, action, matter);
  entry.outcome = OUTCOME_REFUSED;
  return reply_problem(op, &(struct problem){.err = err, .detail = detail}, &entry);
}

static enum err generic(struct op *op, const struct matter *matter, enum action action)
{
  struct entry_of entry;

  entry_of_matter(op, &entry, action, matter);
  return reply_generic(op, &entry);
}

static struct str state_name(enum sharing_state state)
{
  switch (state) {
  case SHARING_PENDING:
    return STR("pending");
  case SHARING_RELEASED:
    return STR("released");
  case SHARING_REFUSED:
    return STR("refused");
  }
  return STR("");
}

/* Into an open object: what the handler and approvers are told. Values never. */
static void write_matter(struct json *json, struct op *op, const struct matter *matter)
{
  const struct sharing *sharing = &matter->sharing;

  JSON_KEY(json, "disclosure"), json_hex(json, sharing->id.b, ID_BYTES);
  JSON_KEY(json, "state"), json_str(json, state_name(sharing->state));
  JSON_KEY(json, "recipient"), json_hex(json, sharing->recipient.b, ID_BYTES);
  JSON_KEY(json, "policy"), json_hex(json, op->reg->policy_version, POLICY_VERSION_BYTES);
  view_write_refusals(json, op, &matter->asked);
  view_write_obligations(json, op, matter->asked.decision.obligations);
  JSON_KEY(json, "agreed"), json_int(json, (int64_t)sharing->approval_count);
  if (sharing->state == SHARING_PENDING) {
    JSON_KEY(json, "waits"), json_str(json, text_get(TEXT_SAFETY_DISCLOSURE_WAITS, op->lang));
  }
}

static enum err answer(struct op *op, const struct matter *matter, int status)
{
  char digits[2 * ID_BYTES + 1] = {0};
  struct json json;

  hex_write(digits, matter->sharing.id.b, ID_BYTES);
  json_start(&json, op->arena, 2048);
  json_object_start(&json);
  write_matter(&json, op, matter);
  json_object_end(&json);
  (void)snprintf(op->answer.location, sizeof op->answer.location, "/v1/disclosures/%s", digits);
  op_end(op);
  return reply_json(op, &json, status);
}

/* ---- deciding ---- */

/* The recipient's request, with the approvals given so far: steps 1 and 2. False: refused, whoever the child is. */
static bool request_is_sound(const struct op *op, struct matter *matter)
{
  matter->asked = (struct asked){0};
  sharing_request(op, &matter->asked, &matter->sharing, matter->recipient.role);
  return !matter->asked.is_refused;
}

static bool is_waiting(const struct decision *decision)
{
  return decision->pending_count > 0;
}

/* What was asked, in the caller's own words, beside the decision: for whoever has to answer for it later. */
static enum err keep_words(struct op *op, struct matter *matter)
{
  const struct ask *ask = &matter->sharing.ask;
  struct pages pages = {matter->sharing.asked_pages, matter->sharing.record, &matter->handler.facts.child};
  struct str text;
  struct json json;

  json_start(&json, op->arena, 2048);
  json_object_start(&json);
  JSON_KEY(&json, "basis"), json_personal(&json, ask->basis_text);
  JSON_KEY(&json, "necessity"), json_personal(&json, ask->necessity);
  JSON_KEY(&json, "alternatives"), json_array_start(&json);
  for (size_t i = 0; i < ask->alternative_count; i++) json_personal(&json, ask->alternatives[i]);
  json_array_end(&json);
  json_object_end(&json);
  TRY(json_done(&json, &text));
  return pages_put(op, &pages, (struct personal){text.ptr, text.len});
}

static enum err keep_content(struct op *op, struct matter *matter, const struct view *view)
{
  struct sharing *sharing = &matter->sharing;
  struct pages pages = {sharing->content_pages, sharing->record, &matter->handler.facts.child};
  struct str content;

  TRY(package_content(op, &content, sharing, view, &matter->recipient));
  hash_sha256(&sharing->content, content.ptr, content.len);
  sharing->content_bytes = (uint32_t)content.len;
  return pages_put(op, &pages, (struct personal){content.ptr, content.len});
}

/* Everything asked for is decided and nothing waits: the content is made, and the decision's entry names what is in it. */
static enum err release(struct op *op, struct matter *matter, enum action action)
{
  struct sharing *sharing = &matter->sharing;
  uint16_t rules[AUDIT_RULES_MAX];
  struct entry_of entry;
  struct view view;

  sharing->state = SHARING_RELEASED;
  sharing->granted = matter->asked.decision.granted;
  sharing->expiry.us = op->commit->request.at.us / 1000000 * 1000000 + SHARING_DAYS * DAY_US;
  sharing->until = (struct day){op_today(op).number + SHARING_DAYS};
  TRY(package_announce(op, &sharing->key_generation));
  TRY(view_open(op, &view, &matter->asked, sharing->recipient));
  TRY(keep_content(op, matter, &view));
  entry_of_matter(op, &entry, action, matter);
  view_entry(&entry, op, &view, rules);
  entry.approvals = sharing->approvals_needed;
  TRY(op_entry(op, &entry));
  evidence_place(op, &sharing->decision);
  return sharing_put(op, sharing, &matter->handler.facts.child);
}

static enum err wait_on(struct op *op, struct matter *matter, enum action action)
{
  struct sharing *sharing = &matter->sharing;
  struct entry_of entry;

  sharing->state = SHARING_PENDING;
  entry_of_matter(op, &entry, action, matter);
  entry_about_child(&entry, matter);
  entry.outcome = OUTCOME_PENDING;
  entry.rules = matter->asked.decision.pending_rules;
  entry.rule_count = matter->asked.decision.pending_count;
  TRY(op_entry(op, &entry));
  return sharing_put(op, sharing, &matter->handler.facts.child);
}

/* After a decision that refuses nothing as a whole: released, or waiting. */
static enum err settle(struct op *op, struct matter *matter, enum action action)
{
  if (is_waiting(&matter->asked.decision)) {
    TRY(wait_on(op, matter, action));
    return answer(op, matter, 202);
  }
  TRY(release(op, matter, action));
  return answer(op, matter, 201);
}

/* ---- asking ---- */

static void body_hash(const struct op *op, struct hash *ret_hash, const struct disclosure *in)
{
  const struct policy_request *said = &in->ask.said;

  *ret_hash = (struct hash){{0}};
  once_feed(op, ret_hash, in->id.b, ID_BYTES);
  once_feed(op, ret_hash, in->recipient.b, ID_BYTES);
  once_feed(op, ret_hash, &said->purposes, sizeof said->purposes);
  once_feed(op, ret_hash, &said->asked, sizeof said->asked);
  once_feed(op, ret_hash, &said->basis, sizeof said->basis);
  once_feed(op, ret_hash, in->ask.necessity.ptr, in->ask.necessity.len);
}

/* Who it is for: a row of the register, whatever the child. False: answered. */
static enum err find_recipient(struct op *op, struct matter *matter, bool *ret_goes_on)
{
  enum err err = recipient_read(op, &matter->recipient, matter->sharing.recipient);
  enum text_id why = TEXT_NONE;

  if (err != OK && err != ERR_ABSENT) return err;
  if (err == ERR_ABSENT) why = TEXT_SAFETY_NO_RECIPIENT;
  else if (!matter->recipient.is_approved) why = TEXT_SAFETY_RECIPIENT_WAITS;
  else if (matter->recipient.age_key.len == 0) why = TEXT_SAFETY_NO_KEY;
  *ret_goes_on = why == TEXT_NONE;
  return *ret_goes_on ? OK : refuse(op, matter, ACTION_DISCLOSURE, err == ERR_ABSENT ? ERR_INPUT : ERR_CONFLICT, why);
}

static enum err make(struct op *op, struct matter *matter, const struct disclosure *in)
{
  struct sharing *sharing = &matter->sharing;
  struct once once;
  struct hash body;

  body_hash(op, &body, in);
  TRY(once_begin(op, &once, ACTION_DISCLOSURE, &body));
  if (once.is_replay) return disclosure_get(op, once.made);
  sharing->id = op_random_id(op);
  sharing->asked_pages = op_random_id(op);
  sharing->content_pages = op_random_id(op);
  sharing->until = (struct day){op_today(op).number + SHARING_DAYS};
  sharing->approvals_needed = (uint32_t)matter->asked.decision.pending_count;
  TRY(keep_words(op, matter));
  TRY(once_done(op, &once, sharing->id));
  return settle(op, matter, ACTION_DISCLOSURE);
}

enum err disclosure_make(struct op *op, const struct disclosure *in)
{
  struct matter *matter;
  bool goes_on;
  uint8_t role;

  TRY(op_begin(op));
  if (fieldset_is_empty(in->ask.said.asked)) return ERR_INPUT;
  matter = arena_take(op->arena, sizeof *matter);
  if (matter == NULL) return ERR_MEMORY;
  matter->sharing = (struct sharing){
    .record = in->id, .recipient = in->recipient, .handler = op->actor.account, .ask = in->ask};
  matter->sharing.ask.said.has_necessity = in->ask.necessity.len > 0;
  matter->sharing.ask.said.has_alternative = in->ask.alternative_count > 0;
  if (!may_disclose(op, POLICY_NO_WORD, &role)) return reply_no_act(op, ACTION_DISCLOSURE, in->ask.said.purposes);
  TRY(find_recipient(op, matter, &goes_on));
  if (!goes_on) return OK;
  if (!request_is_sound(op, matter)) return reply_refused(op, &matter->asked, ACTION_DISCLOSURE, &in->ask);
  TRY(look_up(op, &matter->handler, in->id));
  TRY(asked_decide(op, &matter->asked, in->id, in->recipient));
  if (!may_handle(op, &matter->handler)) return generic(op, matter, ACTION_DISCLOSURE);
  if (matter->asked.is_refused) return reply_refused(op, &matter->asked, ACTION_DISCLOSURE, &in->ask);
  return make(op, matter, in);
}

/* ---- an existing one ---- */

/* Reads a disclosure for whoever asks, on one path for every id. *ret_found: there is one, of a child that is held. The
 * caller decides whether this person may know of it. */
static enum err find(struct op *op, struct matter **ret_matter, struct id id, bool *ret_found)
{
  struct matter *matter = arena_take(op->arena, sizeof *matter);
  struct sharing *sharing;

  if (matter == NULL) return ERR_MEMORY;
  *ret_matter = matter;
  sharing = &matter->sharing;
  *ret_found = sharing_find(op, sharing, id);
  TRY(look_up(op, &matter->handler, sharing->record));
  *ret_found = *ret_found && matter->handler.facts.is_held;
  if (!*ret_found) return OK;
  enum err err = sharing_read(op, sharing, &matter->handler.facts.child);
  if (err == ERR_STALE) *ret_found = false; /* another policy is in force: it counts no more */
  if (err != OK) return err == ERR_STALE ? OK : err;
  err = recipient_read(op, &matter->recipient, sharing->recipient);
  *ret_found = err == OK;
  return err == ERR_ABSENT ? OK : err;
}

/* Decides again, from the start. */
static enum err decide_again(struct op *op, struct matter *matter)
{
  if (!request_is_sound(op, matter)) return OK;
  return asked_decide(op, &matter->asked, matter->sharing.record, matter->sharing.recipient);
}

/* A role of this person's that a rule still waiting accepts; POLICY_NO_WORD: none. */
static uint8_t approver_role(const struct op *op, const struct decision *decision)
{
  for (size_t i = 0; i < decision->pending_count; i++) {
    uint64_t roles = policy_rule_approvers(reg_policy(op->reg), decision->pending_rules[i]) & op->actor.roles;

    if (roles != 0) return (uint8_t)__builtin_ctzll(roles);
  }
  return POLICY_NO_WORD;
}

static bool is_handler(const struct op *op, const struct matter *matter)
{
  return id_equal(matter->sharing.handler, op->actor.account);
}

static bool has_spoken(const struct op *op, const struct sharing *sharing)
{
  for (size_t i = 0; i < sharing->approval_count; i++)
    if (id_equal(sharing->approvals[i].account, op->actor.account)) return true;
  return false;
}

/* The one who asked, and those whom a rule names; nobody with a conflict. */
static bool may_see(const struct op *op, const struct matter *matter)
{
  if (matter->handler.facts.has_conflict) return false;
  if (is_handler(op, matter)) return may_know(op, &matter->handler);
  if (has_spoken(op, &matter->sharing)) return true;
  return approver_role(op, &matter->asked.decision) != POLICY_NO_WORD;
}

/* What was decided may still leave: each field of it would be granted today. */
static bool still_holds(const struct matter *matter)
{
  const struct sharing *sharing = &matter->sharing;

  return !matter->asked.is_refused &&
         fieldset_is_empty(fieldset_less(sharing->granted, matter->asked.decision.granted));
}

/* To the handler of what was released, with a ticket for what lies in custody: sealed by the custodian to the recipient. */
static enum err answer_released(struct op *op, const struct matter *matter, struct entry_of *entry)
{
  uint16_t rules[AUDIT_RULES_MAX];
  struct view_ticket *ticket;
  struct age_recipient to;
  struct view view;
  struct json json;

  TRY(age_recipient_parse(&to, matter->recipient.age_key));
  view_custody(op, &view, &matter->asked);
  json_start(&json, op->arena, 2048);
  json_object_start(&json);
  write_matter(&json, op, matter);
  TRY(view_write_ticket(&json, op, &view, to.point, &ticket));
  json_object_end(&json);
  TRY(reply_json(op, &json, 200));
  view_entry(entry, op, &view, rules);
  entry->approvals = matter->sharing.approvals_needed;
  view_bind_ticket(op, ticket, &json);
  TRY(op_entry(op, entry));
  op_end(op);
  return OK;
}

enum err disclosure_get(struct op *op, struct id disclosure)
{
  struct matter *matter;
  struct entry_of entry;
  bool found;

  TRY(op_begin(op));
  TRY(find(op, &matter, disclosure, &found));
  if (found) TRY(decide_again(op, matter));
  if (!found || !may_see(op, matter)) return generic(op, matter, ACTION_DISCLOSURE_STATE);
  entry_of_matter(op, &entry, ACTION_DISCLOSURE_STATE, matter);
  entry_about_child(&entry, matter);
  if (matter->sharing.state == SHARING_RELEASED && is_handler(op, matter) && still_holds(matter))
    return answer_released(op, matter, &entry);
  TRY(op_entry(op, &entry));
  return answer(op, matter, 200);
}

/* ---- agreeing ---- */

static enum err turn_down(struct op *op, struct matter *matter)
{
  struct entry_of entry;

  matter->sharing.state = SHARING_REFUSED;
  entry_of_matter(op, &entry, ACTION_DISCLOSURE_APPROVAL, matter);
  entry_about_child(&entry, matter);
  entry.outcome = OUTCOME_REFUSED;
  TRY(op_entry(op, &entry));
  TRY(sharing_put(op, &matter->sharing, &matter->handler.facts.child));
  return answer(op, matter, 200);
}

static enum err agree(struct op *op, struct matter *matter, uint8_t role, bool approve)
{
  struct sharing *sharing = &matter->sharing;

  if (sharing->approval_count == POLICY_APPROVALS_MAX)
    return refuse(op, matter, ACTION_DISCLOSURE_APPROVAL, ERR_CONFLICT, TEXT_SAFETY_DISCLOSURE_OVER);
  sharing->approvals[sharing->approval_count++] =
    (struct sharing_approval){.account = op->actor.account, .role = role, .agrees = approve};
  if (!approve) return turn_down(op, matter);
  TRY(decide_again(op, matter));
  if (matter->asked.is_refused) return reply_refused(op, &matter->asked, ACTION_DISCLOSURE_APPROVAL, &sharing->ask);
  return settle(op, matter, ACTION_DISCLOSURE_APPROVAL);
}

/* The handler may have come into a conflict since asking: then nothing is released in their name. */
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
  struct matter *matter;
  bool found, stands = false;
  uint8_t role;

  TRY(op_begin(op));
  TRY(find(op, &matter, disclosure, &found));
  if (found) TRY(decide_again(op, matter));
  if (found) TRY(handler_stands(op, matter, &stands));
  if (!found || !may_see(op, matter)) return generic(op, matter, action);
  if (is_handler(op, matter) && GUARD(NO_SELF_APPROVAL))
    return refuse(op, matter, action, ERR_CONFLICT, TEXT_SAFETY_ANOTHER_PERSON);
  if (matter->sharing.state != SHARING_PENDING || !stands)
    return refuse(op, matter, action, ERR_CONFLICT, TEXT_SAFETY_DISCLOSURE_OVER);
  role = approver_role(op, &matter->asked.decision);
  if (role == POLICY_NO_WORD) return refuse(op, matter, action, ERR_REFUSED, TEXT_SAFETY_NOT_AN_APPROVER);
  return agree(op, matter, role, approve);
}

/* ---- fetching ---- */

struct fetching {
  struct late late;
  struct packing packing;
};

static enum err finish_package(void *self, struct op *op, const struct opening_desk *desk)
{
  struct fetching *fetching = self;
  struct str file;

  TRY(package_finish(op, &file, &fetching->packing, desk->store, desk->head, desk->size));
  op->answer = (struct answer){.status = 200, .body = file, .type = STR("application/age")};
  return OK;
}

/* What leaves is what was granted then. */
static enum err log_fetch(struct op *op, const struct matter *matter)
{
  uint16_t rules[AUDIT_RULES_MAX];
  struct entry_of entry;
  struct view view;

  view_custody(op, &view, &matter->asked);
  entry_of_matter(op, &entry, ACTION_PACKAGE, matter);
  view_entry(&entry, op, &view, rules);
  view_field_ids(entry.released, op, &matter->asked, matter->sharing.granted);
  entry.approvals = matter->sharing.approvals_needed;
  return op_entry(op, &entry);
}

static enum err fetch(struct op *op, struct matter *matter)
{
  const struct sharing *sharing = &matter->sharing;
  struct pages pages = {sharing->content_pages, sharing->record, &matter->handler.facts.child};
  struct fetching *fetching = arena_take(op->arena, sizeof *fetching);
  struct personal content;

  if (fetching == NULL) return ERR_MEMORY;
  TRY(pages_read(op, &pages, &content, sharing->content_bytes));
  TRY(package_prepare(op, &fetching->packing, sharing, &matter->recipient, (struct str){content.ptr, content.len},
                      &matter->handler.facts.child));
  TRY(log_fetch(op, matter));
  fetching->late = (struct late){.index = fetching->packing.manifest.entry, .is_outward = true,
                                 .wait_us = PUBLISHED_WAIT_US, .run = finish_package, .self = fetching};
  openings_after(op, &fetching->late);
  op_end(op);
  return OK;
}

enum err disclosure_package(struct op *op, struct id disclosure)
{
  struct matter *matter;
  bool found;

  TRY(op_begin(op));
  TRY(find(op, &matter, disclosure, &found));
  if (found) TRY(decide_again(op, matter));
  if (!found || !is_handler(op, matter) || !may_handle(op, &matter->handler))
    return generic(op, matter, ACTION_PACKAGE);
  if (matter->sharing.state != SHARING_RELEASED)
    return refuse(op, matter, ACTION_PACKAGE, ERR_CONFLICT, TEXT_SAFETY_DISCLOSURE_WAITS);
  if (!still_holds(matter)) return refuse(op, matter, ACTION_PACKAGE, ERR_CONFLICT, TEXT_SAFETY_DISCLOSURE_AGAIN);
  return fetch(op, matter);
}

/* A disclosure on its way. It must never let the recipient's footing speak for the officer, nor the
 * officer's for the recipient. */
#include "register/matter.h"

#include <string.h>

#include "base/guard.h"
#include "register/lead.h"
#include "register/leaving.h"
#include "register/second.h"
#include "register/spend.h"
#include "register/weighing.h"

/* ---- the officer ---- */

bool matter_may_disclose(const struct op *op, uint8_t relation)
{
  struct act_asked act = {
    .act = "disclose", .purposes = asked_any_purpose(op), .relation = relation};
  uint8_t role;

  return asked_act(op, &act, &role).allowed;
}

/* A role that reads on the footing of the authority's staff alone, as the safeguarding lead's does.
 */
static bool has_own_footing(const struct op *op)
{
  const struct policy *policy = reg_policy(op->reg);

  for (uint64_t roles = op->actor.roles; roles != 0; roles &= roles - 1)
    for (uint64_t left = asked_any_purpose(op); left != 0; left &= left - 1)
      if (!fieldset_is_empty(policy_reach(policy, (uint8_t)__builtin_ctzll(roles), asked_own_la(op),
                                          (uint8_t)__builtin_ctzll(left))))
        return true;
  return false;
}

/* How this account stands to the child, with the roles that op->actor has. */
static enum err look_up(struct op *op, struct asked *asked, struct id record, struct id account)
{
  struct ask ask = {.said = {.purposes = POLICY_BIT(policy_word(reg_policy(op->reg), POLICY_PURPOSE,
                                                                STR("safeguarding_enquiry")))}};

  *asked = (struct asked){0};
  asked_request(op, asked, &ask);
  asked->is_refused = false; /* an act is no reading: its rule has been asked */
  return asked_decide(op, asked, record, account);
}

static bool has_conflict(const struct facts *facts)
{
  return facts->has_conflict || facts->policy.against_requester != POLICY_NO;
}

static bool knows(const struct op *op, const struct asked *asked)
{
  if (!asked->facts.is_held || has_conflict(&asked->facts)) return false;
  if (asked->facts.safety.level != LEVEL_HIDDEN || !GUARD(HIDDEN_IS_ABSENT)) return true;
  return policy_in_circle(reg_policy(op->reg), &asked->request, &asked->facts.policy);
}

/* Whether the one who is covered may know of this child: each of them alone. The naming of a worker
 * counts where the deputy is named as well. */
static enum err may_be_covered(struct op *op, struct matter *matter, const struct cover *cover,
                               bool *ret_may)
{
  struct asked *whom = arena_take(op->arena, sizeof *whom);
  const uint64_t own = op->actor.roles;

  if (whom == NULL) return ERR_MEMORY;
  op->actor.roles = cover->roles;
  enum err err = look_up(op, whom, matter->sharing.record, cover->principal);
  op->actor.roles = own;
  if (err != OK) return err;
  if (!matter->officer.facts.is_named_worker) whom->facts.policy.named_worker = POLICY_NO;
  *ret_may = knows(op, whom);
  audit_secret_wipe(&whom->facts.child);
  return OK;
}

/* A deputy may do no more than whom they cover, and nothing where they have a conflict themselves.
 */
enum err matter_look_up(struct op *op, struct matter *matter)
{
  struct covers *covers = &matter->covers;

  TRY(look_up(op, &matter->officer, matter->sharing.record, op->actor.account));
  matter->is_own = knows(op, &matter->officer);
  for (size_t i = covers->count; i > 0; i--) {
    bool may;

    TRY(may_be_covered(op, matter, &covers->at[i - 1], &may));
    if (!may || has_conflict(&matter->officer.facts)) covers_drop(covers, i - 1);
  }
  return OK;
}

bool matter_may_know(const struct matter *matter)
{
  return matter->is_own || matter->covers.count > 0;
}

bool matter_may_handle(const struct op *op, const struct matter *matter)
{
  const struct facts *facts = &matter->officer.facts;
  bool is_related = facts->relation != RELATION_NONE && facts->relation_word != POLICY_NO_WORD;

  if (!matter->is_own) return false; /* cover is for agreeing alone */
  if (facts->is_named_worker || has_own_footing(op)) return true;
  return is_related && matter_may_disclose(op, facts->relation_word);
}

bool matter_is_handler(const struct op *op, const struct matter *matter)
{
  return id_equal(matter->sharing.handler, op->actor.account);
}

uint64_t matter_approvers(const struct op *op, const struct matter *matter)
{
  const struct decision *decision = &matter->asked.decision;
  uint64_t roles = 0;

  for (size_t i = 0; i < decision->pending_count; i++)
    roles |= policy_rule_approvers(reg_policy(op->reg), decision->pending_rules[i]);
  return roles;
}

/* The first of a set that is waited for: in the order of the rules that wait. */
static uint8_t role_waited_for(const struct op *op, const struct matter *matter, uint64_t roles)
{
  const struct decision *decision = &matter->asked.decision;

  for (size_t i = 0; i < decision->pending_count; i++) {
    uint64_t fits = policy_rule_approvers(reg_policy(op->reg), decision->pending_rules[i]) & roles;

    if (fits != 0) return (uint8_t)__builtin_ctzll(fits);
  }
  return POLICY_NO_WORD;
}

struct approver matter_approver(const struct op *op, const struct matter *matter)
{
  const struct covers *covers = &matter->covers;
  struct approver approver = {.role = POLICY_NO_WORD};

  if (matter->is_own) approver.role = role_waited_for(op, matter, op->actor.roles);
  for (size_t i = 0; i < covers->count && approver.role == POLICY_NO_WORD; i++) {
    const struct cover *cover = &covers->at[i];

    if (!sharing_has_word_of(op, &matter->sharing, matter->sharing.approval_count,
                             cover->principal))
      approver = (struct approver){role_waited_for(op, matter, cover->roles), cover->principal};
  }
  if (approver.role == POLICY_NO_WORD) approver.deputy_for = (struct id){{0}};
  return approver;
}

bool matter_has_spoken(const struct op *op, const struct matter *matter)
{
  return sharing_has_word_of(op, &matter->sharing, matter->sharing.approval_count,
                             op->actor.account);
}

bool matter_may_decide(const struct op *op, const struct matter *matter)
{
  return matter->sharing.mark.state == SHARING_PENDING && !second_is(op, matter->sharing.handler) &&
         !matter_has_spoken(op, matter) && matter_approver(op, matter).role != POLICY_NO_WORD;
}

/* Nobody stands in for the one who asked, and the one who asked stands in for nobody. */
static void drop_party(const struct op *op, struct matter *matter)
{
  struct id handler = matter->sharing.handler;
  struct covers *covers = &matter->covers;

  for (size_t i = covers->count; i > 0; i--)
    if ((second_is(op, handler) || second_are_one(op, covers->at[i - 1].principal, handler)) &&
        GUARD(DEPUTY_IS_ANOTHER))
      covers_drop(covers, i - 1);
}

/* ---- the request ---- */

bool matter_request(const struct op *op, struct matter *matter)
{
  matter->asked = (struct asked){0};
  sharing_request(op, &matter->asked, &matter->sharing, &matter->recipient);
  return !matter->asked.is_refused;
}

/* What the decision would be if somebody of this role had agreed. */
static bool would_be_let_in(const struct op *op, struct decision *ret_decision,
                            const struct asked *asked, uint8_t role)
{
  struct policy_request request = asked->request;

  if (request.approval_count == POLICY_APPROVALS_MAX) return false;
  request.approvals[request.approval_count++] = (struct policy_approval){
    .role = role, .outcome = POLICY_APPROVED, .by_another = true, .in_time = true};
  policy_decide(reg_policy(op->reg), ret_decision, &request, &asked->facts.policy);
  return ret_decision->outcome != POLICY_DENY;
}

/* Some recipients come into the circle once somebody agrees, and until then the answer to them is
 * the generic one. An officer who may know of the child is told instead whose agreement it takes:
 * everything waits for that rule. */
static void wait_to_be_let_in(const struct op *op, struct matter *matter)
{
  const struct policy *policy = reg_policy(op->reg);
  struct decision decision;

  for (unsigned rule = 1; rule <= policy_rule_count(policy); rule++) {
    uint64_t roles = policy_rule_approvers(policy, (uint16_t)rule);

    if (roles == 0 || (roles & (roles - 1)) != 0)
      continue; /* one role, and no other, can satisfy it */
    if (!would_be_let_in(op, &decision, &matter->asked, (uint8_t)__builtin_ctzll(roles))) continue;
    decision.pending = fieldset_or(decision.pending, decision.granted);
    decision.granted = (struct fieldset){{0, 0}};
    decision.outcome = POLICY_NEEDS_SECOND_PERSON;
    decision.pending_rules[0] = (uint16_t)rule;
    decision.pending_count = 1;
    matter->asked.decision = decision;
    matter->asked.is_refused = false;
    return;
  }
}

enum err matter_decide(struct op *op, struct matter *matter)
{
  if (!matter_request(op, matter)) return OK;
  TRY(asked_decide(op, &matter->asked, matter->sharing.record, matter->sharing.recipient));
  if (matter->asked.is_refused && matter->asked.decision.answer == POLICY_GENERIC &&
      matter_may_know(matter))
    wait_to_be_let_in(op, matter);
  return OK;
}

/* Whether this recipient can be served so, whatever the child. */
static enum text_id means_fault(enum sharing_means means, const struct recipient_row *recipient)
{
  switch (means) {
  case MEANS_PACKAGE:
    return recipient->age_key.len == 0 ? TEXT_SAFETY_NO_KEY : TEXT_NONE;
  case MEANS_PAPER:
    return recipient->age_key.len > 0 ? TEXT_MEANS_HAS_KEY : TEXT_NONE;
  case MEANS_SPOKEN:
    return recipient->phone.len == 0 ? TEXT_MEANS_NO_PHONE : TEXT_NONE;
  }
  return TEXT_MEANS_OTHER;
}

/* Who it is for: a row of the register, whatever the child. False: answered. */
static enum err find_recipient(struct op *op, struct matter *matter, bool *ret_goes_on,
                               enum action action)
{
  enum err err = recipient_read(op, &matter->recipient, matter->sharing.recipient);
  enum text_id why = TEXT_NONE;

  if (err != OK && err != ERR_ABSENT) return err;
  if (err == ERR_ABSENT)
    why = TEXT_SAFETY_NO_RECIPIENT;
  else
    why = recipient_why_not(&matter->recipient);
  if (why == TEXT_NONE) why = means_fault(matter->sharing.means, &matter->recipient);
  *ret_goes_on = why == TEXT_NONE;
  if (*ret_goes_on) return OK;
  return matter_refuse(
    op, matter, action,
    &(struct problem){.err = err == ERR_ABSENT ? ERR_INPUT : ERR_CONFLICT, .detail = why});
}

/* What the words mean, in the caller's language, one after the other. */
static enum err list_labels(struct op *op, struct str *ret_labels, struct fieldset words)
{
  enum { LABELS_MAX = 4096 };
  char *to = arena_take(op->arena, LABELS_MAX);
  size_t n = 0;

  if (to == NULL) return ERR_MEMORY;
  while (!fieldset_is_empty(words)) {
    struct str label =
      policy_word_text(reg_policy(op->reg), POLICY_FIELD, (uint8_t)fieldset_take(&words), op->lang);
    struct str gap = n == 0 ? (struct str){"", 0} : STR(", ");

    if (n + gap.len + label.len > LABELS_MAX) break;
    memcpy(to + n, gap.ptr, gap.len);
    memcpy(to + n + gap.len, label.ptr, label.len);
    n += gap.len + label.len;
  }
  *ret_labels = (struct str){to, n};
  return OK;
}

enum err matter_check_texts(struct op *op, const struct matter *matter, bool *ret_goes_on,
                            enum action action)
{
  struct problem problem = {.err = ERR_CONFLICT,
                            .detail = TEXT_MEANS_TEXT,
                            .fields = leaving_by_hand(op, &matter->sharing)};

  *ret_goes_on = fieldset_is_empty(problem.fields);
  if (*ret_goes_on) return OK;
  TRY(list_labels(op, &problem.slots[0], problem.fields));
  return matter_refuse(op, matter, action, &problem);
}

/* Nothing leaves that was not weighed; the request alone tells. False: answered. */
static enum err check_weighing(struct op *op, struct matter *matter, bool *ret_goes_on,
                               enum action action)
{
  const struct ask *ask = &matter->sharing.ask;
  struct problem problem = {.err = ERR_INPUT, .detail = TEXT_WEIGH_LACKING};
  struct str lacking[WEIGHING_LACKS];

  *ret_goes_on = true;
  if (!weighing_is_due(op, ask)) return OK;
  problem.lacking_count = weighing_lacks(op, ask, lacking, &problem.fields);
  problem.lacking = lacking;
  *ret_goes_on = problem.lacking_count == 0 && !weighing_forbids(op, ask);
  if (*ret_goes_on) return OK;
  if (problem.lacking_count == 0)
    problem = (struct problem){.err = ERR_REFUSED, .detail = TEXT_WEIGH_MORE_HARM};
  return matter_refuse(op, matter, action, &problem);
}

/* The officer's budget, the authority's and that of the body or family it would go to. */
enum err matter_charge(struct op *op, struct matter *matter)
{
  const struct recipient_row *to = &matter->recipient;
  struct spending spending = {
    .purposes = matter->sharing.ask.said.purposes,
    .receiver = spend_receiver(op, matter->sharing.recipient, to->role, to->organisation),
    .receiver_role = to->role,
    .is_break_glass = asked_is_break_glass(op, &matter->sharing.ask.said)};

  return spend_child(op, &matter->asked.over, &spending, matter->sharing.record);
}

enum err matter_ask(struct op *op, struct matter **ret_matter, bool *ret_goes_on,
                    const struct disclosure *in, enum action action)
{
  struct matter *matter;
  bool is_served, is_sendable, is_weighed;

  TRY(op_begin(op));
  *ret_goes_on = false;
  if (fieldset_is_empty(in->ask.said.asked)) return ERR_INPUT;
  matter = arena_take(op->arena, sizeof *matter);
  if (matter == NULL) return ERR_MEMORY;
  matter->sharing = (struct sharing){.record = in->id,
                                     .recipient = in->recipient,
                                     .handler = op->actor.account,
                                     .means = in->means,
                                     .ask = in->ask};
  matter->sharing.ask.said.has_necessity = in->ask.necessity.len > 0;
  matter->sharing.ask.said.has_alternative = in->ask.alternative_count > 0;
  if (!matter_may_disclose(op, POLICY_NO_WORD))
    return reply_no_act(op, action, in->ask.said.purposes);
  TRY(find_recipient(op, matter, &is_served, action));
  if (!is_served) return OK;
  TRY(matter_check_texts(op, matter, &is_sendable, action));
  if (!is_sendable) return OK;
  TRY(matter_charge(op, matter));
  TRY(spend_words(op, &in->ask));
  if (matter->asked.over.is_over) return reply_refused(op, &matter->asked, action, &in->ask);
  if (!matter_request(op, matter)) return reply_refused(op, &matter->asked, action, &in->ask);
  TRY(check_weighing(op, matter, &is_weighed, action));
  if (!is_weighed) return OK;
  TRY(matter_look_up(op, matter));
  TRY(matter_decide(op, matter));
  if (!matter_may_handle(op, matter)) return matter_generic(op, matter, action);
  if (matter->asked.is_refused) return reply_refused(op, &matter->asked, action, &in->ask);
  *ret_matter = matter;
  *ret_goes_on = true;
  return OK;
}

/* What is sealed of it. *ret_is_current: made under the policy in force. */
static enum err read_sealed(struct op *op, struct matter *matter, bool *ret_is_current)
{
  enum err err = sharing_read(op, &matter->sharing, &matter->officer.facts.child);

  *ret_is_current = err == OK;
  if (err != OK && err != ERR_STALE) return err;
  drop_party(op, matter);
  return OK;
}

static enum err find(struct op *op, struct matter **ret_matter, struct id id,
                     const struct covers *covers, bool *ret_found, bool *ret_is_current)
{
  struct matter *matter = arena_take(op->arena, sizeof *matter);
  struct sharing *sharing;

  if (matter == NULL) return ERR_MEMORY;
  *ret_matter = matter;
  sharing = &matter->sharing;
  matter->covers = *covers;
  *ret_found = sharing_find(op, sharing, id);
  TRY(matter_look_up(op, matter));
  *ret_found = *ret_found && matter_may_know(matter);
  *ret_is_current = false;
  if (*ret_found) TRY(read_sealed(op, matter, ret_is_current));
  *ret_found = *ret_found && matter_may_know(matter); /* with the covers that are left */
  if (!*ret_found) *sharing = (struct sharing){0};    /* from here on as for a made-up id */
  if (!*ret_found) return OK;
  enum err err = recipient_read(op, &matter->recipient, sharing->recipient);
  *ret_found = err == OK;
  return err == ERR_ABSENT ? OK : err;
}

enum err matter_find(struct op *op, struct matter **ret_matter, struct id id, bool *ret_found)
{
  bool is_current = false;
  struct covers covers;

  TRY(deputy_covers(op, &covers));
  TRY(find(op, ret_matter, id, &covers, ret_found, &is_current));
  *ret_found = *ret_found && is_current; /* under another policy it counts no more */
  return *ret_found ? matter_decide(op, *ret_matter) : OK;
}

enum err matter_find_sent(struct op *op, struct matter **ret_matter, struct id id, bool *ret_found)
{
  const struct covers none = {.count = 0};
  bool is_current = false;

  TRY(find(op, ret_matter, id, &none, ret_found, &is_current));
  *ret_found = *ret_found && sharing_has_left((*ret_matter)->sharing.mark.state) &&
               (matter_is_handler(op, *ret_matter) || matter_may_handle(op, *ret_matter));
  return OK;
}

bool matter_still_holds(const struct matter *matter)
{
  const struct sharing *sharing = &matter->sharing;

  return !matter->asked.is_refused &&
         fieldset_is_empty(fieldset_less(sharing->granted, matter->asked.decision.granted));
}

/* ---- entries and refusals ---- */

void matter_entry(const struct op *op, struct entry_of *ret_entry, enum action action,
                  const struct matter *matter)
{
  asked_entry(op, ret_entry, action, &matter->asked, &matter->sharing.ask);
  ret_entry->recipients[0] = matter->sharing.recipient;
  ret_entry->recipients[1] = matter->sharing.handler;
  ret_entry->deputy_for = matter->deputy_for;
  ret_entry->approvals = matter->sharing.approvals_needed;
}

void matter_entry_child(struct entry_of *entry, const struct matter *matter)
{
  entry->child = &matter->officer.facts.child;
  entry->record = matter->sharing.record;
  entry->version = matter->officer.facts.head.version;
}

enum err matter_refuse(struct op *op, const struct matter *matter, enum action action,
                       const struct problem *problem)
{
  struct entry_of entry;

  matter_entry(op, &entry, action, matter);
  entry.outcome = OUTCOME_REFUSED;
  return reply_problem(op, problem, &entry);
}

enum err matter_generic(struct op *op, const struct matter *matter, enum action action)
{
  struct entry_of entry;

  matter_entry(op, &entry, action, matter);
  if (matter->asked.is_refused) TRY(lead_tell(op, &matter->asked));
  return reply_generic_about(op, &entry, &matter->officer);
}

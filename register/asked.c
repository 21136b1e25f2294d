/* From what somebody asks to a decision. It must never take a fact about the child from a request.
 */
#include "register/asked.h"

#include "register/obligations.h"
#include "register/spend.h"

static uint8_t word(const struct op *op, enum policy_kind kind, struct str name)
{
  return policy_word(reg_policy(op->reg), kind, name);
}

uint8_t asked_own_la(const struct op *op)
{
  return op->reg->relations[RELATION_OWN_LA];
}

/* Whether this role and relation could be given something for each of the purposes. */
static bool reaches(const struct policy *policy, uint8_t role, uint8_t relation, uint64_t purposes)
{
  if (relation == POLICY_NO_WORD || purposes == 0) return false;
  for (; purposes != 0; purposes &= purposes - 1) {
    uint8_t purpose = (uint8_t)__builtin_ctzll(purposes);

    if (fieldset_is_empty(policy_reach(policy, role, relation, purpose))) return false;
  }
  return true;
}

static bool reaches_somehow(const struct policy *policy, uint8_t role, uint64_t purposes)
{
  unsigned count = policy_word_count(policy, POLICY_RELATION);

  for (unsigned relation = 1; relation <= count; relation++)
    if (reaches(policy, role, (uint8_t)relation, purposes)) return true;
  return false;
}

/* The first of the person's roles that a grant fits for every purpose; else the first of them,
 * which a rule will then refuse by name. */
static uint8_t pick_role(const struct op *op, uint64_t purposes)
{
  const struct policy *policy = reg_policy(op->reg);

  for (uint64_t roles = op->actor.roles; roles != 0; roles &= roles - 1) {
    uint8_t role = (uint8_t)__builtin_ctzll(roles);

    if (reaches_somehow(policy, role, purposes)) return role;
  }
  return op->actor.roles != 0 ? (uint8_t)__builtin_ctzll(op->actor.roles) : POLICY_NO_WORD;
}

/* Before the look-up: own_la where the role is granted something on that footing alone, else
 * "none". */
static uint8_t relation_before(const struct op *op, const struct policy_request *request)
{
  uint8_t own = asked_own_la(op);

  if (reaches(reg_policy(op->reg), request->role, own, request->purposes)) return own;
  return word(op, POLICY_RELATION, STR("none"));
}

void asked_request(const struct op *op, struct asked *asked, const struct ask *ask)
{
  struct policy_request *request = &asked->request;

  *request = ask->said;
  request->role = pick_role(op, request->purposes);
  request->relation = relation_before(op, request);
  request->identity_verified = POLICY_YES;
  request->conflict = ask->said.conflict == POLICY_YES ? POLICY_YES : POLICY_NO;
  request->protected_person = POLICY_NO;
  request->subjects = 1;
  request->approval_count = 0;
  request->has_necessity = ask->necessity.len > 0 || ask->said.has_necessity;
  request->has_alternative = ask->alternative_count > 0 || ask->said.has_alternative;
  request->channel_cannot |= obligations_not_built(reg_policy(op->reg));
  asked->is_refused = !policy_decide_request(reg_policy(op->reg), &asked->decision, request);
}

/* The evidenced relation where it is good for anything here, else the footing of the authority's
 * staff, else none. A relation without a grant must not answer otherwise than no relation: the
 * difference would tell that the child is held. */
static void stand(const struct op *op, struct policy_request *request, const struct facts *facts)
{
  if (reaches(reg_policy(op->reg), request->role, facts->relation_word, request->purposes))
    request->relation = facts->relation_word;
  else
    request->relation = relation_before(op, request);
  if (facts->has_conflict) request->conflict = POLICY_YES;
  if (facts->relation == RELATION_PROTECTED_PERSON) request->protected_person = POLICY_YES;
}

/* An adult who is protected on this row reads her own level. */
static void decide_for_persons(const struct op *op, struct asked *asked)
{
  for (unsigned slot = 0; slot < PEOPLE; slot++) {
    enum level level = asked->facts.safety.person[slot];
    struct policy_facts facts = asked->facts.policy;

    if (level <= LEVEL_NONE || level <= asked->facts.safety.level) continue;
    facts.shield = level == LEVEL_HIDDEN ? POLICY_LEVEL_HIDDEN : POLICY_LEVEL_CONTACT;
    facts.shield_status = POLICY_STATUS_CONFIRMED;
    policy_decide(reg_policy(op->reg), &asked->person[slot], &asked->request, &facts);
    asked->has_person[slot] = true;
  }
}

static bool wants_gate(const struct op *op, uint64_t purposes)
{
  uint8_t order = word(op, POLICY_PURPOSE, STR("school_attendance_order"));

  return order != POLICY_NO_WORD && (purposes & POLICY_BIT(order)) != 0;
}

void asked_settle(const struct op *op, struct asked *asked)
{
  stand(op, &asked->request, &asked->facts);
  policy_decide(reg_policy(op->reg), &asked->decision, &asked->request, &asked->facts.policy);
  asked->is_refused = asked->decision.outcome == POLICY_DENY;
  decide_for_persons(op, asked);
}

void asked_request_whole(const struct op *op, struct asked *asked, const struct ask *ask)
{
  struct ask whole = *ask;
  uint8_t name = word(op, POLICY_FIELD, STR("child_name"));

  whole.said.asked = fieldset_with((struct fieldset){{0, 0}}, name);
  asked_request(op, asked, &whole);
}

void asked_settle_whole(const struct op *op, struct asked *asked)
{
  struct policy_request *request = &asked->request;
  struct fieldset reach = policy_all_fields(reg_policy(op->reg));

  stand(op, request, &asked->facts);
  for (uint64_t left = request->purposes; left != 0; left &= left - 1)
    reach = fieldset_and(reach, policy_reach(reg_policy(op->reg), request->role, request->relation,
                                             (uint8_t)__builtin_ctzll(left)));
  if (!fieldset_is_empty(reach)) request->asked = reach;
  asked_settle(op, asked);
}

enum err asked_decide(struct op *op, struct asked *asked, struct id id, struct id requester)
{
  struct facts_want want = {.id = id, .requester = requester, .today = op_today(op)};

  if (asked->is_refused) return OK;
  want.with_gate = wants_gate(op, asked->request.purposes);
  TRY(facts_read(op, &asked->facts, &want));
  asked_settle(op, asked);
  return OK;
}

bool asked_obliges(const struct op *op, uint64_t obligations, struct str name)
{
  uint8_t obligation = word(op, POLICY_OBLIGATION, name);

  return obligation != POLICY_NO_WORD && (obligations & POLICY_BIT(obligation)) != 0;
}

bool asked_is_break_glass(const struct op *op, const struct policy_request *request)
{
  uint8_t danger = word(op, POLICY_URGENCY, STR("imminent_danger"));
  uint8_t protection = word(op, POLICY_PURPOSE, STR("immediate_protection"));

  return danger != POLICY_NO_WORD && request->urgency == danger &&
         request->purposes == POLICY_BIT(protection);
}

enum err asked_charge(struct op *op, struct asked *asked, struct id id)
{
  const struct policy_request *request = &asked->request;
  struct spending spending = {.purposes = request->purposes,
                              .role = request->role,
                              .is_break_glass =
                                asked_is_break_glass(op, request) && !asked->is_refused};

  TRY(spend_child(op, &asked->over, &spending, id));
  if (asked->over.is_over) asked->is_refused = true;
  return OK;
}

enum err asked_met(struct op *op, struct asked *ret_asked, struct id id, const struct ask *ask)
{
  *ret_asked = (struct asked){0};
  asked_request(op, ret_asked, ask);
  return asked_decide(op, ret_asked, id, op->actor.account);
}

enum err asked_about(struct op *op, struct asked *ret_asked, struct id id, const struct ask *ask)
{
  *ret_asked = (struct asked){0};
  asked_request(op, ret_asked, ask);
  TRY(asked_charge(op, ret_asked, id));
  return asked_decide(op, ret_asked, id, op->actor.account);
}

struct granted asked_granted(const struct asked *asked)
{
  struct granted granted = {.decision = &asked->decision};

  for (unsigned slot = 0; slot < PEOPLE; slot++)
    if (asked->has_person[slot]) granted.person[slot] = &asked->person[slot];
  return granted;
}

struct policy_permission asked_act(const struct op *op, const struct act_asked *act,
                                   uint8_t *ret_role)
{
  const struct policy *policy = reg_policy(op->reg);
  uint8_t what = word(op, POLICY_ACT, str_from(act->act));
  uint8_t relation = act->relation != POLICY_NO_WORD ? act->relation : asked_own_la(op);

  *ret_role = POLICY_NO_WORD;
  for (uint64_t roles = op->actor.roles; roles != 0; roles &= roles - 1) {
    uint8_t role = (uint8_t)__builtin_ctzll(roles);

    for (uint64_t left = act->purposes; left != 0; left &= left - 1) {
      uint8_t purpose = (uint8_t)__builtin_ctzll(left);
      struct policy_permission may = policy_may_act(policy, role, relation, purpose, what);

      if (!may.allowed) continue;
      *ret_role = role;
      return may;
    }
  }
  return (struct policy_permission){0};
}

bool asked_may(const struct op *op, const char *act, uint64_t purposes, struct entry_of *entry,
               uint16_t *rule)
{
  struct act_asked asked = {.act = act, .purposes = purposes};
  struct policy_permission may = asked_act(op, &asked, &entry->role);

  *rule = may.rule;
  entry->rules = rule;
  entry->rule_count = may.allowed ? 1 : 0;
  return may.allowed;
}

uint64_t asked_any_purpose(const struct op *op)
{
  unsigned purposes = policy_word_count(reg_policy(op->reg), POLICY_PURPOSE);

  return (UINT64_C(2) << purposes) - 2;
}

struct fieldset asked_name_and_birth(const struct op *op)
{
  struct fieldset words = {{0, 0}};

  words = fieldset_with(words, word(op, POLICY_FIELD, STR("child_name")));
  return fieldset_with(words, word(op, POLICY_FIELD, STR("date_of_birth")));
}

void asked_entry(const struct op *op, struct entry_of *ret_entry, enum action action,
                 const struct asked *asked, const struct ask *ask)
{
  *ret_entry = (struct entry_of){
    .action = action,
    .purposes = asked->request.purposes,
    .role = asked->request.role,
    .basis = asked->request.basis,
  };
  if (ask != NULL && ask->necessity.len > 0) op_hash(op, &ret_entry->reason, ask->necessity);
}

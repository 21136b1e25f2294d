/* See may.h. Every answer is made from the rules that decide. */
#include "console/may.h"

/* Officers stand to a child by assignment, others by their office. */
static const char *const relations[] = {"assigned", "allocated", "own_la"};
enum { RELATIONS = sizeof relations / sizeof relations[0] };

static const struct policy *policy_of(const struct page *page)
{
  return reg_policy(page->request->op.reg);
}

static uint8_t relation_at(const struct policy *policy, size_t i)
{
  return policy_word(policy, POLICY_RELATION, str_from(relations[i]));
}

static bool role_may_act(const struct policy *policy, uint8_t role, uint8_t act)
{
  unsigned purposes = policy_word_count(policy, POLICY_PURPOSE);

  for (unsigned purpose = 1; purpose <= purposes; purpose++)
    for (size_t i = 0; i < RELATIONS; i++)
      if (policy_may_act(policy, role, relation_at(policy, i), (uint8_t)purpose, act).allowed)
        return true;
  return false;
}

bool may_act(const struct page *page, const char *act)
{
  const struct policy *policy = policy_of(page);
  uint8_t word = policy_word(policy, POLICY_ACT, str_from(act));

  for (uint64_t roles = page->request->op.actor.roles; roles != 0; roles &= roles - 1)
    if (role_may_act(policy, (uint8_t)__builtin_ctzll(roles), word)) return true;
  return false;
}

bool may_share(const struct page *page)
{
  return may_act(page, "disclose");
}

bool may_protect(const struct page *page)
{
  return may_act(page, "raise_protection");
}

struct fieldset may_change(const struct policy *policy, uint8_t role, uint8_t purpose)
{
  uint8_t change = policy_word(policy, POLICY_ACT, STR("change"));
  struct fieldset fields = {{0, 0}};

  for (size_t i = 0; i < RELATIONS; i++)
    fields = fieldset_or(
      fields, policy_may_act(policy, role, relation_at(policy, i), purpose, change).fields);
  return fields;
}

static struct fieldset reach_of(const struct policy *policy, uint8_t role, uint8_t purpose)
{
  struct fieldset fields = {{0, 0}};

  for (size_t i = 0; i < RELATIONS; i++)
    fields = fieldset_or(fields, policy_reach(policy, role, relation_at(policy, i), purpose));
  return fields;
}

/* Over the person's roles and every purpose. */
static struct fieldset over_all(const struct page *page,
                                struct fieldset (*of)(const struct policy *policy, uint8_t role,
                                                      uint8_t purpose))
{
  const struct policy *policy = policy_of(page);
  unsigned purposes = policy_word_count(policy, POLICY_PURPOSE);
  struct fieldset fields = {{0, 0}};

  for (uint64_t roles = page->request->op.actor.roles; roles != 0; roles &= roles - 1)
    for (unsigned purpose = 1; purpose <= purposes; purpose++)
      fields = fieldset_or(fields, of(policy, (uint8_t)__builtin_ctzll(roles), (uint8_t)purpose));
  return fields;
}

struct fieldset may_ask_for(const struct page *page)
{
  return over_all(page, reach_of);
}

struct fieldset may_ask_for_purpose(const struct page *page, const char *purpose)
{
  const struct policy *policy = policy_of(page);
  uint8_t word = policy_word(policy, POLICY_PURPOSE, str_from(purpose));
  struct fieldset fields = {{0, 0}};

  for (uint64_t roles = page->request->op.actor.roles; roles != 0; roles &= roles - 1)
    fields = fieldset_or(fields, reach_of(policy, (uint8_t)__builtin_ctzll(roles), word));
  return fields;
}

bool may_ask(const struct page *page)
{
  return !fieldset_is_empty(may_ask_for(page));
}

struct fieldset may_write(const struct page *page)
{
  return over_all(page, may_change);
}

bool may_review(const struct page *page)
{
  const struct policy *policy = policy_of(page);
  uint8_t enquiry = policy_word(policy, POLICY_PURPOSE, STR("safeguarding_enquiry"));
  const struct policy_facts anybody = {.shield = POLICY_LEVEL_HIDDEN,
                                       .shield_status = POLICY_STATUS_CONFIRMED,
                                       .against_requester = POLICY_NO};
  struct policy_request request = {.purposes = POLICY_BIT(enquiry),
                                   .identity_verified = POLICY_YES,
                                   .conflict = POLICY_NO,
                                   .protected_person = POLICY_NO,
                                   .subjects = 1};

  for (uint64_t roles = page->request->op.actor.roles; roles != 0; roles &= roles - 1)
    for (size_t i = 0; i < RELATIONS; i++) {
      request.role = (uint8_t)__builtin_ctzll(roles);
      request.relation = relation_at(policy, i);
      if (policy_in_circle(policy, &request, &anybody)) return true;
    }
  return false;
}

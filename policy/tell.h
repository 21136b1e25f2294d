/* What the rules say, for people to read: the policy book and the answer to "why". It describes;
 * nothing here decides. */
#ifndef POLICY_TELL_H
#define POLICY_TELL_H

#include "base/day.h"
#include "policy/policy.h"

/* What kind of rule it is. */
enum policy_sort {
  POLICY_SORT_FIT,
  POLICY_SORT_GRANT,
  POLICY_SORT_CIRCLE,
  POLICY_SORT_ACT,
  POLICY_SORT_WITHHOLD,
  POLICY_SORT_REFUSE,
  POLICY_SORT_APPROVE,
  POLICY_SORT_OBLIGE,
  POLICY_SORT_OTHERWISE
};
enum policy_sort policy_rule_sort(const struct policy *policy, uint16_t rule);
/* Every law that it names, with "; " between. */
struct str policy_rule_law(const struct policy *policy, uint16_t rule);
/* Who answers for it, in the reader's language: the name of the role that it is. */
struct str policy_rule_owner_text(const struct policy *policy, uint16_t rule, enum lang lang);
struct day policy_rule_review(const struct policy *policy, uint16_t rule);

/* A grant, act or any rule, by whom it names: sets of POLICY_BIT; all words when it does not ask.
 */
struct policy_named {
  uint64_t roles, relations, purposes;
  bool any_relation;      /* it does not ask about the relation */
  bool is_break_glass;    /* of a grant */
  bool only_order_fields; /* of a grant */
  struct fieldset fields;
  uint8_t form[FIELDSET_MAX]; /* of a grant: the most detailed that it gives */
};
void policy_rule_named_by(const struct policy *policy, struct policy_named *ret_named,
                          uint16_t rule);

/* What a purpose may rest on: POLICY_BIT of POLICY_BASIS. */
uint64_t policy_bases_of(const struct policy *policy, uint8_t purpose);
/* Duties that come with what such a request releases: whatever the child is, or (`when_shielded`)
 * because somebody is protected. POLICY_BIT of POLICY_OBLIGATION. */
uint64_t policy_duties_of(const struct policy *policy, uint8_t role, uint8_t relation,
                          uint8_t purpose, bool when_shielded);
/* Whether an approval rule makes such a request wait: always, or (`when_shielded`) because somebody
 * is protected. What waits for the number of children alone is left aside. */
bool policy_waits_for(const struct policy *policy, uint16_t rule, uint8_t role, uint8_t relation,
                      uint8_t purpose, bool when_shielded);

/* ---- Why not ----------------------------------------------------------------------------------
 */

enum policy_unmet {
#define U(id, name) POLICY_UNMET_##id,
#include "policy/unmet.def"
#undef U
  POLICY_UNMET_COUNT
};
struct str policy_unmet_name(enum policy_unmet unmet);
/* What of the request keeps a denied field back, one bit (1 << enum policy_unmet) each: conditions
 * of the nearest grant that it does not meet, or what a withhold wants stated. 0: nothing that the
 * request could change, or a generic answer, of which nothing is told. */
unsigned policy_unmet_of(const struct policy *policy, const struct policy_request *request,
                         const struct decision *decision, uint8_t field);

#endif

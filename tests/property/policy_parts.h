/* What the rules say, in parts that can be taken away one at a time: a rule, a word of a condition,
 * an approver, a field's own fact; and a policy without one. Only a policy that is the test's own
 * may be changed so. */
#ifndef TESTS_PROPERTY_POLICY_PARTS_H
#define TESTS_PROPERTY_POLICY_PARTS_H

#include <stdio.h>
#include <stdlib.h>

#include "tests/property/policy_requests.h"

#define PARTS_MAX 2048
#define CONDITIONS_MAX 16
#define FOUND_BYTES 24

enum part_kind { PART_RULE, PART_WHEN, PART_UNLESS, PART_APPROVER, PART_FIELD_FACT };

struct part {
  enum part_kind kind;
  uint16_t rule;
  uint8_t condition, value; /* value: of an approver the role */
  char found[FOUND_BYTES];  /* the case or request that shows it; empty while none does */
};

struct parts {
  struct part part[PARTS_MAX];
  size_t count;
};

/* ---- Parts ------------------------------------------------------------------------------------
 */

static inline void part_add(struct parts *parts, enum part_kind kind, const struct rule *rule,
                            unsigned condition, unsigned value)
{
  if (parts->count == PARTS_MAX) exit(1);
  parts->part[parts->count++] = (struct part){
    .kind = kind, .rule = rule->number, .condition = (uint8_t)condition, .value = (uint8_t)value};
}

static inline void parts_of_conditions(struct parts *parts, enum part_kind kind,
                                       const struct rule *rule, const struct condition *conditions,
                                       unsigned count)
{
  for (unsigned i = 0; i < count; i++)
    for (uint64_t left = conditions[i].values; left != 0; left &= left - 1)
      part_add(parts, kind, rule, i, (unsigned)__builtin_ctzll(left));
}

static inline void parts_of_rule(struct parts *parts, const struct rule *rule)
{
  if (rule->effect == EFFECT_OTHERWISE) return; /* its sentence is looked for */
  part_add(parts, PART_RULE, rule, 0, 0);
  parts_of_conditions(parts, PART_WHEN, rule, rule->when, rule->when_count);
  parts_of_conditions(parts, PART_UNLESS, rule, rule->unless, rule->unless_count);
  for (uint64_t left = rule->roles; left != 0; left &= left - 1)
    part_add(parts, PART_APPROVER, rule, 0, (unsigned)__builtin_ctzll(left));
  if (rule->only_named_by_order || rule->spares_own_detail)
    part_add(parts, PART_FIELD_FACT, rule, 0, 0);
}

static inline void part_name_value(const struct policy *policy, const struct condition *condition,
                                   unsigned value, char *ret_name, size_t n)
{
  const struct fact_row *row = &fact_rows[condition->fact];
  const char *list = row->values;

  if (row->kind >= 0) {
    struct str name = policy_word_name(policy, (enum policy_kind)row->kind, (uint8_t)value);

    (void)snprintf(ret_name, n, "%s %.*s", row->name, (int)name.len, name.ptr);
    return;
  }
  for (unsigned i = 1; i < value; i++)
    list += strcspn(list, " ") + 1;
  (void)snprintf(ret_name, n, "%s %.*s", row->name, (int)strcspn(list, " "), list);
}

/* "F-05 unless in_circle yes" */
static inline void part_name(const struct policy *policy, const struct part *part, char *ret_name,
                             size_t n)
{
  static const char *const kinds[] = {"", " when ", " unless ", " by ", ""};
  const struct rule *rule = &policy->rules[part->rule - 1];
  char value[96] = "";
  struct str role;

  switch (part->kind) {
  case PART_WHEN:
    part_name_value(policy, &rule->when[part->condition], part->value, value, sizeof(value));
    break;
  case PART_UNLESS:
    part_name_value(policy, &rule->unless[part->condition], part->value, value, sizeof(value));
    break;
  case PART_APPROVER:
    role = policy_word_name(policy, POLICY_ROLE, part->value);
    (void)snprintf(value, sizeof(value), "%.*s", (int)role.len, role.ptr);
    break;
  case PART_FIELD_FACT:
    (void)snprintf(value, sizeof(value), "%s",
                   rule->only_named_by_order ? " when named_by_order" : " unless own_detail");
    break;
  case PART_RULE:
    break;
  }
  (void)snprintf(ret_name, n, "%.*s%s%s", (int)rule->id.len, rule->id.ptr, kinds[part->kind],
                 value);
}

/* ---- Without a part ---------------------------------------------------------------------------
 */

/* What taking a part away has to put back. */
struct undo {
  struct rule rule;
  size_t at, glass_at; /* places in the lists of rules; the count where it was in none */
  struct condition conditions[CONDITIONS_MAX];
};

static inline size_t take_out(struct rule_list *list, const struct rule *rule)
{
  size_t at = 0;

  while (at < list->count && list->rule[at] != rule)
    at++;
  if (at == list->count) return SIZE_MAX;
  list->count--;
  memmove(list->rule + at, list->rule + at + 1, (list->count - at) * sizeof(list->rule[0]));
  return at;
}

static inline void put_in(struct rule_list *list, const struct rule *rule, size_t at)
{
  if (at == SIZE_MAX) return;
  memmove(list->rule + at + 1, list->rule + at, (list->count - at) * sizeof(list->rule[0]));
  list->rule[at] = rule;
  list->count++;
}

/* As the loader does: the bases of a purpose are gathered from the rules that fit them. */
static inline void gather_bases(struct policy *policy)
{
  const struct rule_list *rules = &policy->by_effect[EFFECT_FIT];

  memset(policy->bases_of, 0, sizeof(policy->bases_of));
  for (size_t i = 0; i < rules->count; i++) {
    uint64_t bases = values_named(rules->rule[i], FACT_BASIS, 0);

    for (uint64_t left = values_named(rules->rule[i], FACT_PURPOSE, 0); left != 0; left &= left - 1)
      policy->bases_of[__builtin_ctzll(left)] |= bases;
  }
}

static inline const struct condition *without_value(struct undo *undo,
                                                    const struct condition *conditions,
                                                    unsigned count, const struct part *part)
{
  if (count > CONDITIONS_MAX) exit(1);
  memcpy(undo->conditions, conditions, count * sizeof(conditions[0]));
  undo->conditions[part->condition].values &= ~POLICY_BIT(part->value);
  return undo->conditions;
}

static inline void part_take_away(struct policy *policy, const struct part *part, struct undo *undo)
{
  struct rule *rule = &policy->rules[part->rule - 1];

  undo->rule = *rule;
  undo->at = undo->glass_at = SIZE_MAX;
  switch (part->kind) {
  case PART_RULE:
    undo->at = take_out(&policy->by_effect[rule->effect], rule);
    undo->glass_at = take_out(&policy->break_glass, rule);
    break;
  case PART_WHEN:
    rule->when = without_value(undo, rule->when, rule->when_count, part);
    break;
  case PART_UNLESS:
    rule->unless = without_value(undo, rule->unless, rule->unless_count, part);
    break;
  case PART_APPROVER:
    rule->roles &= ~POLICY_BIT(part->value);
    break;
  case PART_FIELD_FACT:
    rule->only_named_by_order = rule->spares_own_detail = false;
    break;
  }
  if (rule->effect == EFFECT_FIT) gather_bases(policy);
}

static inline void part_put_back(struct policy *policy, const struct part *part,
                                 const struct undo *undo)
{
  struct rule *rule = &policy->rules[part->rule - 1];

  *rule = undo->rule;
  put_in(&policy->by_effect[rule->effect], rule, undo->at);
  put_in(&policy->break_glass, rule, undo->glass_at);
  if (rule->effect == EFFECT_FIT) gather_bases(policy);
}

#endif

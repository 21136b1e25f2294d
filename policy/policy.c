/* Loads a policy, all or nothing, and answers questions about its rules. After loading nothing here
 * is ever written. */
#include "policy/load.h"

#include <stdlib.h>
#include <string.h>

#include "policy/budget_load.h"
#include "policy/regime_load.h"
#include "policy/words.h"

#define ARENA_BYTES (4u << 20)
#define RULES_PREFIX "rules/"
#define REGIMES_PREFIX "regimes/"
#define VOCABULARY "vocabulary.json"
#define BUDGETS "budgets.json"

static bool is_below(const struct policy_file *file, const char *prefix)
{
  return strncmp(file->name, prefix, strlen(prefix)) == 0;
}

/* ---- Loading ----------------------------------------------------------------------------------
 */

static enum err load_vocabulary(struct policy *policy, const struct policy_file *files,
                                size_t count, struct trail *trail)
{
  bool found = false;

  for (size_t i = 0; i < count; i++) {
    struct source source = {&files[i], i, trail, policy->arena};

    if (strcmp(files[i].name, VOCABULARY) != 0) continue;
    if (found) return REFUSE(&source, NULL, "a second vocabulary");
    TRY(words_load(policy, &source));
    found = true;
  }
  return found ? OK : FAIL(trail, ERR_POLICY, "there is no vocabulary");
}

static int compare_ids(const void *a, const void *b)
{
  const struct rule *one = a, *other = b;
  size_t shorter = one->id.len < other->id.len ? one->id.len : other->id.len;
  int order = memcmp(one->id.ptr, other->id.ptr, shorter);

  if (order != 0) return order;
  return one->id.len < other->id.len ? -1 : one->id.len > other->id.len;
}

static enum err load_rules(struct policy *policy, const struct policy_file *files, size_t count,
                           struct trail *trail)
{
  policy->rules = arena_take_array(policy->arena, count, sizeof(*policy->rules));
  if (policy->rules == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < count; i++) {
    struct source source = {&files[i], i, trail, policy->arena};

    if (!is_below(&files[i], RULES_PREFIX)) continue;
    TRY(rule_load(policy, &source, &policy->rules[policy->rule_count]));
    policy->rule_count++;
  }
  qsort(policy->rules, policy->rule_count, sizeof(*policy->rules), compare_ids);
  return OK;
}

static enum err load_regimes(struct policy *policy, const struct policy_file *files, size_t count,
                             struct trail *trail)
{
  policy->regimes = arena_take_array(policy->arena, count, regime_bytes());
  if (policy->regimes == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < count; i++) {
    struct source source = {&files[i], i, trail, policy->arena};

    if (!is_below(&files[i], REGIMES_PREFIX)) continue;
    TRY(regime_load(policy, &source, regime_at(policy->regimes, policy->regime_count)));
    policy->regime_count++;
  }
  return OK;
}

static enum err load_budgets(struct policy *policy, const struct policy_file *files, size_t count,
                             struct trail *trail)
{
  for (size_t i = 0; i < count; i++) {
    struct source source = {&files[i], i, trail, policy->arena};

    if (strcmp(files[i].name, BUDGETS) != 0) continue;
    if (policy->budgets != NULL) return REFUSE(&source, NULL, "a second file of budgets");
    TRY(budgets_load(policy, &source));
  }
  return policy->budgets != NULL ? OK : FAIL(trail, ERR_POLICY, "there are no budgets");
}

static enum err refuse_other_files(const struct policy_file *files, size_t count,
                                   struct trail *trail)
{
  for (size_t i = 0; i < count; i++) {
    struct source source = {&files[i], i, trail, NULL};

    if (is_below(&files[i], RULES_PREFIX) || is_below(&files[i], REGIMES_PREFIX)) continue;
    if (strcmp(files[i].name, VOCABULARY) != 0 && strcmp(files[i].name, BUDGETS) != 0)
      return REFUSE(&source, NULL, "not a file of a policy");
  }
  return OK;
}

static enum err gather(struct policy *policy, struct rule_list *list, enum effect effect,
                       bool only_break_glass)
{
  list->rule = arena_take_array(policy->arena, policy->rule_count + 1, sizeof(struct rule *));
  if (list->rule == NULL) return ERR_MEMORY;
  for (unsigned i = 0; i < policy->rule_count; i++) {
    const struct rule *rule = &policy->rules[i];

    if (rule->effect == effect && (!only_break_glass || rule->opens_break_glass))
      list->rule[list->count++] = rule;
  }
  return OK;
}

static void note_bases(struct policy *policy, const struct rule *fit)
{
  uint64_t purposes = 0, bases = 0;

  for (unsigned i = 0; i < fit->when_count; i++) {
    if (fit->when[i].fact == FACT_PURPOSE) purposes = fit->when[i].values;
    if (fit->when[i].fact == FACT_BASIS) bases = fit->when[i].values;
  }
  for (unsigned purpose = 1; purpose < 64; purpose++)
    if ((purposes & POLICY_BIT(purpose)) != 0) policy->bases_of[purpose] |= bases;
}

/* Numbers the rules, gathers them by effect, and works out what rests on what. */
static enum err arrange(struct policy *policy)
{
  for (unsigned i = 0; i < policy->rule_count; i++)
    policy->rules[i].number = (uint16_t)(i + 1);
  for (unsigned effect = 0; effect < EFFECT_COUNT; effect++)
    TRY(gather(policy, &policy->by_effect[effect], (enum effect)effect, false));
  TRY(gather(policy, &policy->break_glass, EFFECT_GRANT, true));
  for (size_t i = 0; i < policy->by_effect[EFFECT_FIT].count; i++)
    note_bases(policy, policy->by_effect[EFFECT_FIT].rule[i]);
  policy->rule_ungranted = policy_rule_named(policy, STR("F-02"));
  policy->rule_unknown_field = policy_rule_named(policy, STR("F-14"));
  return OK;
}

static enum err load_all(struct policy *policy, const struct policy_file *files, size_t count,
                         struct trail *trail)
{
  TRY(refuse_other_files(files, count, trail));
  TRY(load_vocabulary(policy, files, count, trail));
  TRY(load_rules(policy, files, count, trail));
  TRY(load_regimes(policy, files, count, trail));
  TRY(load_budgets(policy, files, count, trail));
  TRY(arrange(policy));
  return policy_verify(policy, trail);
}

enum err policy_load(struct policy **ret_policy, const struct policy_file *files, size_t count,
                     struct trail *trail)
{
  OWNED(arena_free) struct arena *arena = NULL;
  struct policy *policy;

  TRY(arena_new(&arena, ARENA_BYTES));
  policy = arena_take(arena, sizeof(*policy));
  if (policy == NULL) return ERR_MEMORY;
  policy->arena = arena;
  TRY(load_all(policy, files, count, trail));
  arena = NULL; /* the policy owns it now */
  *ret_policy = policy;
  return OK;
}

void policy_free(struct policy **policy)
{
  struct arena *arena;

  if (policy == NULL || *policy == NULL) return;
  arena = (*policy)->arena;
  *policy = NULL;
  arena_free(&arena);
}

/* ---- Questions about rules --------------------------------------------------------------------
 */

static const struct rule *rule_at(const struct policy *policy, uint16_t rule)
{
  return rule == POLICY_NO_RULE || rule > policy->rule_count ? NULL : &policy->rules[rule - 1];
}

unsigned policy_rule_count(const struct policy *policy)
{
  return policy->rule_count;
}

struct str policy_rule_id(const struct policy *policy, uint16_t rule)
{
  const struct rule *found = rule_at(policy, rule);

  return found == NULL ? STR("") : found->id;
}

uint16_t policy_rule_named(const struct policy *policy, struct str id)
{
  for (unsigned i = 0; i < policy->rule_count; i++)
    if (str_equal(policy->rules[i].id, id)) return (uint16_t)(i + 1);
  return POLICY_NO_RULE;
}

struct str policy_rule_why(const struct policy *policy, uint16_t rule, enum lang lang)
{
  const struct rule *found = rule_at(policy, rule);

  return found == NULL ? STR("") : found->why[lang];
}

struct str policy_rule_owner(const struct policy *policy, uint16_t rule)
{
  const struct rule *found = rule_at(policy, rule);

  return found == NULL ? STR("") : found->owner;
}

uint64_t policy_rule_approvers(const struct policy *policy, uint16_t rule)
{
  const struct rule *found = rule_at(policy, rule);

  return found == NULL || found->effect != EFFECT_APPROVE ? 0 : found->roles;
}

const struct regime *policy_regime(const struct policy *policy, struct str name)
{
  for (size_t i = 0; i < policy->regime_count; i++) {
    const struct regime *regime = regime_at(policy->regimes, i);

    if (str_equal(regime_id(regime), name)) return regime;
  }
  return NULL;
}

unsigned policy_regime_count(const struct policy *policy)
{
  return (unsigned)policy->regime_count;
}

const struct regime *policy_regime_at(const struct policy *policy, unsigned i)
{
  return regime_at(policy->regimes, i);
}

/* See compare.h. The two policies are asked; what they say is compared. It must never judge by the
 * text of a rule alone: a change that looks harmless may not be, and the other way round. */
#include "policy/compare.h"

#include <string.h>

#include "policy/load.h"
#include "policy/worlds.h"

/* Acts by which a shield is lifted, or somebody gets behind it. */
static const char *const guarding_acts[] = {"lower_protection", "first_decision",
                                            "set_relation",     "name_worker",
                                            "activate_policy",  "call_off_policy"};

/* Rules of the one that the other has too, by number. More are taken as changed, which costs time
 * and nothing else. */
#define KEPT_MAX 512
struct kept {
  bool before[KEPT_MAX], after[KEPT_MAX];
};

struct comparison {
  struct worlds worlds;
  struct kept kept;
  bool words_differ; /* in what they mean: then every rule may do otherwise */
  struct policy_loss_of loss;
};

static bool lose(struct comparison *comparison, enum policy_loss loss, enum policy_kind kind,
                 unsigned word)
{
  const struct worlds *worlds = &comparison->worlds;

  comparison->loss.loss = loss;
  comparison->loss.kind = kind;
  comparison->loss.word = (uint8_t)word;
  comparison->loss.role = worlds->role;
  comparison->loss.relation = worlds->relation;
  comparison->loss.purpose = worlds->purpose;
  return true;
}

/* ---- Words ------------------------------------------------------------------------------------
 */

/* Words are stored by their number, or by their name: both stay. New ones come last. */
static bool loses_word(struct comparison *comparison)
{
  const struct policy *before = comparison->worlds.before, *after = comparison->worlds.after;

  for (unsigned kind = 0; kind < POLICY_KIND_COUNT; kind++)
    for (unsigned word = 1; word <= before->words[kind].count; word++)
      if (word > after->words[kind].count ||
          !str_equal(before->words[kind].word[word].name, after->words[kind].word[word].name))
        return lose(comparison, POLICY_LOSS_WORD, (enum policy_kind)kind, word);
  return false;
}

static bool loses_category(struct comparison *comparison)
{
  const struct policy *before = comparison->worlds.before, *after = comparison->worlds.after;

  for (unsigned field = 1; field <= before->words[POLICY_FIELD].count; field++)
    if (before->field[field].category != POLICY_PLAIN &&
        before->field[field].category != after->field[field].category)
      return lose(comparison, POLICY_LOSS_CATEGORY, POLICY_FIELD, field);
  return false;
}

/* What it takes two people for, and which roles are two people's. */
static bool loses_persons(struct comparison *comparison)
{
  const struct policy *before = comparison->worlds.before, *after = comparison->worlds.after;
  uint64_t alone = before->roles_confirmed & ~after->roles_confirmed;
  uint64_t opened = before->relation_confirmed & ~after->relation_confirmed;

  if (alone != 0)
    return lose(comparison, POLICY_LOSS_PERSONS, POLICY_ROLE, (unsigned)__builtin_ctzll(alone));
  if (opened != 0)
    return lose(comparison, POLICY_LOSS_PERSONS, POLICY_RELATION,
                (unsigned)__builtin_ctzll(opened));
  for (unsigned role = 1; role <= before->words[POLICY_ROLE].count; role++)
    if ((before->role_apart[role] & ~after->role_apart[role]) != 0)
      return lose(comparison, POLICY_LOSS_PERSONS, POLICY_ROLE, role);
  return false;
}

/* ---- Acts -------------------------------------------------------------------------------------
 */

static bool is_wider(struct policy_permission before, struct policy_permission after)
{
  if (!after.allowed) return false;
  return !before.allowed || (before.needs_second_person && !after.needs_second_person);
}

static bool loses_act(struct comparison *comparison, uint8_t act)
{
  struct worlds *worlds = &comparison->worlds;
  const struct policy *before = worlds->before, *after = worlds->after;

  for (unsigned role = 1; role <= after->words[POLICY_ROLE].count; role++)
    for (unsigned relation = 1; relation <= after->words[POLICY_RELATION].count; relation++)
      for (unsigned purpose = 1; purpose <= after->words[POLICY_PURPOSE].count; purpose++) {
        worlds->role = (uint8_t)role;
        worlds->relation = (uint8_t)relation;
        worlds->purpose = (uint8_t)purpose;
        if (is_wider(policy_may_act(before, worlds->role, worlds->relation, worlds->purpose, act),
                     policy_may_act(after, worlds->role, worlds->relation, worlds->purpose, act)))
          return lose(comparison, POLICY_LOSS_ACT, POLICY_ACT, act);
      }
  return false;
}

/* Whether an act rule of the one is not in the other. */
static bool acts_changed(const struct policy *policy, const bool kept[static KEPT_MAX])
{
  for (unsigned i = 0; i < policy->rule_count; i++)
    if (policy->rules[i].effect == EFFECT_ACT && (i >= KEPT_MAX || !kept[i])) return true;
  return false;
}

static bool loses_acts(struct comparison *comparison)
{
  const struct policy *before = comparison->worlds.before;

  if (!comparison->words_differ && !acts_changed(before, comparison->kept.before) &&
      !acts_changed(comparison->worlds.after, comparison->kept.after))
    return false;
  for (size_t i = 0; i < sizeof guarding_acts / sizeof guarding_acts[0]; i++) {
    uint8_t act = policy_word(before, POLICY_ACT, str_from(guarding_acts[i]));

    if (act != POLICY_NO_WORD && loses_act(comparison, act)) return true;
  }
  return false;
}

/* ---- Which rules are not the same -------------------------------------------------------------
 */

static const struct rule *twin_of(const struct policy *policy, const struct rule *rule)
{
  uint16_t number = policy_rule_named(policy, rule->id);

  return number == POLICY_NO_RULE ? NULL : &policy->rules[number - 1];
}

static void find_kept(const struct policy *policy, const struct policy *other,
                      bool ret_kept[static KEPT_MAX])
{
  for (unsigned i = 0; i < policy->rule_count && i < KEPT_MAX; i++) {
    const struct rule *twin = twin_of(other, &policy->rules[i]);

    ret_kept[i] = twin != NULL && rules_say_the_same(&policy->rules[i], twin);
  }
}

/* Words carry meaning too: whose detail is whose, and who is staff. */
static bool words_mean_the_same(const struct policy *before, const struct policy *after)
{
  unsigned relations = before->words[POLICY_RELATION].count;

  for (unsigned relation = 1; relation <= relations; relation++)
    if (!fieldset_equal(before->own[relation], after->own[relation])) return false;
  return before->relation_missing == after->relation_missing &&
         memcmp(before->role_kind, after->role_kind, sizeof before->role_kind) == 0;
}

static void touch(struct worlds *worlds, const struct rule *rule)
{
  for (unsigned i = 0; i < rule->when_count; i++)
    worlds->touched |= UINT64_C(1) << rule->when[i].fact;
  for (unsigned i = 0; i < rule->unless_count; i++)
    worlds->touched |= UINT64_C(1) << rule->unless[i].fact;
  if (rule->only_named_by_order) worlds->touched |= UINT64_C(1) << FACT_NAMED_BY_ORDER;
  if (rule->effect == EFFECT_FIT) worlds->touches_fits = true;
  if (rule->effect == EFFECT_APPROVE || rule->effect == EFFECT_CIRCLE)
    worlds->touches_approvals = true;
}

static bool touch_changed(struct worlds *worlds, const struct policy *policy,
                          const bool kept[static KEPT_MAX])
{
  bool found = false;

  for (unsigned i = 0; i < policy->rule_count; i++) {
    if ((i < KEPT_MAX && kept[i]) || !worlds_concern(worlds, policy, &policy->rules[i])) continue;
    touch(worlds, &policy->rules[i]);
    found = true;
  }
  return found;
}

/* Notes what the changed rules ask about, of those that concern these three words. */
static bool is_concerned(struct comparison *comparison)
{
  struct worlds *worlds = &comparison->worlds;

  worlds->touched = 0;
  worlds->touches_fits = worlds->touches_approvals = false;
  bool before = touch_changed(worlds, worlds->before, comparison->kept.before);
  bool after = touch_changed(worlds, worlds->after, comparison->kept.after);
  return before || after || comparison->words_differ;
}

static struct comparison begin(const struct policy *before, const struct policy *after)
{
  struct comparison comparison = {.worlds = {.before = before, .after = after},
                                  .words_differ = !words_mean_the_same(before, after)};

  find_kept(before, after, comparison.kept.before);
  find_kept(after, before, comparison.kept.after);
  return comparison;
}

/* ---- Decisions --------------------------------------------------------------------------------
 */

static unsigned rank_of(const struct policy *policy, unsigned field, uint8_t form)
{
  const struct field_word *word = &policy->field[field];
  unsigned rank = 0;

  while (rank < word->form_count && word->forms[rank] != form)
    rank++;
  return rank == word->form_count ? 0 : rank; /* a form that it did not have: as if in full */
}

static bool loses_approval(struct comparison *comparison, const struct decision *before,
                           const struct decision *after)
{
  struct fieldset sooner = fieldset_and(after->granted, before->pending);

  if (fieldset_is_empty(sooner)) return false;
  return lose(comparison, POLICY_LOSS_APPROVAL, POLICY_FIELD, fieldset_take(&sooner));
}

static bool loses_field(struct comparison *comparison, const struct decision *before,
                        const struct decision *after)
{
  const struct policy *policy = comparison->worlds.before;
  struct fieldset had = fieldset_or(before->granted, before->pending);
  struct fieldset has = fieldset_or(after->granted, after->pending);
  struct fieldset more = fieldset_less(has, had);

  if (!fieldset_is_empty(more))
    return lose(comparison, POLICY_LOSS_FIELD, POLICY_FIELD, fieldset_take(&more));
  while (!fieldset_is_empty(has)) {
    unsigned field = fieldset_take(&has);

    if (rank_of(policy, field, after->form[field]) < rank_of(policy, field, before->form[field]))
      return lose(comparison, POLICY_LOSS_FORM, POLICY_FIELD, field);
  }
  return false;
}

/* How far an answer goes. */
enum reach { REACH_REQUEST, REACH_CHILD, REACH_PENDING, REACH_RELEASED };

static enum reach reach_of(const struct policy *policy, const struct world *world,
                           const struct decision *decision)
{
  struct decision alone;

  if (!fieldset_is_empty(decision->granted)) return REACH_RELEASED;
  if (!fieldset_is_empty(decision->pending)) return REACH_PENDING;
  return policy_decide_request(policy, &alone, &world->request) ? REACH_CHILD : REACH_REQUEST;
}

/* Duties of an answer that no longer goes so far go with it. */
static bool loses_duty(struct comparison *comparison, const struct world *world,
                       const struct decision *before, const struct decision *after)
{
  const struct worlds *worlds = &comparison->worlds;
  uint64_t missing = before->obligations & ~after->obligations;

  if (missing == 0 ||
      reach_of(worlds->after, world, after) < reach_of(worlds->before, world, before))
    return false;
  return lose(comparison, POLICY_LOSS_DUTY, POLICY_OBLIGATION, (unsigned)__builtin_ctzll(missing));
}

/* A refusal before the look-up says nothing of a child. */
static bool loses_existence(struct comparison *comparison, const struct world *world,
                            const struct decision *before, const struct decision *after)
{
  if (before->answer != POLICY_GENERIC || after->answer != POLICY_SPECIFIC ||
      reach_of(comparison->worlds.after, world, after) == REACH_REQUEST)
    return false;
  return lose(comparison, POLICY_LOSS_EXISTENCE, POLICY_FIELD, POLICY_NO_WORD);
}

/* Whoever asks, no approval and no duty falls away; outside the circle nothing more is given. */
static bool loses_in(struct comparison *comparison, const struct world *world)
{
  const struct worlds *worlds = &comparison->worlds;
  struct decision before, after;

  policy_decide(worlds->after, &after, &world->request, &world->child);
  policy_decide(worlds->before, &before, &world->request, &world->child);
  comparison->loss.shield = world->child.shield;
  comparison->loss.household = world->child.household;
  if (loses_approval(comparison, &before, &after) || loses_duty(comparison, world, &before, &after))
    return true;
  return (loses_field(comparison, &before, &after) ||
          loses_existence(comparison, world, &before, &after)) &&
         !policy_in_circle(worlds->before, &world->request, &world->child);
}

static bool is_shielded(const struct policy_facts *child)
{
  return child->shield != POLICY_LEVEL_NONE || child->household != POLICY_LEVEL_NONE;
}

static bool loses_somewhere(struct comparison *comparison)
{
  struct worlds *worlds = &comparison->worlds;

  worlds_make(worlds);
  for (uint64_t i = 0; i < worlds->size; i++) {
    struct world world;

    worlds_at(worlds, &world, i);
    if (is_shielded(&world.child) && loses_in(comparison, &world)) return true;
  }
  return false;
}

static bool loses_decision(struct comparison *comparison)
{
  struct worlds *worlds = &comparison->worlds;
  const struct policy *after = worlds->after;

  for (unsigned role = 1; role <= after->words[POLICY_ROLE].count; role++)
    for (unsigned relation = 1; relation <= after->words[POLICY_RELATION].count; relation++)
      for (unsigned purpose = 1; purpose <= after->words[POLICY_PURPOSE].count; purpose++) {
        worlds->role = (uint8_t)role;
        worlds->relation = (uint8_t)relation;
        worlds->purpose = (uint8_t)purpose;
        if (fieldset_is_empty(
              policy_reach(after, worlds->role, worlds->relation, worlds->purpose)) ||
            !is_concerned(comparison) || worlds_walked(worlds))
          continue;
        if (loses_somewhere(comparison)) return true;
      }
  return false;
}

bool policy_loses(const struct policy *before, const struct policy *after,
                  struct policy_loss_of *ret_loss)
{
  struct comparison comparison = begin(before, after);
  bool loses = loses_word(&comparison) || loses_category(&comparison) ||
               loses_persons(&comparison) || loses_acts(&comparison) || loses_decision(&comparison);

  if (loses) *ret_loss = comparison.loss;
  return loses;
}

/* ---- For people to see ------------------------------------------------------------------------
 */

static struct fieldset given_by(const struct policy *policy, const struct world *world)
{
  struct decision decision;

  policy_decide(policy, &decision, &world->request, &world->child);
  return fieldset_or(decision.granted, decision.pending);
}

static void compare_complete(struct worlds *worlds, struct policy_difference *difference)
{
  worlds_make(worlds);
  for (unsigned i = 0; i < worlds->dim[DIM_BASIS].count; i++)
    for (unsigned j = 0; j < worlds->dim[DIM_URGENCY].count; j++) {
      struct world world;
      struct fieldset had, has;

      worlds_complete(worlds, &world, i, j);
      had = given_by(worlds->before, &world);
      has = given_by(worlds->after, &world);
      difference->revealed = fieldset_or(difference->revealed, fieldset_less(has, had));
      difference->withheld = fieldset_or(difference->withheld, fieldset_less(had, has));
    }
}

void policy_differences(const struct policy *before, const struct policy *after,
                        void (*each)(void *self, const struct policy_difference *difference),
                        void *self)
{
  struct comparison comparison = begin(before, after);
  struct worlds *worlds = &comparison.worlds;

  for (unsigned role = 1; role <= after->words[POLICY_ROLE].count; role++)
    for (unsigned purpose = 1; purpose <= after->words[POLICY_PURPOSE].count; purpose++) {
      struct policy_difference difference = {(uint8_t)role, (uint8_t)purpose, {{0, 0}}, {{0, 0}}};

      worlds->role = (uint8_t)role;
      worlds->purpose = (uint8_t)purpose;
      for (unsigned relation = 1; relation <= after->words[POLICY_RELATION].count; relation++) {
        worlds->relation = (uint8_t)relation;
        if (is_concerned(&comparison) && !worlds_walked(worlds))
          compare_complete(worlds, &difference);
      }
      if (!fieldset_is_empty(fieldset_or(difference.revealed, difference.withheld)))
        each(self, &difference);
    }
}

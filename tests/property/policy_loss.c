/* What policy_loses says of a change, held against every world: the built-in policy without each of
 * its rules, and the other way round, as if that rule were new. Where a world (policy_space.h,
 * which knows nothing of policy/worlds.h) shows more of a shielded child outside the circle,
 * policy_loses must have said so.
 *
 *   property_policy_loss      for ./test: what closes taken away, what opens put in, and of each
 *                             space of worlds a share
 *   property_policy_loss all  both ways with every rule, in every world, and its part of the page
 *                             docs/evidence/policy-proof.md (target `proof`) */
#include <stdio.h>
#include <stdlib.h>

#include "policy/compare.h"
#include "tests/property/policy_space.h"

#define FILES_MAX 512
#define WORLDS_FOR_A_SHARE 100

static struct policy *load(const struct policy_file *files, size_t count)
{
  struct policy *policy = NULL;
  struct trail trail = {0};

  return policy_load(&policy, files, count, &trail) == OK ? policy : NULL;
}

static struct policy *load_without(size_t left_out)
{
  struct policy_file files[FILES_MAX];
  size_t count = 0;

  for (size_t i = 0; i < policy_builtin_count; i++)
    if (i != left_out) files[count++] = policy_builtin_files[i];
  return load(files, count);
}

static bool is_shielded(const struct world *world)
{
  return world->child.on_register == POLICY_YES &&
         (world->child.shield != POLICY_LEVEL_NONE || world->child.household != POLICY_LEVEL_NONE);
}

/* More is given, or sooner, by the one than by the other. */
static bool shows_more(const struct policy *before, const struct policy *after,
                       const struct world *world)
{
  struct decision one, other;
  struct fieldset had, has;

  policy_decide(before, &one, &world->request, &world->child);
  policy_decide(after, &other, &world->request, &world->child);
  had = fieldset_or(one.granted, one.pending);
  has = fieldset_or(other.granted, other.pending);
  if (!fieldset_is_empty(fieldset_and(other.granted, one.pending))) return true;
  return !fieldset_is_empty(fieldset_less(has, had)) &&
         !policy_in_circle(before, &world->request, &world->child);
}

struct walk {
  const struct policy *before, *after;
  bool is_whole;
  uint64_t worlds;
};

/* The spaces of either policy: each parts what only its own rules part. */
static bool space_shows_more(struct walk *walk, const struct policy *policy, unsigned role,
                             unsigned relation, unsigned purpose)
{
  struct space space;
  uint64_t step;

  space_of(&space, policy, (uint8_t)role, (uint8_t)relation, POLICY_BIT(purpose));
  step = walk->is_whole ? 1 : space.size / WORLDS_FOR_A_SHARE | 1;
  for (uint64_t i = 0; i < space.size; i += step) {
    struct world world;

    space_world(&space, &world, i);
    walk->worlds++;
    if (is_shielded(&world) && shows_more(walk->before, walk->after, &world)) return true;
  }
  return false;
}

static bool some_world_shows_more(struct walk *walk)
{
  const struct policy *policy = walk->after;

  for (unsigned role = 1; role <= policy_word_count(policy, POLICY_ROLE); role++)
    for (unsigned relation = 1; relation <= policy_word_count(policy, POLICY_RELATION); relation++)
      for (unsigned purpose = 1; purpose <= policy_word_count(policy, POLICY_PURPOSE); purpose++) {
        if (fieldset_is_empty(
              policy_reach(policy, (uint8_t)role, (uint8_t)relation, (uint8_t)purpose)) ||
            space_relation(policy, (uint8_t)role, (uint8_t)relation, POLICY_BIT(purpose)) !=
              relation)
          continue;
        if (space_shows_more(walk, walk->before, role, relation, purpose) ||
            space_shows_more(walk, walk->after, role, relation, purpose))
          return true;
      }
  return false;
}

struct count {
  unsigned changes, shown, said;
};

static bool change_is_judged_well(struct walk *walk, struct count *count, const char *name)
{
  struct policy_loss_of loss = {.loss = POLICY_LOSS_NONE};
  bool said = policy_loses(walk->before, walk->after, &loss);
  bool shown = some_world_shows_more(walk);

  count->changes++;
  count->said += said;
  count->shown += shown;
  if (shown && !said) (void)fprintf(stderr, "%s: a world shows more, and it was not said\n", name);
  return said || !shown;
}

static bool is_of(const char *name, const char *letters)
{
  return strncmp(name, "rules/", 6) == 0 && strchr(letters, name[6]) != NULL;
}

static bool both_ways(struct walk *walk, struct count *count, const struct policy *whole,
                      const struct policy *without, const char *name)
{
  bool is_well = true;

  walk->before = whole;
  walk->after = without;
  if (walk->is_whole || is_of(name, "AF")) is_well = change_is_judged_well(walk, count, name);
  walk->before = without;
  walk->after = whole;
  if (walk->is_whole || is_of(name, "G"))
    is_well = change_is_judged_well(walk, count, name) && is_well;
  return is_well;
}

int main(int argc, char **argv)
{
  struct policy *whole = load(policy_builtin_files, policy_builtin_count);
  struct walk walk = {.is_whole = argc > 1 && strcmp(argv[1], "all") == 0};
  struct count count = {0, 0, 0};
  struct policy_loss_of loss;
  bool is_well = whole != NULL && !policy_loses(whole, whole, &loss);

  for (size_t i = 0; i < policy_builtin_count && whole != NULL; i += walk.is_whole ? 1 : 2) {
    struct policy *without = load_without(i);

    if (without == NULL) continue; /* the loader refuses it */
    if (!both_ways(&walk, &count, whole, without, policy_builtin_files[i].name)) is_well = false;
    policy_free(&without);
  }
  if (walk.is_whole)
    printf(
      "\n## What a change would show\n\nEach rule taken away, and put in as if it were new, "
      "where the loader takes it; each world of both policies, until one shows more. What shows "
      "more of a shielded child must be refused as a change (`policy_loses`).\n\n");
  printf("%u changes, %llu worlds: %u show more of a shielded child, %u are refused.\n",
         count.changes, (unsigned long long)walk.worlds, count.shown, count.said);
  policy_free(&whole);
  return is_well && count.shown > 0 ? 0 : 1;
}

/* Laws of the decision (policy notes 9, P1 to P14): over every input that the rules can tell apart
 * (policy_space.h), for every role, relation and purpose that has a grant; those without one are
 * walked too, and must give nothing.
 *
 *   property_policy_decide          a share of the worlds of each space, for ./test
 *   property_policy_decide all      every world: the target `proof`, docs/evidence/policy-proof.md
 */
#include <jansson.h>

#include "tests/property/policy_laws.h"

#define WORLDS_FOR_A_SHARE 150 /* of each space */

/* ---- Policies ---------------------------------------------------------------------------------
 */

static struct policy *load(const struct policy_file *files, size_t count)
{
  struct policy *policy = NULL;
  struct trail trail = {0};

  if (policy_load(&policy, files, count, &trail) == OK) return policy;
  fprintf(stderr, "%s: %s\n", files[trail.a].name, trail.where);
  exit(1);
}

static void leave_out(struct rule_list *list, uint16_t number)
{
  size_t count = 0;

  for (size_t i = 0; i < list->count; i++)
    if (list->rule[i]->number != number) list->rule[count++] = list->rule[i];
  list->count = count;
}

/* P4: a policy for each grant and each withhold, without it. Taken out after loading: some others
 * could then never decide, and the loader would refuse the whole. */
static void load_without_each(struct proof *proof)
{
  for (unsigned i = 0; i < proof->policy->rule_count; i++) {
    const struct rule *rule = &proof->policy->rules[i];
    struct policy *policy;

    if (rule->effect != EFFECT_GRANT && rule->effect != EFFECT_WITHHOLD) continue;
    policy = load(policy_builtin_files, policy_builtin_count);
    leave_out(&policy->by_effect[rule->effect], rule->number);
    leave_out(&policy->break_glass, rule->number);
    proof->changed[proof->changed_count++] = (struct changed){policy, rule};
  }
}

/* Keys and lists the other way round, at every depth. */
static json_t *turned(json_t *value)
{
  json_t *other;

  if (json_is_array(value)) {
    other = json_array();
    for (size_t i = json_array_size(value); i-- > 0;)
      json_array_append_new(other, turned(json_array_get(value, i)));
    return other;
  }
  if (json_is_object(value)) {
    void *keys[64];
    size_t count = 0;

    for (void *at = json_object_iter(value); at != NULL; at = json_object_iter_next(value, at))
      keys[count++] = at;
    other = json_object();
    while (count-- > 0)
      json_object_set_new(other, json_object_iter_key(keys[count]),
                          turned(json_object_iter_value(keys[count])));
    return other;
  }
  return json_incref(value);
}

/* P5. The vocabulary's lists stay: their order is their numbers. */
static struct policy *load_backwards(void)
{
  struct policy_file files[FILES_MAX] = {0};
  struct policy *policy;

  for (size_t i = 0; i < policy_builtin_count; i++) {
    struct policy_file *file = &files[policy_builtin_count - 1 - i];
    json_t *root, *other;

    *file = policy_builtin_files[i];
    if (strncmp(file->name, "rules/", 6) != 0) continue;
    root = json_loadb(file->text, file->len, 0, NULL);
    other = turned(root);
    file->text = json_dumps(other, 0);
    file->len = strlen(file->text);
    json_decref(root);
    json_decref(other);
  }
  policy = load(files, policy_builtin_count);
  for (size_t i = 0; i < policy_builtin_count; i++)
    if (strncmp(files[i].name, "rules/", 6) == 0) free((void *)(uintptr_t)files[i].text);
  return policy;
}

/* ---- The walk ---------------------------------------------------------------------------------
 */

/* Every world, or a share of them that moves through all values of all facts. */
static uint64_t stride(const struct space *space, bool is_whole)
{
  uint64_t step = space->size / WORLDS_FOR_A_SHARE;

  if (is_whole || step < 2) return 1;
  while (step % 2 == 0 || step % 3 == 0 || step % 5 == 0 || step % 7 == 0)
    step++;
  return step;
}

/* A relation that the rules treat like an earlier one is compared with that one, in a share. */
static void walk(struct proof *proof, const struct space *space)
{
  uint8_t first = space_relation(proof->policy, space->role, space->relation, space->purposes);
  uint64_t step = stride(space, proof->is_whole && first == space->relation);

  for (uint64_t i = 0; i < space->size; i += step) {
    struct world world, twin;
    struct decision decision, other;

    space_world(space, &world, i);
    space_twin(space, &twin, i, i + 1);
    twin.request.relation = first;
    decision = decide(proof, &world);
    other = decide(proof, &twin);
    must(proof, LAW_CLASSES, is_same(&decision, &other), &twin);
    splitting_gains_nothing(proof, &world, &decision);
    protection_never_reveals(proof, &world, &decision);
    lacking_never_reveals(proof, &world, &decision);
    changes_go_one_way(proof, space, &world, &decision);
    order_is_irrelevant(proof, &world, &decision);
    unknown_never_reveals(proof, &world, &decision);
    conflict_reveals_nothing(proof, &world);
    shield_holds(proof, &world, &decision);
    hidden_is_absent(proof, &world, &decision);
    break_glass_is_short(proof, &world, &decision);
    impossible_duty_refuses(proof, &world, &decision);
    time_never_reveals(proof, &world, &decision);
    nothing_is_remembered(proof, &world, &decision);
    proof->worlds++;
  }
  proof->spaces++;
}

static void walk_pair(struct proof *proof, const struct space *space)
{
  uint64_t step = stride(space, proof->is_whole);

  for (uint64_t i = 0; i < space->size; i += step) {
    struct world world;

    space_world(space, &world, i);
    two_purposes_give_the_least_of_both(proof, &world);
    proof->worlds++;
  }
  proof->pairs++;
}

/* No grant for the three: nothing is given, and nothing said of whether there is a child. */
static void walk_without_grant(struct proof *proof, const struct space *space)
{
  struct world world;
  struct decision decision;

  for (enum policy_level level = POLICY_LEVEL_UNKNOWN; level <= POLICY_LEVEL_HIDDEN; level++) {
    space_world(space, &world, 0);
    space_put_gate(&world, 0);
    world.request.conflict = POLICY_NO;
    world.child.on_register = POLICY_YES;
    world.child.shield = level;
    world.child.shield_status = POLICY_STATUS_NONE;
    world.child.household = POLICY_LEVEL_NONE;
    world.child.against_requester = POLICY_NO;
    world.child.first_decision_made = POLICY_YES;
    decision = decide(proof, &world);
    must(proof, LAW_NO_GRANT, is_as_absent(proof, &world, &decision), &world);
  }
}

static void walk_purposes(struct proof *proof, uint8_t role, uint8_t relation)
{
  unsigned count = policy_word_count(proof->policy, POLICY_PURPOSE);

  for (uint8_t purpose = 0; purpose <= count; purpose++) {
    bool has_grant = !fieldset_is_empty(policy_reach(proof->policy, role, relation, purpose));
    struct space space;

    space_of(&space, proof->policy, role, relation, POLICY_BIT(purpose));
    if (!has_grant) {
      walk_without_grant(proof, &space);
      continue;
    }
    walk(proof, &space);
    for (uint8_t other = 1; other < purpose; other++) {
      if (fieldset_is_empty(policy_reach(proof->policy, role, relation, other))) continue;
      space_of(&space, proof->policy, role, relation, POLICY_BIT(purpose) | POLICY_BIT(other));
      walk_pair(proof, &space);
    }
  }
}

/* P13, over every sentence and every word that there is. */
static void check_both_languages(struct proof *proof)
{
  const struct policy *policy = proof->policy;
  const struct world none = {.policy = policy};

  for (uint16_t rule = 1; rule <= policy_rule_count(policy); rule++) {
    struct str cy = policy_rule_why(policy, rule, LANG_CY);
    struct str en = policy_rule_why(policy, rule, LANG_EN);

    must(proof, LAW_P13, cy.len > 0 && en.len > 0 && !str_equal(cy, en), &none);
  }
  for (unsigned kind = 0; kind < POLICY_KIND_COUNT; kind++)
    for (uint8_t word = 1; word <= policy_word_count(policy, (enum policy_kind)kind); word++) {
      struct str cy = policy_word_text(policy, (enum policy_kind)kind, word, LANG_CY);
      struct str en = policy_word_text(policy, (enum policy_kind)kind, word, LANG_EN);

      must(proof, LAW_P13, cy.len > 0 && en.len > 0 && !str_equal(cy, en), &none);
    }
}

static void say(const struct proof *proof)
{
  printf("# Laws of the decision\n\n"
         "`cmake --build --preset release --target proof` walks every world and writes this page; "
         "`./test` walks a share. A world is one value of every fact that a rule can tell apart "
         "(`tests/property/policy_space.h`); in each, every field is asked for, and then what the "
         "law changes.\n\n");
  printf("%u combinations of role, relation and purpose with a grant, %u with two purposes, "
         "%zu changed policies.\n%llu worlds%s, %llu decisions; every law held.\n\n"
         "| Law | | Over the worlds | Checked |\n|---|---|---|---|\n",
         proof->spaces, proof->pairs, proof->changed_count, (unsigned long long)proof->worlds,
         proof->is_whole ? " (all)" : " (a share)", (unsigned long long)proof->decisions);
  for (unsigned law = 0; law < LAW_COUNT; law++)
    printf("| %s | %s | %s | %llu |\n", laws[law].id, laws[law].says,
           law_over[law] != NULL ? law_over[law] : "all", (unsigned long long)proof->checked[law]);
}

/* A law that nothing was held against has not been shown. */
static bool has_checked_all(const struct proof *proof)
{
  for (unsigned law = 0; law < LAW_COUNT; law++)
    if (proof->checked[law] == 0) return false;
  return true;
}

int main(int argc, char **argv)
{
  static struct proof proof;

  proof.is_whole = argc > 1 && strcmp(argv[1], "all") == 0;
  proof.policy = load(policy_builtin_files, policy_builtin_count);
  proof.backwards = load_backwards();
  load_without_each(&proof);
  check_both_languages(&proof);
  for (uint8_t role = 0; role <= policy_word_count(proof.policy, POLICY_ROLE); role++)
    for (uint8_t relation = 0; relation <= policy_word_count(proof.policy, POLICY_RELATION);
         relation++)
      walk_purposes(&proof, role, relation);
  say(&proof);
  for (size_t i = 0; i < proof.changed_count; i++)
    policy_free(&proof.changed[i].policy);
  policy_free(&proof.backwards);
  policy_free(&proof.policy);
  return has_checked_all(&proof) ? 0 : 1;
}

/* Whether everything that the rules say has once made a difference (policy notes 9): each rule,
 * each word of each `when` and `unless`, each approver. Decisive is what changes an answer when it
 * is taken away; asked of tests/cases and of requests made from their numbers (policy_requests.h).
 * And: each field in each outcome, each sentence as the reason of an answer, each duty attached and
 * once impossible. What never decides stands in the list below with the reason, or the test fails;
 * what stands there and does decide fails it too.
 *
 *   property_policy_coverage       for ./test
 *   property_policy_coverage all   the same, and the page docs/evidence/policy-coverage.md (target
 *                                  `proof`) */
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "policy/case.h"
#include "tests/property/policy_parts.h"

#define LINE_BYTES 65536

#define A_PERSON_HERE "a person of the authority does it before anything leaves"

/* Parts that no answer can show, and why. */
static const struct {
  const char *part, *why;
} idle[] = {
  {"F-01b when role_kind family", "no family's grant is for a purpose that rests on those bases"},
  {"F-01b when basis consent",
   "no body's grant for a purpose that may rest on consent gives a place or a special category"},
  {"F-01b unless break_glass yes", "break-glass rests on vital interests or a duty"},
  {"F-05 when shield hidden", "where F-05 would withhold, F-06 refuses the whole"},
  {"O-01 unless purpose research", "F-06a refuses the whole"},
  {"other_parent_contact withheld", "given to circle and court, and as one's own detail"},
  {"alleged_abuser withheld", "given to circle and court only"},
  {"safe_contact_plan withheld", "given to the circle only"},
  {"not_asked_safety withheld", "given to the circle only"},
  {"second_person_dpo impossible", A_PERSON_HERE},
  {"second_person_safeguarding_lead impossible", A_PERSON_HERE},
  {"second_person_dpo_or_safeguarding_lead impossible", A_PERSON_HERE},
  {"second_person_head_of_service impossible", A_PERSON_HERE},
  {"second_person_legal_services impossible", A_PERSON_HERE},
  {"consider_authority_sends_invitations impossible", A_PERSON_HERE},
};
#define IDLE_COUNT (sizeof(idle) / sizeof(idle[0]))

struct seen {
  char found[FOUND_BYTES];
};

enum outcome_of_field { FIELD_GIVEN, FIELD_WAITING, FIELD_WITHHELD, FIELD_UNGRANTED, FIELD_ENDS };
static const char *const outcome_names[] = {"given", "waiting", "withheld", "not granted"};

struct coverage {
  struct policy *policy, *other; /* the second is the one that is changed */
  struct parts parts;
  struct seen field[FIELDSET_MAX][FIELD_ENDS], sentence[PARTS_MAX], attached[64], impossible[64];
  struct seen form[FIELDSET_MAX][FORMS_OF_A_FIELD_MAX];
  uint64_t asked;
  unsigned faults;
};

static void see(struct seen *seen, const char *name)
{
  if (seen->found[0] == '\0') (void)snprintf(seen->found, sizeof(seen->found), "%s", name);
}

/* ---- Asking -----------------------------------------------------------------------------------
 */

static void note_fields(struct coverage *coverage, const struct decision *decision,
                        const struct policy_request *request, const char *name)
{
  for (struct fieldset left = request->asked; !fieldset_is_empty(left);) {
    unsigned field = fieldset_take(&left);
    const struct field_word *word = &coverage->policy->field[field];
    uint16_t by = decision->withheld_by[field];
    bool is_ungranted = by == coverage->policy->rule_ungranted;

    if (decision->rule != POLICY_NO_RULE || field == POLICY_NO_WORD) continue;
    if (by != POLICY_NO_RULE) see(&coverage->sentence[by], name);
    if (fieldset_has(decision->denied, field)) {
      see(&coverage->field[field][is_ungranted ? FIELD_UNGRANTED : FIELD_WITHHELD], name);
      continue;
    }
    see(
      &coverage->field[field][fieldset_has(decision->pending, field) ? FIELD_WAITING : FIELD_GIVEN],
      name);
    see(&coverage->sentence[decision->granted_by[field]], name);
    for (unsigned i = 0; i < word->form_count; i++)
      if (word->forms[i] == decision->form[field]) see(&coverage->form[field][i], name);
  }
}

/* What an answer shows to somebody: sentences, fields, duties. */
static void note(struct coverage *coverage, const struct decision *decision,
                 const struct policy_request *request, const char *name)
{
  const struct policy *policy = coverage->policy;
  bool is_unknown_asked = fieldset_has(request->asked, POLICY_NO_WORD);

  see(&coverage->sentence[decision->rule], name);
  if (decision->answer == POLICY_GENERIC)
    see(&coverage->sentence[policy_rule_named(policy, STR("R-00"))], name);
  if (is_unknown_asked && decision->rule == POLICY_NO_RULE)
    see(&coverage->sentence[decision->withheld_by[POLICY_NO_WORD]], name);
  for (size_t i = 0; i < decision->pending_count; i++)
    see(&coverage->sentence[decision->pending_rules[i]], name);
  for (uint64_t left = decision->obligations; left != 0; left &= left - 1)
    see(&coverage->attached[__builtin_ctzll(left)], name);
  if (decision->rule == policy_rule_named(policy, STR("F-15")))
    for (uint64_t left = request->channel_cannot & ~POLICY_BIT(0); left != 0; left &= left - 1)
      see(&coverage->impossible[__builtin_ctzll(left)], name);
  note_fields(coverage, decision, request, name);
}

static uint64_t ask(struct coverage *coverage, const struct policy_request *request,
                    const struct policy_facts *child, const char *name)
{
  struct decision decision, other;

  coverage->asked++;
  policy_decide(coverage->policy, &decision, request, child);
  note(coverage, &decision, request, name);
  for (size_t i = 0; i < coverage->parts.count; i++) {
    struct part *part = &coverage->parts.part[i];
    struct undo undo;

    if (part->found[0] != '\0') continue;
    if (coverage->policy->rules[part->rule - 1].effect == EFFECT_ACT) continue;
    part_take_away(coverage->other, part, &undo);
    policy_decide(coverage->other, &other, request, child);
    part_put_back(coverage->other, part, &undo);
    if (memcmp(&decision, &other, sizeof(decision)) != 0)
      (void)snprintf(part->found, sizeof(part->found), "%s", name);
  }
  return decision.obligations;
}

static bool permits_alike(struct policy_permission a, struct policy_permission b)
{
  return a.allowed == b.allowed && a.needs_second_person == b.needs_second_person &&
         a.rule == b.rule && fieldset_equal(a.fields, b.fields);
}

static void ask_act(struct coverage *coverage, struct act_asked asked, const char *name)
{
  struct policy_permission permission =
    policy_may_act(coverage->policy, asked.role, asked.relation, asked.purpose, asked.act);

  if (permission.allowed) see(&coverage->sentence[permission.rule], name);
  for (size_t i = 0; i < coverage->parts.count; i++) {
    struct part *part = &coverage->parts.part[i];
    struct policy_permission other;
    struct undo undo;

    if (part->found[0] != '\0') continue;
    if (coverage->policy->rules[part->rule - 1].effect != EFFECT_ACT) continue;
    part_take_away(coverage->other, part, &undo);
    other = policy_may_act(coverage->other, asked.role, asked.relation, asked.purpose, asked.act);
    part_put_back(coverage->other, part, &undo);
    if (!permits_alike(permission, other))
      (void)snprintf(part->found, sizeof(part->found), "%s", name);
  }
}

static void ask_cases(struct coverage *coverage, const char *path)
{
  FILE *file = fopen(path, "r");
  static char line[LINE_BYTES];

  if (file == NULL) {
    perror(path);
    exit(1);
  }
  while (fgets(line, sizeof(line), file) != NULL) {
    json_t *root = json_loads(line, 0, NULL);
    struct policy_case a_case;
    struct trail trail = {0};

    if (root == NULL || case_read(coverage->policy, &a_case, root, &trail) != OK) exit(1);
    if (a_case.is_decision) (void)ask(coverage, &a_case.request, &a_case.facts, a_case.id);
    json_decref(root);
  }
  (void)fclose(file);
}

/* As `world`, with a duty of its answer that the receiver cannot carry out; and asking for nothing.
 */
static void ask_changed(struct coverage *coverage, const struct world *world, uint64_t duties,
                        const char *name)
{
  struct policy_request request = world->request;

  for (; duties != 0; duties &= duties - 1) {
    request.channel_cannot = duties & -duties;
    if (coverage->impossible[__builtin_ctzll(duties)].found[0] == '\0')
      (void)ask(coverage, &request, &world->child, name);
  }
  request = world->request;
  request.asked = (struct fieldset){{0, 0}};
  if (coverage->asked % 64 == 0) (void)ask(coverage, &request, &world->child, name);
}

static void ask_requests(struct coverage *coverage)
{
  for (uint64_t number = 0; number < REQUESTS_RECORDED; number++) {
    struct world world;
    char name[FOUND_BYTES];
    uint64_t duties;

    (void)snprintf(name, sizeof(name), "request %llu", (unsigned long long)number);
    requests_make(coverage->policy, &world, number);
    duties = ask(coverage, &world.request, &world.child, name);
    ask_changed(coverage, &world, duties, name);
    ask_act(coverage, requests_act(coverage->policy, number), name);
  }
}

/* ---- What was found ---------------------------------------------------------------------------
 */

static const char *reason_of(const char *part)
{
  for (size_t i = 0; i < IDLE_COUNT; i++)
    if (strcmp(idle[i].part, part) == 0) return idle[i].why;
  return NULL;
}

static void fault(struct coverage *coverage, const char *what, const char *name)
{
  (void)fprintf(stderr, "%s: %s\n", name, what);
  coverage->faults++;
}

static void say_part(struct coverage *coverage, const struct part *part, bool is_page)
{
  char name[160];
  const char *why;

  part_name(coverage->policy, part, name, sizeof(name));
  why = reason_of(name);
  if (part->found[0] == '\0' && why == NULL) fault(coverage, "never decides", name);
  if (part->found[0] != '\0' && why != NULL) fault(coverage, "decides, and is explained", name);
  if (is_page)
    printf("| %s | %s%s |\n", name, part->found[0] != '\0' ? part->found : "never: ",
           part->found[0] != '\0' || why == NULL ? "" : why);
}

/* Of a rule: once, as what was said to somebody; of the rest: no answer says them. */
static void say_sentences(struct coverage *coverage)
{
  for (uint16_t rule = 1; rule <= policy_rule_count(coverage->policy); rule++) {
    const struct rule *one = &coverage->policy->rules[rule - 1];
    bool is_said =
      one->effect != EFFECT_FIT && one->effect != EFFECT_CIRCLE && one->effect != EFFECT_OBLIGE;
    char name[32];

    (void)snprintf(name, sizeof(name), "%.*s", (int)one->id.len, one->id.ptr);
    if (one->why[LANG_CY].len == 0 || one->why[LANG_EN].len == 0)
      fault(coverage, "a sentence is missing", name);
    if (is_said && coverage->sentence[rule].found[0] == '\0')
      fault(coverage, "its sentence is never the reason of an answer", name);
  }
}

/* Some rule gives the field, or would withhold it. */
static bool has_rule(const struct policy *policy, unsigned field, enum effect effect)
{
  const struct rule_list *rules = &policy->by_effect[effect];

  for (size_t i = 0; i < rules->count; i++)
    if (fieldset_has(rules->rule[i]->fields, field)) return true;
  return false;
}

static bool can_come_out(const struct policy *policy, unsigned field, enum outcome_of_field outcome)
{
  switch (outcome) {
  case FIELD_GIVEN:
  case FIELD_WAITING:
    return has_rule(policy, field, EFFECT_GRANT);
  case FIELD_WITHHELD:
    return has_rule(policy, field, EFFECT_WITHHOLD);
  case FIELD_UNGRANTED:
  case FIELD_ENDS:
    break;
  }
  return true;
}

static void say_fields(struct coverage *coverage, bool is_page)
{
  const struct policy *policy = coverage->policy;

  for (uint8_t field = 1; field <= policy_word_count(policy, POLICY_FIELD); field++) {
    struct str word = policy_word_name(policy, POLICY_FIELD, field);
    char name[64];

    (void)snprintf(name, sizeof(name), "%.*s", (int)word.len, word.ptr);
    if (is_page) printf("| %s |", name);
    for (unsigned outcome = 0; outcome < FIELD_ENDS; outcome++) {
      const char *found = coverage->field[field][outcome].found, *why;
      bool can = can_come_out(policy, field, (enum outcome_of_field)outcome);
      char part[128];

      (void)snprintf(part, sizeof(part), "%s %s", name, outcome_names[outcome]);
      why = can ? reason_of(part) : "no rule";
      if (found[0] == '\0' && why == NULL) fault(coverage, "never an outcome", part);
      if (found[0] != '\0' && why != NULL) fault(coverage, "an outcome, and explained", part);
      if (is_page) printf(" %s |", found[0] != '\0' ? found : why);
    }
    if (is_page) printf("\n");
    for (unsigned i = 0; i < policy->field[field].form_count; i++)
      if (coverage->form[field][i].found[0] == '\0') fault(coverage, "a form is never given", name);
  }
}

static void say_duties(struct coverage *coverage, bool is_page)
{
  const struct policy *policy = coverage->policy;

  for (uint8_t duty = 1; duty <= policy_word_count(policy, POLICY_OBLIGATION); duty++) {
    struct str word = policy_word_name(policy, POLICY_OBLIGATION, duty);
    const char *attached = coverage->attached[duty].found;
    const char *impossible = coverage->impossible[duty].found, *why;
    char name[64], part[96];

    (void)snprintf(name, sizeof(name), "%.*s", (int)word.len, word.ptr);
    (void)snprintf(part, sizeof(part), "%s impossible", name);
    why = reason_of(part);
    if (attached[0] == '\0') fault(coverage, "never attached", name);
    if (impossible[0] == '\0' && why == NULL) fault(coverage, "never refused for it", part);
    if (impossible[0] != '\0' && why != NULL) fault(coverage, "refused, and explained", part);
    if (is_page)
      printf("| %s | %s | %s |\n", name, attached, impossible[0] != '\0' ? impossible : why);
  }
}

static void say(struct coverage *coverage, bool is_page)
{
  if (is_page)
    printf("# What has once decided\n\n`cmake --build --preset release --target proof` writes this "
           "page; `./test` checks the same. %llu questions: the cases of `tests/cases`, then "
           "requests made from their numbers (`tests/property/policy_requests.h`). Each part of "
           "each rule is taken away; named is the first question that is then answered "
           "otherwise.\n\n## Rules, words and approvers\n\n| Part | Decides |\n|---|---|\n",
           (unsigned long long)coverage->asked);
  for (size_t i = 0; i < coverage->parts.count; i++)
    say_part(coverage, &coverage->parts.part[i], is_page);
  say_sentences(coverage);
  if (is_page)
    printf("\nThe sentence of every rule that gives a reason was the reason of an answer, and "
           "stands in both languages.\n\n## Fields\n\n| Field | Given | Waiting | Withheld | Not "
           "granted |\n|---|---|---|---|---|\n");
  say_fields(coverage, is_page);
  if (is_page)
    printf("\n## Duties\n\n| Duty | Attached | Impossible, and so refused |\n"
           "|---|---|---|\n");
  say_duties(coverage, is_page);
  if (!is_page)
    printf("%zu parts, %llu questions: %u not so\n", coverage->parts.count,
           (unsigned long long)coverage->asked, coverage->faults);
}

static struct policy *load(void)
{
  struct policy *policy = NULL;
  struct trail trail = {0};

  if (policy_load(&policy, policy_builtin_files, policy_builtin_count, &trail) != OK) exit(1);
  return policy;
}

int main(int argc, char **argv)
{
  static struct coverage coverage;

  coverage.policy = load();
  coverage.other = load();
  for (unsigned i = 0; i < coverage.policy->rule_count; i++)
    parts_of_rule(&coverage.parts, &coverage.policy->rules[i]);
  ask_cases(&coverage, "tests/cases/open.jsonl");
  ask_cases(&coverage, "tests/cases/more.jsonl");
  ask_cases(&coverage, "tests/cases/grants.jsonl");
  ask_requests(&coverage);
  say(&coverage, argc > 1 && strcmp(argv[1], "all") == 0);
  policy_free(&coverage.other);
  policy_free(&coverage.policy);
  return coverage.faults == 0 ? 0 : 1;
}

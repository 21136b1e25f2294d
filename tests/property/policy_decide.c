/* Laws of the decision, over every role, relation and purpose that has a rule and every protection,
 * household, conflict and approval: not a sample (policy notes 9, P1 to P8, P10, P13, P14). The
 * triples without a rule are walked too: they must give nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"

static void must(bool holds, const char *what, const struct policy *policy,
                 const struct policy_request *request)
{
  struct str role, relation, purpose;

  if (holds) return;
  role = policy_word_name(policy, POLICY_ROLE, request->role);
  relation = policy_word_name(policy, POLICY_RELATION, request->relation);
  purpose = policy_word_name(policy, POLICY_PURPOSE, (uint8_t)__builtin_ctzll(request->purposes));
  fprintf(stderr, "%s: %.*s %.*s %.*s\n", what, (int)role.len, role.ptr, (int)relation.len,
          relation.ptr, (int)purpose.len, purpose.ptr);
  exit(1);
}

static struct policy *load(const struct policy_file *files, size_t count)
{
  struct policy *policy = NULL;
  struct trail trail = {0};

  if (policy_load(&policy, files, count, &trail) == OK) return policy;
  fprintf(stderr, "%s: %s\n", files[trail.a].name, trail.where);
  exit(1);
}

/* ---- The worlds -------------------------------------------------------------------------------
 */

struct world {
  const struct policy *policy;
  struct policy_request request;
  struct policy_facts child;
};

static struct decision decide(const struct world *world)
{
  struct decision decision;

  policy_decide(world->policy, &decision, &world->request, &world->child);
  return decision;
}

static bool is_lesser(const struct policy *policy, unsigned field, uint8_t form)
{
  return form != policy_field_full_form(policy, (uint8_t)field);
}

/* Everything that `a` gives, `b` gives too, in as full a form; fields of `but` apart. */
static bool gives_no_more(const struct policy *policy, const struct decision *a,
                          const struct decision *b, struct fieldset but)
{
  struct fieldset given = fieldset_less(a->granted, but);

  if (!fieldset_is_empty(fieldset_less(given, b->granted))) return false;
  while (!fieldset_is_empty(given)) {
    unsigned field = fieldset_take(&given);

    if (is_lesser(policy, field, b->form[field]) && !is_lesser(policy, field, a->form[field]))
      return false;
  }
  return true;
}

static const struct fieldset no_field = {{0, 0}};

#define LEVELS 3
static const enum policy_level levels[LEVELS] = {POLICY_LEVEL_NONE, POLICY_LEVEL_CONTACT,
                                                 POLICY_LEVEL_HIDDEN};
#define VARIANTS (LEVELS * LEVELS * 2 * 2 * 2 * 2)

/* One of all combinations of level, household, against, protected person, approvals, condition. */
static void vary(struct world *world, unsigned variant)
{
  struct policy_request *request = &world->request;

  world->child = (struct policy_facts){
    .on_register = POLICY_YES,
    .shield = levels[variant % 3],
    .shield_status = variant % 3 == 0 ? POLICY_STATUS_NONE : POLICY_STATUS_CLAIMED,
    .household = levels[variant / 3 % 3],
    .against_requester = variant / 9 % 2 != 0 ? POLICY_YES : POLICY_NO,
    .first_decision_made = POLICY_YES,
    .child_agrees = POLICY_YES,
    .gate = {POLICY_YES, POLICY_YES, POLICY_YES, POLICY_YES, POLICY_YES, POLICY_YES, POLICY_YES},
  };
  request->protected_person = variant / 18 % 2 != 0 ? POLICY_YES : POLICY_NO;
  request->has_special_condition = variant / 72 % 2 != 0;
  request->approval_count = 0;
  for (uint8_t role = 1; variant / 36 % 2 != 0 && role <= 63; role++) {
    static const char *const approvers[] = {"data_protection_officer", "safeguarding_lead",
                                            "head_of_service", "legal_services"};

    for (size_t i = 0; i < 4; i++)
      if (str_is(policy_word_name(world->policy, POLICY_ROLE, role), approvers[i]))
        request->approvals[request->approval_count++] =
          (struct policy_approval){role, POLICY_APPROVED, true, true};
  }
}

/* A request that nothing is missing from; the basis is the first that fits. */
static void ask(struct world *world, const struct policy *policy, uint8_t role, uint8_t relation,
                uint8_t purpose)
{
  struct decision decision;

  *world = (struct world){
    .policy = policy,
    .request = {.role = role,
                .relation = relation,
                .purposes = POLICY_BIT(purpose),
                .urgency = policy_word(policy, POLICY_URGENCY, STR("imminent_danger")),
                .identity_verified = POLICY_YES,
                .conflict = POLICY_NO,
                .protected_person = POLICY_NO,
                .has_necessity = true,
                .has_alternative = true,
                .subjects = 1,
                .asked = policy_all_fields(policy),
                .order_fields = policy_all_fields(policy)},
  };
  for (uint8_t basis = 1; basis <= policy_word_count(policy, POLICY_BASIS); basis++) {
    world->request.basis = basis;
    if (policy_decide_request(policy, &decision, &world->request)) return;
  }
}

/* ---- The laws ---------------------------------------------------------------------------------
 */

static void splitting_gains_nothing(const struct world *world, const struct decision *whole)
{
  struct fieldset left = world->request.asked;
  uint64_t duties = 0, waiting = 0;

  while (!fieldset_is_empty(left)) {
    struct world one = *world;
    unsigned field = fieldset_take(&left);
    struct decision decision;

    one.request.asked = fieldset_with(no_field, field);
    decision = decide(&one);
    must(fieldset_equal(decision.granted, fieldset_and(whole->granted, one.request.asked)) &&
           fieldset_equal(decision.pending, fieldset_and(whole->pending, one.request.asked)) &&
           decision.form[field] == whole->form[field],
         "P1: a part of the request is answered otherwise than the whole", world->policy,
         &world->request);
    if (!fieldset_is_empty(decision.granted)) duties |= decision.obligations;
    if (!fieldset_is_empty(decision.pending)) waiting |= decision.obligations;
  }
  if (!fieldset_is_empty(whole->granted))
    must((whole->obligations & ~duties & ~waiting) == 0 && (duties & ~whole->obligations) == 0,
         "P10: duties are not the union over what is released", world->policy, &world->request);
}

static void protection_never_reveals(const struct world *world, const struct decision *decision)
{
  struct fieldset safety = policy_fields_of(world->policy, POLICY_SAFETY);
  struct world raised = *world;
  struct decision other;

  for (unsigned i = 0; i + 1 < LEVELS; i++) {
    raised.child = world->child;
    if (world->child.shield == levels[i]) {
      raised.child.shield = levels[i + 1];
      raised.child.shield_status = POLICY_STATUS_CONFIRMED;
      other = decide(&raised);
      must(gives_no_more(world->policy, &other, decision, safety),
           "P2: raising protection reveals more", world->policy, &world->request);
    }
    raised.child = world->child;
    if (world->child.household == levels[i]) {
      raised.child.household = levels[i + 1];
      other = decide(&raised);
      must(gives_no_more(world->policy, &other, decision, safety),
           "P2: raising the household's protection reveals more", world->policy, &world->request);
    }
  }
}

static void lacking_never_reveals(const struct world *world, const struct decision *decision)
{
  struct world less[7];

  for (size_t i = 0; i < 7; i++)
    less[i] = *world;
  less[0].request.has_necessity = false;
  less[1].request.basis = POLICY_NO_WORD;
  less[2].request.approval_count = 0;
  less[3].request.has_alternative = false;
  less[4].request.identity_verified = POLICY_NO;
  less[5].request.has_special_condition = false;
  less[6].request.urgency = POLICY_NO_WORD;
  for (size_t i = 0; i < 7; i++) {
    struct decision other = decide(&less[i]);

    must(gives_no_more(world->policy, &other, decision, no_field), "P3: leaving out reveals more",
         world->policy, &world->request);
  }
}

/* `decision` stands for one known value; every known value is walked, so each is compared. */
static void unknown_never_reveals(const struct world *world, const struct decision *decision)
{
  struct world unsure[10];

  for (size_t i = 0; i < 10; i++)
    unsure[i] = *world;
  unsure[0].child.on_register = POLICY_UNKNOWN;
  unsure[1].child.shield = POLICY_LEVEL_UNKNOWN;
  unsure[2].child.shield_status = POLICY_STATUS_UNKNOWN;
  unsure[3].child.household = POLICY_LEVEL_UNKNOWN;
  unsure[4].child.against_requester = POLICY_UNKNOWN;
  unsure[5].child.first_decision_made = POLICY_UNKNOWN;
  unsure[6].child.child_agrees = POLICY_UNKNOWN;
  unsure[7].child.gate = (struct policy_gate){.support_offered = POLICY_UNKNOWN};
  unsure[8].request.conflict = POLICY_UNKNOWN;
  unsure[9].request.protected_person = POLICY_UNKNOWN;
  for (size_t i = 0; i < 10; i++) {
    struct decision other = decide(&unsure[i]);
    struct fieldset but =
      i == 1 ? policy_fields_of(world->policy, POLICY_SAFETY) : no_field; /* as P2 */

    must(gives_no_more(world->policy, &other, decision, but), "P6: what is unknown reveals more",
         world->policy, &world->request);
  }
}

static void conflict_reveals_nothing(const struct world *world)
{
  struct world against = *world;
  struct decision other;

  against.request.conflict = POLICY_YES;
  other = decide(&against);
  must(fieldset_is_empty(other.granted) && fieldset_is_empty(other.pending),
       "P7: a conflict reveals something", world->policy, &world->request);
}

static bool is_purpose(const struct world *world, struct str name)
{
  return world->request.purposes == POLICY_BIT(policy_word(world->policy, POLICY_PURPOSE, name));
}

static void hidden_is_absent(const struct world *world, const struct decision *decision)
{
  struct world absent = *world;
  struct decision other;

  if (world->child.shield != POLICY_LEVEL_HIDDEN || is_purpose(world, STR("court_order")) ||
      is_purpose(world, STR("immediate_protection")) ||
      policy_in_circle(world->policy, &world->request, &world->child))
    return;
  absent.child = (struct policy_facts){.on_register = POLICY_NO};
  other = decide(&absent);
  must(decision->outcome == POLICY_DENY && other.outcome == POLICY_DENY &&
         decision->answer == other.answer && fieldset_equal(decision->denied, other.denied) &&
         fieldset_is_empty(decision->granted) && fieldset_is_empty(decision->pending) &&
         decision->missing_steps == 0 &&
         (decision->answer == POLICY_GENERIC || decision->rule == other.rule),
       "P8: hidden is not as no record", world->policy, &world->request);
}

static void impossible_duty_refuses(const struct world *world, const struct decision *decision)
{
  struct world unable = *world;
  uint64_t duties = fieldset_is_empty(decision->pending) ? decision->obligations : 0;

  if (fieldset_is_empty(decision->granted)) return;
  while (duties != 0) {
    struct decision other;

    unable.request.channel_cannot = duties & (~duties + 1);
    duties &= duties - 1;
    other = decide(&unable);
    must(other.outcome == POLICY_DENY && other.answer == POLICY_SPECIFIC,
         "P10: a duty that cannot be carried out does not refuse", world->policy, &world->request);
  }
}

static void two_purposes_give_the_least_of_both(const struct world *world,
                                                const struct decision *decision)
{
  for (uint8_t purpose = 1; purpose <= policy_word_count(world->policy, POLICY_PURPOSE);
       purpose++) {
    struct world other = *world, both = *world;
    struct decision by_other, by_both;
    struct fieldset left;

    other.request.purposes = POLICY_BIT(purpose);
    both.request.purposes |= POLICY_BIT(purpose);
    by_other = decide(&other);
    by_both = decide(&both);
    must(gives_no_more(world->policy, &by_both, decision, no_field) &&
           gives_no_more(world->policy, &by_both, &by_other, no_field),
         "P14: two purposes give more than one of them", world->policy, &world->request);
    left = fieldset_and(decision->granted, by_other.granted);
    must(fieldset_equal(by_both.granted, left), "P14: two purposes give less than both",
         world->policy, &world->request);
  }
}

/* ---- Changed policies -------------------------------------------------------------------------
 */

#define FILES_MAX 256

struct changed {
  struct policy *policy;
  bool reveals_less; /* else: reveals more */
};

/* P4: with a grant taken away nothing more is revealed, with a withhold taken away nothing less. */
static size_t load_without_each(struct changed *ret_changed)
{
  struct policy_file files[FILES_MAX];
  size_t changed = 0;

  for (size_t i = 0; i < policy_builtin_count; i++) {
    bool is_grant = strstr(policy_builtin_files[i].text, "\"effect\": \"grant\"") != NULL;
    bool is_withhold = strstr(policy_builtin_files[i].text, "\"effect\": \"withhold\"") != NULL;

    if (!is_grant && !is_withhold) continue;
    memcpy(files, policy_builtin_files, policy_builtin_count * sizeof(files[0]));
    files[i] = files[policy_builtin_count - 1];
    ret_changed[changed++] = (struct changed){load(files, policy_builtin_count - 1), is_grant};
  }
  return changed;
}

static struct policy *load_backwards(void)
{
  struct policy_file files[FILES_MAX];

  for (size_t i = 0; i < policy_builtin_count; i++)
    files[i] = policy_builtin_files[policy_builtin_count - 1 - i];
  return load(files, policy_builtin_count);
}

static void changes_go_one_way(const struct world *world, const struct decision *decision,
                               const struct changed *changed, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    struct world there = *world;
    struct decision other;
    bool holds;

    there.policy = changed[i].policy;
    other = decide(&there);
    holds = changed[i].reveals_less ? gives_no_more(world->policy, &other, decision, no_field)
                                    : gives_no_more(world->policy, decision, &other, no_field);
    must(holds, "P4: a rule taken away works the wrong way", world->policy, &world->request);
  }
}

static void order_is_irrelevant(const struct world *world, const struct decision *decision,
                                const struct policy *backwards)
{
  struct world there = *world;
  struct decision other;

  there.policy = backwards;
  other = decide(&there);
  must(memcmp(&other, decision, sizeof(other)) == 0, "P5: the order of files matters",
       world->policy, &world->request);
}

/* ---- The walk ---------------------------------------------------------------------------------
 */

static void walk(struct world *world, const struct policy *backwards, const struct changed *changed,
                 size_t changed_count)
{
  for (unsigned variant = 0; variant < VARIANTS; variant++) {
    struct decision decision;

    vary(world, variant);
    decision = decide(world);
    protection_never_reveals(world, &decision);
    lacking_never_reveals(world, &decision);
    unknown_never_reveals(world, &decision);
    conflict_reveals_nothing(world);
    hidden_is_absent(world, &decision);
    impossible_duty_refuses(world, &decision);
    order_is_irrelevant(world, &decision, backwards);
    if (variant % 5 == 0) splitting_gains_nothing(world, &decision);
    if (variant % 7 == 0) two_purposes_give_the_least_of_both(world, &decision);
    if (variant % 11 == 0) changes_go_one_way(world, &decision, changed, changed_count);
  }
}

/* No rule for the triple: nothing is given, and hidden is still as no record. */
static void walk_without_rule(struct world *world)
{
  for (unsigned level = 0; level < LEVELS; level++) {
    struct decision decision;

    vary(world, level);
    decision = decide(world);
    must(fieldset_is_empty(decision.granted) && fieldset_is_empty(decision.pending),
         "something is given without a rule", world->policy, &world->request);
    hidden_is_absent(world, &decision);
  }
}

int main(void)
{
  static struct changed changed[FILES_MAX];
  struct policy *policy = load(policy_builtin_files, policy_builtin_count);
  struct policy *backwards = load_backwards();
  size_t changed_count = load_without_each(changed);
  unsigned with_rule = 0;

  for (uint8_t role = 0; role <= policy_word_count(policy, POLICY_ROLE); role++)
    for (uint8_t relation = 0; relation <= policy_word_count(policy, POLICY_RELATION); relation++)
      for (uint8_t purpose = 0; purpose <= policy_word_count(policy, POLICY_PURPOSE); purpose++) {
        struct world world;

        ask(&world, policy, role, relation, purpose);
        if (fieldset_is_empty(policy_reach(policy, role, relation, purpose))) {
          walk_without_rule(&world);
          continue;
        }
        walk(&world, backwards, changed, changed_count);
        with_rule++;
      }
  printf("%u triples with a rule, %zu changed policies\n", with_rule, changed_count);
  for (size_t i = 0; i < changed_count; i++)
    policy_free(&changed[i].policy);
  policy_free(&backwards);
  policy_free(&policy);
  return with_rule == 0;
}

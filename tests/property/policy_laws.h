/* The laws of the decision, one function each; policy_decide.c walks the worlds. A law that does
 * not hold ends the program with its words and the world. */
#ifndef TESTS_PROPERTY_POLICY_LAWS_H
#define TESTS_PROPERTY_POLICY_LAWS_H

#include <stdio.h>
#include <stdlib.h>

#include "tests/property/policy_space.h"

#define LAWS(LAW)                                                                                  \
  LAW(P1, "a part of the request is answered as within the whole; splitting gains nothing")        \
  LAW(P2, "raising protection, of child or household, reveals nothing but @safety")                \
  LAW(P3, "leaving out necessity, basis, identity, condition or an approval reveals no more")      \
  LAW(P4, "without a withhold no less is revealed, without a grant no more")                       \
  LAW(P5, "the order of files, keys, words and approvals does not matter")                         \
  LAW(P6, "what is unknown reveals no more than any known value")                                  \
  LAW(P7, "a conflict reveals nothing")                                                            \
  LAW(P8, "hidden, outside circle, break-glass and court, is as no record")                        \
  LAW(P9, "break-glass stays within its list and always brings its five duties")                   \
  LAW(P10, "duties are the union over what is released; one that is impossible refuses")           \
  LAW(P11, "what runs out with time reveals no more")                                              \
  LAW(P12, "the same facts have the same answer, whatever was asked between")                      \
  LAW(P13, "every sentence and word is there in both languages")                                   \
  LAW(P14, "two purposes give what both give, in the lesser form")                                 \
  LAW(SHIELD, "places and safety behind a shield go to circle, break-glass, court or their own")   \
  LAW(NO_GRANT, "without a grant nothing is given, and the answer is that of no record")           \
  LAW(CLASSES, "a world left out is answered as the one that stands for it")

enum law {
#define LAW(id, says) LAW_##id,
  LAWS(LAW)
#undef LAW
    LAW_COUNT
};
static const struct {
  const char *id, *says;
} laws[] = {
#define LAW(id, says) {#id, says},
  LAWS(LAW)
#undef LAW
};

/* Over which of the worlds a law is held against; every one where nothing stands here. */
static const char *const law_over[LAW_COUNT] = {
  [LAW_P1] = "all; each field given and one that is not, alone and left out, not every part",
  [LAW_P4] = "all, with each grant and withhold that concerns them",
  [LAW_P5] = "all, in one other order: the other way round",
  [LAW_P12] = "all, each asked again after 64 others",
  [LAW_P13] = "none: every sentence and word",
  [LAW_P14] = "all of two purposes, none of three",
  [LAW_NO_GRANT] = "a sample: four of each role, relation and purpose",
  [LAW_CLASSES] = "a sample: one left out for each world",
};

#define FILES_MAX 256
#define REMEMBERED 64

/* P4: the built-in policy without one rule. */
struct changed {
  struct policy *policy;
  const struct rule *without;
};

struct proof {
  struct policy *policy, *backwards;
  struct changed changed[FILES_MAX];
  size_t changed_count;
  struct { /* P12 */
    struct world world;
    struct decision decision;
  } remembered[REMEMBERED];
  uint64_t worlds, decisions, checked[LAW_COUNT];
  unsigned spaces, pairs;
  bool is_whole;
};

static const struct fieldset no_field = {{0, 0}};

static inline void must(struct proof *proof, enum law law, bool holds, const struct world *world)
{
  const struct policy_request *request = &world->request;
  struct str role, relation, purpose;

  proof->checked[law]++;
  if (holds) return;
  role = policy_word_name(proof->policy, POLICY_ROLE, request->role);
  relation = policy_word_name(proof->policy, POLICY_RELATION, request->relation);
  purpose = policy_word_name(proof->policy, POLICY_PURPOSE,
                             (uint8_t)(request->purposes ? __builtin_ctzll(request->purposes) : 0));
  fprintf(stderr,
          "%s does not hold: %s: %.*s %.*s %.*s basis %u urgency %u subjects %u conflict %d "
          "shield %d household %d against %d first %d\n",
          laws[law].id, laws[law].says, (int)role.len, role.ptr, (int)relation.len, relation.ptr,
          (int)purpose.len, purpose.ptr, request->basis, request->urgency, request->subjects,
          (int)request->conflict, (int)world->child.shield, (int)world->child.household,
          (int)world->child.against_requester, (int)world->child.first_decision_made);
  exit(1);
}

static inline struct decision decide(struct proof *proof, const struct world *world)
{
  struct decision decision;

  proof->decisions++;
  policy_decide(world->policy, &decision, &world->request, &world->child);
  return decision;
}

static inline bool is_same(const struct decision *a, const struct decision *b)
{
  return memcmp(a, b, sizeof(*a)) == 0;
}

static inline bool is_lesser(const struct policy *policy, unsigned field, uint8_t form)
{
  return form != policy_field_full_form(policy, (uint8_t)field);
}

/* Everything that `a` gives, `b` gives too, in as full a form; fields of `but` apart. */
static inline bool gives_no_more(const struct policy *policy, const struct decision *a,
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

static inline void no_more(struct proof *proof, enum law law, const struct world *world,
                           const struct world *changed, const struct decision *decision,
                           struct fieldset but)
{
  struct decision other = decide(proof, changed);

  must(proof, law, gives_no_more(proof->policy, &other, decision, but), world);
}

static inline bool gives_nothing(const struct decision *decision)
{
  return fieldset_is_empty(decision->granted) && fieldset_is_empty(decision->pending);
}

static inline bool is_purpose(const struct world *world, struct str name)
{
  return world->request.purposes == POLICY_BIT(policy_word(world->policy, POLICY_PURPOSE, name));
}

/* ---- The laws ---------------------------------------------------------------------------------
 */

static inline bool answers_alike(const struct decision *part, const struct decision *whole,
                                 struct fieldset asked)
{
  for (struct fieldset left = asked; !fieldset_is_empty(left);) {
    unsigned field = fieldset_take(&left);

    if (part->form[field] != whole->form[field]) return false;
  }
  return fieldset_equal(part->granted, fieldset_and(whole->granted, asked)) &&
         fieldset_equal(part->pending, fieldset_and(whole->pending, asked));
}

/* Each field that the whole gives alone, one that it does not, and what is left without it. */
static inline void splitting_gains_nothing(struct proof *proof, const struct world *world,
                                           const struct decision *whole)
{
  struct fieldset given = fieldset_or(whole->granted, whole->pending);
  struct fieldset refused = fieldset_less(world->request.asked, given), left = given;
  uint64_t duties = 0, waiting = 0;

  if (!fieldset_is_empty(refused)) left = fieldset_with(left, fieldset_take(&refused));
  while (!fieldset_is_empty(left)) {
    struct world one = *world, rest = *world;
    unsigned field = fieldset_take(&left);
    struct decision of_one, of_rest;

    one.request.asked = fieldset_with(no_field, field);
    rest.request.asked = fieldset_less(world->request.asked, one.request.asked);
    of_one = decide(proof, &one);
    of_rest = decide(proof, &rest);
    must(proof, LAW_P1,
         answers_alike(&of_one, whole, one.request.asked) &&
           answers_alike(&of_rest, whole, rest.request.asked),
         world);
    if (!fieldset_is_empty(of_one.granted)) duties |= of_one.obligations;
    if (!fieldset_is_empty(of_one.pending)) waiting |= of_one.obligations;
  }
  if (!fieldset_is_empty(whole->granted))
    must(proof, LAW_P10,
         (whole->obligations & ~duties & ~waiting) == 0 && (duties & ~whole->obligations) == 0,
         world);
}

static inline void protection_never_reveals(struct proof *proof, const struct world *world,
                                            const struct decision *decision)
{
  struct fieldset safety = policy_fields_of(world->policy, POLICY_SAFETY);
  struct world raised = *world;

  if (world->child.shield == POLICY_LEVEL_NONE || world->child.shield == POLICY_LEVEL_CONTACT) {
    raised.child.shield = world->child.shield + 1;
    raised.child.shield_status = POLICY_STATUS_CLAIMED;
    no_more(proof, LAW_P2, world, &raised, decision, safety);
  }
  raised = *world;
  if (world->child.household == POLICY_LEVEL_NONE ||
      world->child.household == POLICY_LEVEL_CONTACT) {
    raised.child.household = world->child.household + 1;
    no_more(proof, LAW_P2, world, &raised, decision, safety);
  }
}

/* Taken away, an approval gives no more; the requester's own, or one that ran out, is none. */
static inline void approvals_count_for_one(struct proof *proof, const struct world *world,
                                           const struct decision *decision)
{
  for (size_t i = 0; i < world->request.approval_count; i++) {
    struct world without = *world, own = *world, late = *world;
    struct policy_request *request = &without.request;
    struct decision none, other;

    request->approvals[i] = request->approvals[--request->approval_count];
    own.request.approvals[i].by_another = false;
    late.request.approvals[i].in_time = false;
    none = decide(proof, &without);
    other = decide(proof, &own);
    must(proof, LAW_P3, is_same(&other, &none), world);
    other = decide(proof, &late);
    must(proof, LAW_P11, is_same(&other, &none), world);
    if (world->request.approvals[i].outcome == POLICY_APPROVED)
      must(proof, LAW_P3, gives_no_more(proof->policy, &none, decision, no_field), world);
  }
}

static inline void lacking_never_reveals(struct proof *proof, const struct world *world,
                                         const struct decision *decision)
{
  struct world less[7];

  for (size_t i = 0; i < 7; i++)
    less[i] = *world;
  less[0].request.has_necessity = false;
  less[1].request.basis = POLICY_NO_WORD;
  less[2].request.has_alternative = false;
  less[3].request.identity_verified = POLICY_NO;
  less[4].request.has_special_condition = false;
  less[5].request.urgency = POLICY_NO_WORD;
  less[6].request.order_fields = no_field;
  for (size_t i = 0; i < 7; i++)
    no_more(proof, LAW_P3, world, &less[i], decision, no_field);
  approvals_count_for_one(proof, world, decision);
}

static inline void changes_go_one_way(struct proof *proof, const struct space *space,
                                      const struct world *world, const struct decision *decision)
{
  for (size_t i = 0; i < proof->changed_count; i++) {
    struct world there = *world;
    struct decision other;
    bool is_grant = proof->changed[i].without->effect == EFFECT_GRANT;

    if (!space_concerns(space, proof->changed[i].without)) continue;
    there.policy = proof->changed[i].policy;
    other = decide(proof, &there);
    must(proof, LAW_P4,
         is_grant ? gives_no_more(proof->policy, &other, decision, no_field)
                  : gives_no_more(proof->policy, decision, &other, no_field),
         world);
  }
}

static inline void order_is_irrelevant(struct proof *proof, const struct world *world,
                                       const struct decision *decision)
{
  struct world there = *world;
  struct decision other;
  size_t count = world->request.approval_count;

  there.policy = proof->backwards;
  for (size_t i = 0; i < count; i++)
    there.request.approvals[i] = world->request.approvals[count - 1 - i];
  other = decide(proof, &there);
  must(proof, LAW_P5, is_same(&other, decision), world);
}

/* Every known value of every fact is walked, so each is compared with its unknown. */
static inline void unknown_never_reveals(struct proof *proof, const struct world *world,
                                         const struct decision *decision)
{
  struct world unsure[15];

  for (size_t i = 0; i < 15; i++)
    unsure[i] = *world;
  unsure[0].child.shield = POLICY_LEVEL_UNKNOWN;
  unsure[1].child.shield_status = POLICY_STATUS_UNKNOWN;
  unsure[2].child.household = POLICY_LEVEL_UNKNOWN;
  unsure[3].child.on_register = POLICY_UNKNOWN;
  unsure[4].child.against_requester = POLICY_UNKNOWN;
  unsure[5].child.first_decision_made = POLICY_UNKNOWN;
  unsure[6].child.child_agrees = POLICY_UNKNOWN;
  unsure[7].child.gate = (struct policy_gate){.support_offered = POLICY_UNKNOWN};
  unsure[8].request.conflict = POLICY_UNKNOWN;
  unsure[9].request.protected_person = POLICY_UNKNOWN;
  unsure[10].request.identity_verified = POLICY_UNKNOWN;
  unsure[11].request.subjects = 0;
  unsure[12].request.role = POLICY_NO_WORD;
  unsure[13].request.relation = POLICY_NO_WORD;
  unsure[14].child.named_worker = POLICY_UNKNOWN;
  for (size_t i = 0; i < 15; i++)
    no_more(proof, LAW_P6, world, &unsure[i], decision,
            i < 3 ? policy_fields_of(world->policy, POLICY_SAFETY) : no_field); /* as P2 */
}

static inline void conflict_reveals_nothing(struct proof *proof, const struct world *world)
{
  struct world against = *world;
  struct decision other;

  against.request.conflict = POLICY_YES;
  other = decide(proof, &against);
  must(proof, LAW_P7, gives_nothing(&other), world);
}

static inline bool breaks_glass(const struct world *world)
{
  return is_purpose(world, STR("immediate_protection")) && world->request.subjects == 1 &&
         str_is(policy_word_name(world->policy, POLICY_URGENCY, world->request.urgency),
                "imminent_danger");
}

/* F-05 and F-08, said of the answer: whatever rules made it. */
static inline void shield_holds(struct proof *proof, const struct world *world,
                                const struct decision *decision)
{
  const struct policy *policy = world->policy;
  struct fieldset held = no_field;

  if (world->child.household != POLICY_LEVEL_NONE || world->child.shield != POLICY_LEVEL_NONE)
    held = policy_fields_of(policy, POLICY_LOCATING);
  if (world->child.shield != POLICY_LEVEL_NONE)
    held = fieldset_or(held, policy_fields_of(policy, POLICY_SAFETY));
  if (is_purpose(world, STR("court_order")) || breaks_glass(world) ||
      policy_in_circle(policy, &world->request, &world->child))
    return;
  held = fieldset_less(held, policy->own[world->request.relation]);
  must(proof, LAW_SHIELD, fieldset_is_empty(fieldset_and(decision->granted, held)), world);
}

static inline bool is_as_absent(struct proof *proof, const struct world *world,
                                const struct decision *decision)
{
  struct world absent = *world;
  struct decision other;

  absent.child = (struct policy_facts){.on_register = POLICY_NO};
  other = decide(proof, &absent);
  return decision->outcome == POLICY_DENY && other.outcome == POLICY_DENY &&
         decision->answer == other.answer && fieldset_equal(decision->denied, other.denied) &&
         gives_nothing(decision) && decision->missing_steps == 0 &&
         (decision->answer == POLICY_GENERIC || decision->rule == other.rule);
}

static inline void hidden_is_absent(struct proof *proof, const struct world *world,
                                    const struct decision *decision)
{
  if (world->child.shield != POLICY_LEVEL_HIDDEN || is_purpose(world, STR("court_order")) ||
      breaks_glass(world) || policy_in_circle(world->policy, &world->request, &world->child))
    return;
  must(proof, LAW_P8, is_as_absent(proof, world, decision), world);
}

static inline uint64_t duties_named(const struct policy *policy, const char *const *names,
                                    size_t count)
{
  uint64_t duties = 0;

  for (size_t i = 0; i < count; i++)
    duties |= POLICY_BIT(policy_word(policy, POLICY_OBLIGATION, str_from(names[i])));
  return duties;
}

static inline void break_glass_is_short(struct proof *proof, const struct world *world,
                                        const struct decision *decision)
{
  static const char *const five[] = {"notify_safeguarding_lead", "review_next_working_day",
                                     "expire_4_hours", "seal_to_recipient", "no_onward_sharing"};
  static const char *const list[] = {
    "child_name",           "date_of_birth",           "home_address",
    "resident_parent_name", "resident_parent_contact", "child_protection_status",
    "shield_exists",        "safe_contact_route",      "health_needs"};
  uint64_t duties = duties_named(proof->policy, five, 5);
  struct fieldset may = no_field;

  if (!is_purpose(world, STR("immediate_protection"))) return;
  for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
    may = fieldset_with(may, policy_word(proof->policy, POLICY_FIELD, str_from(list[i])));
  must(proof, LAW_P9,
       fieldset_is_empty(fieldset_less(fieldset_or(decision->granted, decision->pending), may)) &&
         (gives_nothing(decision) || breaks_glass(world)) &&
         (fieldset_is_empty(decision->granted) || (duties & ~decision->obligations) == 0),
       world);
}

static inline void impossible_duty_refuses(struct proof *proof, const struct world *world,
                                           const struct decision *decision)
{
  struct world unable = *world;
  uint64_t duties = fieldset_is_empty(decision->pending) ? decision->obligations : 0;

  if (fieldset_is_empty(decision->granted)) return;
  while (duties != 0) {
    struct decision other;

    unable.request.channel_cannot = duties & (~duties + 1);
    duties &= duties - 1;
    other = decide(proof, &unable);
    must(proof, LAW_P10, other.outcome == POLICY_DENY && other.answer == POLICY_SPECIFIC, world);
  }
}

/* The clock reaches a decision as shields and relations that have run out, and as approvals (P3).
 */
static inline void time_never_reveals(struct proof *proof, const struct world *world,
                                      const struct decision *decision)
{
  struct world later = *world;

  later.child.shield_status = POLICY_STATUS_EXPIRED_UNREVIEWED;
  no_more(proof, LAW_P11, world, &later, decision,
          policy_fields_of(world->policy, POLICY_SAFETY)); /* as P2 */
  later = *world;
  for (uint64_t gone = world->policy->relation_missing; gone != 0; gone &= gone - 1) {
    later.request.relation = (uint8_t)__builtin_ctzll(gone);
    no_more(proof, LAW_P11, world, &later, decision, no_field);
  }
}

/* The world of some decisions ago, into memory full of something else. */
static inline void nothing_is_remembered(struct proof *proof, const struct world *world,
                                         const struct decision *decision)
{
  size_t at = proof->worlds % REMEMBERED;
  const struct world *before = &proof->remembered[at].world;
  struct decision again;

  if (before->policy != NULL) {
    memset(&again, 0xA5, sizeof(again));
    policy_decide(before->policy, &again, &before->request, &before->child);
    must(proof, LAW_P12, is_same(&again, &proof->remembered[at].decision), before);
  }
  proof->remembered[at].world = *world;
  proof->remembered[at].decision = *decision;
}

static inline void two_purposes_give_the_least_of_both(struct proof *proof,
                                                       const struct world *world)
{
  struct decision both = decide(proof, world), of[2];
  struct world one = *world;
  size_t n = 0;

  for (uint64_t left = world->request.purposes; left != 0; left &= left - 1) {
    one.request.purposes = left & (~left + 1);
    of[n++] = decide(proof, &one);
  }
  must(proof, LAW_P14,
       gives_no_more(proof->policy, &both, &of[0], no_field) &&
         gives_no_more(proof->policy, &both, &of[1], no_field) &&
         fieldset_equal(both.granted, fieldset_and(of[0].granted, of[1].granted)),
       world);
}

#endif

/* Reads a scenario case into what the engine takes. A word that the vocabulary does not have stays
 * unknown, and a statement that is blank counts as not made. */
#include "policy/case.h"

#include <string.h>

#include "policy/regime.h"

/* The gate's thresholds are those of the demonstration. */
#define REGIME_OF_CASES "illustration-2026-09"

static uint8_t word_of(const struct policy *policy, enum policy_kind kind, json_t *value)
{
  return json_is_string(value) ? policy_word(policy, kind, str_from(json_string_value(value)))
                               : POLICY_NO_WORD;
}

static bool says_something(json_t *value)
{
  const char *text = json_string_value(value);

  return text != NULL && text[strspn(text, " \t\r\n")] != '\0';
}

static bool lists_something(json_t *array)
{
  for (size_t i = 0; i < json_array_size(array); i++)
    if (says_something(json_array_get(array, i))) return true;
  return false;
}

static uint64_t set_of(const struct policy *policy, enum policy_kind kind, json_t *array)
{
  uint64_t set = 0;

  for (size_t i = 0; i < json_array_size(array); i++)
    set |= POLICY_BIT(word_of(policy, kind, json_array_get(array, i)));
  return set;
}

static struct fieldset fields_of(const struct policy *policy, json_t *array)
{
  struct fieldset set = {{0, 0}};

  for (size_t i = 0; i < json_array_size(array); i++)
    set = fieldset_with(set, word_of(policy, POLICY_FIELD, json_array_get(array, i)));
  return set;
}

static bool is_list_of_texts(json_t *array)
{
  for (size_t i = 0; i < json_array_size(array); i++)
    if (!json_is_string(json_array_get(array, i))) return false;
  return array == NULL || json_is_array(array);
}

/* What is expected is read as texts later. */
static bool expects_texts(json_t *expected)
{
  static const char *const lists[] = {"denied", "pending", "obligations", "must_not_oblige",
                                      "must_not_reveal"};
  const char *name;
  json_t *form;

  for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
    if (!is_list_of_texts(json_object_get(expected, lists[i]))) return false;
  json_object_foreach(json_object_get(expected, "allowed"), name, form)
  {
    if (!json_is_string(form)) return false;
  }
  return true;
}

static enum policy_truth truth_of(json_t *value, enum policy_truth absent)
{
  if (value == NULL) return absent;
  if (!json_is_boolean(value)) return POLICY_UNKNOWN;
  return json_is_true(value) ? POLICY_YES : POLICY_NO;
}

static enum policy_truth yes_if(bool yes)
{
  return yes ? POLICY_YES : POLICY_NO;
}

/* The place of a text in a list that ends with NULL, or -1. */
static int place_of(json_t *value, const char *const *names)
{
  const char *text = json_string_value(value);

  for (int i = 0; text != NULL && names[i] != NULL; i++)
    if (strcmp(text, names[i]) == 0) return i;
  return -1;
}

/* ---- The request ------------------------------------------------------------------------------
 */

static enum err read_approvals(const struct policy *policy, struct policy_request *request,
                               json_t *rows, struct trail *trail)
{
  if (json_array_size(rows) > POLICY_APPROVALS_MAX)
    return FAIL(trail, ERR_INPUT, "too many approvals in a case");
  for (size_t i = 0; i < json_array_size(rows); i++) {
    static const char *const outcomes[] = {"approved", "refused", NULL};
    json_t *row = json_array_get(rows, i);
    int outcome = place_of(json_object_get(row, "outcome"), outcomes);

    request->approvals[i] = (struct policy_approval){
      .role = word_of(policy, POLICY_ROLE, json_object_get(row, "by_role")),
      .outcome = outcome == 0   ? POLICY_APPROVED
                 : outcome == 1 ? POLICY_REFUSED
                                : POLICY_NOT_DECIDED,
      .by_another = !json_is_true(json_object_get(row, "same_person")),
      .in_time = !json_is_true(json_object_get(row, "expired")),
    };
  }
  request->approval_count = json_array_size(rows);
  return OK;
}

static uint32_t read_subjects(json_t *value)
{
  json_int_t count = value == NULL ? 1 : json_integer_value(value);

  return count < 0 || count > UINT32_MAX ? 0 : (uint32_t)count;
}

static enum err read_request(const struct policy *policy, struct policy_case *a_case, json_t *line,
                             struct trail *trail)
{
  json_t *actor = json_object_get(line, "actor"), *basis = json_object_get(line, "basis");
  json_t *codes = json_object_get(json_object_get(line, "purpose"), "codes");

  a_case->request = (struct policy_request){
    .role = word_of(policy, POLICY_ROLE, json_object_get(actor, "role")),
    .relation = word_of(policy, POLICY_RELATION, json_object_get(actor, "relation")),
    .purposes = set_of(policy, POLICY_PURPOSE, codes),
    .urgency = word_of(policy, POLICY_URGENCY, json_object_get(line, "urgency")),
    .identity_verified = truth_of(json_object_get(actor, "identity_verified"), POLICY_UNKNOWN),
    .conflict = truth_of(json_object_get(actor, "conflict_of_interest"), POLICY_UNKNOWN),
    .protected_person = truth_of(json_object_get(actor, "protected_person"), POLICY_NO),
    .has_necessity = says_something(json_object_get(line, "necessity")),
    .has_alternative = lists_something(json_object_get(line, "alternatives_considered")),
    .has_special_condition = says_something(json_object_get(basis, "special_category_condition")),
    .subjects = read_subjects(json_object_get(line, "subjects")),
    .asked = fields_of(policy, a_case->asked),
    .order_fields = fields_of(policy, json_object_get(basis, "order_fields")),
    .channel_cannot = set_of(policy, POLICY_OBLIGATION, json_object_get(line, "channel_cannot")),
  };
  if (says_something(json_object_get(basis, "text")))
    a_case->request.basis = word_of(policy, POLICY_BASIS, json_object_get(basis, "kind"));
  return read_approvals(policy, &a_case->request, json_object_get(line, "approvals"), trail);
}

/* ---- The facts --------------------------------------------------------------------------------
 */

static enum policy_truth at_least(json_t *value, int least)
{
  return json_is_integer(value) ? yes_if(json_integer_value(value) >= least) : POLICY_UNKNOWN;
}

static enum policy_truth at_most(json_t *value, int most)
{
  if (!json_is_integer(value) || json_integer_value(value) < 0) return POLICY_UNKNOWN;
  return yes_if(json_integer_value(value) <= most);
}

static enum policy_truth is_one_of(json_t *value, const char *const *names)
{
  return json_is_string(value) ? yes_if(place_of(value, names) >= 0) : POLICY_UNKNOWN;
}

static enum policy_truth opposite(enum policy_truth truth)
{
  return truth == POLICY_UNKNOWN ? truth : yes_if(truth == POLICY_NO);
}

static enum err read_gate(const struct policy *policy, struct policy_gate *gate, json_t *given,
                          struct trail *trail)
{
  static const char *const checked[] = {"done", "not_applicable", NULL};
  static const char *const sought[] = {"recorded", "declined", "explained", "absence_explained",
                                       NULL};
  const struct regime *regime = policy_regime(policy, STR(REGIME_OF_CASES));
  int offers, days;

  if (regime == NULL || !regime_number(regime, STR("gate_support_offers"), &offers) ||
      !regime_number(regime, STR("gate_circumstances_review_days"), &days))
    return FAIL(trail, ERR_POLICY, "the cases' regime has no thresholds for the gate");
  *gate = (struct policy_gate){
    .support_offered = at_least(json_object_get(given, "support_attempts"), offers),
    .aln_checked = is_one_of(json_object_get(given, "aln_check"), checked),
    .health_checked = is_one_of(json_object_get(given, "health_check"), checked),
    .child_view_sought = is_one_of(json_object_get(given, "child_view"), sought),
    .circumstances_reviewed =
      at_most(json_object_get(given, "circumstances_reviewed_days_ago"), days),
    .less_intrusive_tried =
      yes_if(lists_something(json_object_get(given, "less_intrusive_rejected"))),
    .provision_in_place =
      opposite(truth_of(json_object_get(given, "awaiting_provision_by_authority"), POLICY_UNKNOWN)),
  };
  return OK;
}

static enum policy_level level_of(json_t *value)
{
  static const char *const names[] = {"none", "contact_protected", "hidden", NULL};

  return (enum policy_level)(place_of(value, names) + 1);
}

static enum policy_shield_status status_of(json_t *value)
{
  static const char *const names[] = {"none", "confirmed", "claimed", "expired_unreviewed", NULL};

  return (enum policy_shield_status)(place_of(value, names) + 1);
}

static enum err read_facts(const struct policy *policy, struct policy_case *a_case, json_t *line,
                           struct trail *trail)
{
  json_t *subject = json_object_get(line, "subject"), *shield = json_object_get(subject, "shield");
  json_t *context = json_object_get(line, "context");

  a_case->facts = (struct policy_facts){
    .on_register = truth_of(json_object_get(subject, "on_register"), POLICY_UNKNOWN),
    .shield = level_of(json_object_get(shield, "level")),
    .shield_status = status_of(json_object_get(shield, "status")),
    .named_worker =
      truth_of(json_object_get(json_object_get(line, "actor"), "named_worker"), POLICY_NO),
    .against_requester = truth_of(json_object_get(shield, "against_requester"), POLICY_UNKNOWN),
    .household = level_of(json_object_get(subject, "household_shield")),
    .first_decision_made = /* a case begins after it, unless it says otherwise */
    truth_of(json_object_get(context, "first_decision_made"), POLICY_YES),
    .child_agrees = truth_of(json_object_get(context, "child_agrees"), POLICY_UNKNOWN),
  };
  return read_gate(policy, &a_case->facts.gate, json_object_get(line, "gate"), trail);
}

enum err case_read(const struct policy *policy, struct policy_case *ret_case, json_t *line,
                   struct trail *trail)
{
  struct policy_case a_case = {
    .id = json_string_value(json_object_get(line, "id")),
    .kind = json_string_value(json_object_get(line, "kind")),
    .asked = json_object_get(line, "asked"),
    .expected = json_object_get(line, "expected"),
  };

  if (a_case.id == NULL || a_case.kind == NULL || !json_is_object(a_case.expected))
    return FAIL(trail, ERR_INPUT, "a case without id, kind or expectation");
  a_case.is_decision = strcmp(a_case.kind, "record") == 0 || strcmp(a_case.kind, "bulk") == 0;
  if (a_case.is_decision) {
    if (json_array_size(a_case.asked) == 0 || !is_list_of_texts(a_case.asked))
      return FAIL(trail, ERR_INPUT, "a case that asks nothing");
    if (!expects_texts(a_case.expected))
      return FAIL(trail, ERR_INPUT, "an expectation that is not made of texts");
    TRY(read_request(policy, &a_case, line, trail));
    TRY(read_facts(policy, &a_case, line, trail));
  }
  *ret_case = a_case;
  return OK;
}

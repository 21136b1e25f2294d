/* What a decision has to know of a child: level, against whom, household, relation, gate. One of
 * the four places that open without a decision; what it opens stays here, and what goes up are
 * words, yes and no. An id that is not held is answered from the record of nobody, by the same
 * steps (adr 0006). */
#include <limits.h>
#include <string.h>

#include "base/guard.h"
#include "register/named.h"
#include "register/protect.h"
#include "register/second.h"

struct reading {
  struct op *op;
  const struct facts_want *want;
  struct facts *facts;
  struct key key;
  struct id id;         /* of the row that is read: the child's or nobody's */
  enum level household; /* of the others in it */
};

static void reading_wipe(struct reading *reading)
{
  key_wipe(&reading->key);
}

/* Opens `slots` slots of a field from `first` on into `plain`, one VALUE_BYTES_MAX after the other.
 */
static enum err open_slots(struct reading *reading, struct value *ret_values, uint8_t *plain,
                           enum field field, unsigned first, unsigned slots)
{
  const struct row_kit *kit = &reading->op->reg->rows;
  uint8_t sealed[PEOPLE * ENVELOPE_SIZE(6)];
  size_t size = field_sealed_bytes(field);

  TRY(store_row_part(reading->op->reader->store, sealed, reading->id, PART_BODY,
                     field_offset(field, first), slots * size));
  for (unsigned slot = 0; slot < slots; slot++)
    TRY(row_open_field(kit, OPENED_FACTS, &ret_values[slot], plain + slot * VALUE_BYTES_MAX,
                       &reading->facts->head, &reading->key, field, first + slot,
                       sealed + slot * size));
  return OK;
}

static enum err is_given(struct reading *reading, enum policy_truth *ret_truth, enum field field)
{
  uint8_t plain[VALUE_BYTES_MAX];
  struct value value;

  TRY(open_slots(reading, &value, plain, field, 0, 1));
  *ret_truth = value.state == VALUE_ABSENT ? POLICY_NO : POLICY_YES;
  wipe(plain, sizeof plain);
  return OK;
}

/* ---- the row ---- */

/* Which row is read, and that it is the one that memory knows. */
static enum err find_row(struct reading *reading)
{
  struct reg *reg = reading->op->reg;
  struct store *store = reading->op->reader->store;
  struct facts *facts = reading->facts;
  uint64_t version = 0;

  index_read(reg->index);
  const struct entry *entry = index_entry(reg->index, reading->want->id);
  facts->is_held = entry != NULL;
  if (entry) version = entry->version;
  reading->household = entry ? index_household(reg->index, entry) : LEVEL_NONE;
  index_done(reg->index);
  reading->id = entry ? reading->want->id : reg->decoy;
  enum err err = store_row_head(store, &facts->head, reading->id);
  if (err == OK) err = store_key(store, facts->wrapped_key, facts->head.key);
  if (err == OK)
    err = keys_unwrap(reg->keyring, &reading->key, facts->head.key, facts->wrapped_key);
  if (err != OK) return err == ERR_ABSENT ? ERR_MOVED : err;
  if (entry && facts->head.version != version && GUARD(ROW_VERSION)) return ERR_MOVED;
  return OK;
}

/* What a raising elsewhere owes the adults of this entry counts before it is carried out
 * (follow.c). */
static void add_owed(struct reading *reading)
{
  struct index *index = reading->op->reg->index;
  struct safety *safety = &reading->facts->safety;
  const struct item *item;
  struct follow_owed owed;
  size_t cursor = 0;

  index_read(index);
  while ((item = index_item_of_record(index, reading->want->id, ITEM_OWED, &cursor)) != NULL) {
    follow_owed_read(&owed, item);
    for (unsigned slot = 0; slot < PEOPLE; slot++)
      if ((owed.slots >> slot & 1) != 0 && safety->person[slot] < owed.level)
        safety->person[slot] = owed.level;
  }
  index_done(index);
}

static enum err read_own(struct reading *reading)
{
  uint8_t plain[VALUE_BYTES_MAX];
  struct facts *facts = reading->facts;
  struct value value;

  TRY(open_slots(reading, &value, plain, FIELD_protection, 0, 1));
  TRY(safety_decode(&facts->safety, value.text.ptr, value.text.len));
  add_owed(reading);
  TRY(open_slots(reading, &value, plain, FIELD_audit_key, 0, 1));
  if (value.text.len != sizeof facts->child) return ERR_CORRUPT;
  memcpy(&facts->child, value.text.ptr, sizeof facts->child);
  TRY(open_slots(reading, &value, plain, FIELD_registered, 0, 1));
  wipe(plain, sizeof plain);
  facts->registered = value.since;
  return OK;
}

/* ---- people ---- */

static bool lives_with(struct personal standing)
{
  static const struct personal resident = {"resident", 8}, shared = {"shared", 6};

  return personal_equal(standing, resident) || personal_equal(standing, shared);
}

/* By whichever of their accounts. */
static bool is_requester(const struct reading *reading, const struct value *person)
{
  struct id id;

  if (person->text.len != ID_BYTES) return false;
  memcpy(id.b, person->text.ptr, ID_BYTES);
  return second_share_person(reading->op, id, reading->want->requester);
}

/* Whose words each slot has (reg.h, enum person_view), and whether the shield is against the
 * requester. */
static enum err read_people(struct reading *reading)
{
  uint8_t plain[PEOPLE * VALUE_BYTES_MAX];
  struct value values[PEOPLE];
  struct facts *facts = reading->facts;
  int own = -1;

  TRY(open_slots(reading, values, plain, FIELD_person_id, 0, PEOPLE));
  for (int slot = 0; slot < PEOPLE; slot++)
    if (is_requester(reading, &values[slot])) own = slot;
  TRY(open_slots(reading, values, plain, FIELD_person_standing, 0, PEOPLE));
  for (int slot = 0; slot < PEOPLE; slot++)
    facts->persons[slot] = lives_with(values[slot].text) ? PERSON_RESIDENT : PERSON_OTHER;
  for (int slot = 0; slot < PEOPLE && own >= 0; slot++)
    if (slot != own)
      facts->persons[slot] =
        facts->persons[own] == PERSON_RESIDENT ? PERSON_OTHER : PERSON_RESIDENT;
  wipe(plain, sizeof plain);
  bool is_against = own >= 0 && (facts->safety.against >> own & 1);
  facts->policy.against_requester = is_against ? POLICY_YES : POLICY_NO;
  return OK;
}

/* ---- level ---- */

static void read_level(struct reading *reading)
{
  const struct safety *safety = &reading->facts->safety;
  struct policy_facts *policy = &reading->facts->policy;
  bool is_due = day_is_set(safety->review) && safety->review.number < reading->want->today.number;

  policy->shield_status = is_due ? POLICY_STATUS_EXPIRED_UNREVIEWED : POLICY_STATUS_CONFIRMED;
  switch (safety->level) {
  case LEVEL_UNKNOWN:
    policy->shield = GUARD(UNKNOWN_IS_PROTECTED) ? POLICY_LEVEL_CONTACT : POLICY_LEVEL_NONE;
    policy->shield_status =
      GUARD(UNKNOWN_IS_PROTECTED) ? POLICY_STATUS_EXPIRED_UNREVIEWED : POLICY_STATUS_NONE;
    return;
  case LEVEL_NONE:
    policy->shield = safety->asked_for ? POLICY_LEVEL_CONTACT : POLICY_LEVEL_NONE;
    policy->shield_status = safety->asked_for ? POLICY_STATUS_CLAIMED : POLICY_STATUS_NONE;
    return;
  case LEVEL_CONTACT_PROTECTED:
    policy->shield = POLICY_LEVEL_CONTACT;
    return;
  case LEVEL_HIDDEN:
    policy->shield = POLICY_LEVEL_HIDDEN;
    return;
  }
}

/* An undecided child of the household counts as contact_protected. */
static enum policy_level level_word(enum level level)
{
  static const enum policy_level words[] = {
    [LEVEL_UNKNOWN] = POLICY_LEVEL_CONTACT,
    [LEVEL_NONE] = POLICY_LEVEL_NONE,
    [LEVEL_CONTACT_PROTECTED] = POLICY_LEVEL_CONTACT,
    [LEVEL_HIDDEN] = POLICY_LEVEL_HIDDEN,
  };

  return words[level];
}

/* ---- relations ---- */

static bool in_force(const struct item *item, const struct facts_want *want)
{
  return id_equal(item->subject, want->requester) &&
         (!day_is_set(item->until) || item->until.number >= want->today.number);
}

static bool is_named_worker(const struct index *index, const struct facts_want *want)
{
  const struct item *item;
  size_t cursor = 0;

  while ((item = index_item_of_record(index, want->id, ITEM_NAMED_WORKER, &cursor)))
    if (in_force(item, want) && (item->flags & NAMED_WAITS) == 0) return true;
  return false;
}

static void read_relations(struct reading *reading)
{
  static const enum item_kind kinds[] = {ITEM_ASSIGNMENT, ITEM_RELATION};
  const struct facts_want *want = reading->want;
  struct reg *reg = reading->op->reg;
  struct facts *facts = reading->facts;
  unsigned best = RELATION_NONE;

  index_read(reg->index);
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    const struct item *item;
    size_t cursor = 0;
    while ((item = index_item_of_record(reg->index, want->id, kinds[i], &cursor))) {
      if (!in_force(item, want) || item->flags == RELATION_NONE || item->flags >= RELATION_CODES)
        continue;
      if (best == RELATION_NONE || item->flags < best) best = item->flags;
    }
  }
  facts->is_named_worker = is_named_worker(reg->index, want);
  index_done(reg->index);
  facts->has_conflict = second_has_conflict(reading->op, want->id, want->requester);
  facts->policy.named_worker = facts->is_named_worker ? POLICY_YES : POLICY_NO;
  facts->relation = (enum relation_code)best;
  facts->relation_word = best != RELATION_NONE
                           ? reg->relations[best]
                           : policy_word(reg->policy, POLICY_RELATION, STR("none"));
}

/* ---- the gate before an order (F-11) ---- */

/* What the record says of the steps; "waiting" is no outcome. */
struct tally {
  unsigned offers;
  bool is_tried, is_settling, is_provided, is_refused, is_appeal_told;
  struct day reviewed; /* the circumstances, last */
};

static bool came_of(const struct value *value, enum field field, const char *outcome)
{
  return str_is(code_numbered(event_outcomes(field), value->outcome), outcome);
}

static void tally_value(struct tally *tally, const struct value *value, enum field field,
                        struct day today)
{
  bool has_outcome = value->outcome != 0 && !came_of(value, field, "waiting");

  if (value->state == VALUE_ABSENT) return;
  if (field == FIELD_support_attempts && has_outcome) tally->offers++;
  if (came_of(value, field, "given")) tally->is_provided = true;
  if (came_of(value, field, "refused")) tally->is_refused = true;
  if (came_of(value, field, "appeal_told")) tally->is_appeal_told = true;
  if (came_of(value, field, "settling_agreed")) {
    if (value->since.number <= today.number && today.number <= value->until.number)
      tally->is_settling = true;
  } else if (event_outcomes(field) == CODES_CONTACT && has_outcome) {
    tally->is_tried = true;
  }
  if (field == FIELD_circumstances && value->recorded.number > tally->reviewed.number)
    tally->reviewed = value->recorded;
}

static enum err read_tally(struct reading *reading, struct tally *ret_tally)
{
  static const enum field fields[] = {FIELD_support_attempts, FIELD_contact_record,
                                      FIELD_meeting_record, FIELD_idp_decisions,
                                      FIELD_circumstances};
  uint8_t plain[VALUE_BYTES_MAX];
  struct value value;

  *ret_tally = (struct tally){.reviewed = DAY_NONE};
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
    for (unsigned slot = 0; slot < field_row(fields[i])->slots; slot++) {
      TRY(open_slots(reading, &value, plain, fields[i], slot, 1));
      tally_value(ret_tally, &value, fields[i], reading->want->today);
    }
  wipe(plain, sizeof plain);
  return OK;
}

/* A threshold of the regime; without one the step cannot be said to be done. */
static int threshold(const struct reading *reading, struct str name, int otherwise)
{
  int number;

  return regime_number(reading->op->reg->regime, name, &number) ? number : otherwise;
}

/* The check is done when it has an answer. A refusal is one only with evidence of what was
 * provided, the family's and the child's view, and the appeal told. */
static enum err read_aln_check(struct reading *reading, const struct tally *tally)
{
  struct policy_gate *gate = &reading->facts->policy.gate;
  enum policy_truth family = POLICY_UNKNOWN, provided = POLICY_UNKNOWN;
  uint8_t plain[VALUE_BYTES_MAX];
  struct value status;

  TRY(is_given(reading, &family, FIELD_family_statement));
  TRY(is_given(reading, &provided, FIELD_contributions));
  TRY(open_slots(reading, &status, plain, FIELD_aln_status, 0, 1));
  struct str said = {status.text.ptr, status.text.len}; /* compared here, shown nowhere */
  bool is_answered = str_is(said, "yes") || str_is(said, "no");
  bool has_provided = tally->is_provided || provided == POLICY_YES;
  bool is_evidenced = has_provided && family == POLICY_YES && tally->is_appeal_told &&
                      gate->child_view_sought == POLICY_YES;
  gate->aln_checked = is_answered && (!tally->is_refused || is_evidenced) ? POLICY_YES : POLICY_NO;
  wipe(plain, sizeof plain);
  return OK;
}

/* What is recorded with its outcome counts as done; what is absent does not. Whether it was done
 * well is for the head of service. While an agreed settling time runs, the less intrusive step is
 * still being tried. */
static enum err read_gate(struct reading *reading)
{
  struct policy_gate *gate = &reading->facts->policy.gate;
  int offers = threshold(reading, STR("gate_support_offers"), INT_MAX);
  int days = threshold(reading, STR("gate_circumstances_review_days"), -1);
  enum policy_truth owed = POLICY_UNKNOWN;
  struct tally tally;

  TRY(read_tally(reading, &tally));
  bool is_recent =
    day_is_set(tally.reviewed) && reading->want->today.number - tally.reviewed.number <= days;
  gate->support_offered = (int)tally.offers >= offers ? POLICY_YES : POLICY_NO;
  gate->circumstances_reviewed = is_recent ? POLICY_YES : POLICY_NO;
  gate->less_intrusive_tried = tally.is_tried && !tally.is_settling ? POLICY_YES : POLICY_NO;
  TRY(is_given(reading, &gate->health_checked, FIELD_health_needs));
  TRY(is_given(reading, &gate->child_view_sought, FIELD_child_view));
  TRY(read_aln_check(reading, &tally));
  TRY(is_given(reading, &owed, FIELD_provision_owed));
  gate->provision_in_place = owed == POLICY_NO ? POLICY_YES : POLICY_NO;
  return OK;
}

enum err facts_read(struct op *op, struct facts *ret_facts, const struct facts_want *want)
{
  OWNED(reading_wipe) struct reading reading = {.op = op, .want = want, .facts = ret_facts};

  *ret_facts = (struct facts){.id = want->id};
  TRY(find_row(&reading));
  ret_facts->policy.household = level_word(reading.household);
  TRY(read_own(&reading));
  TRY(read_people(&reading));
  read_level(&reading);
  read_relations(&reading);
  if (want->with_gate) TRY(read_gate(&reading));
  ret_facts->policy.on_register = ret_facts->is_held ? POLICY_YES : POLICY_NO;
  ret_facts->policy.first_decision_made = ret_facts->safety.first_decided ? POLICY_YES : POLICY_NO;
  return OK;
}

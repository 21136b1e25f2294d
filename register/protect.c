/* Raising protection. One person is enough, the record looks like any other that was changed, and
 * nothing of it waits for the custodian: sealing needs only its public key. */
#include "register/protect.h"

#include <string.h>

#include "register/blind.h"

#define REVIEW_DAYS 84 /* twelve weeks */

/* Who is protected with the child when nobody is named: the adults the child lives with. */
static uint8_t residents(const struct facts *facts, const struct record *record, uint8_t against)
{
  uint8_t slots = 0;

  for (unsigned slot = 0; slot < PEOPLE; slot++) {
    bool is_there = record_text(record, FIELD_person_name, slot).len > 0;

    if (is_there && facts->persons[slot] == PERSON_RESIDENT && (against >> slot & 1) == 0)
      slots |= (uint8_t)(1u << slot);
  }
  return slots;
}

static void gather(struct following *following, const struct record *record, uint8_t protects)
{
  following->home = record_text(record, FIELD_home_address, 0);
  for (unsigned slot = 0; slot < PEOPLE; slot++) {
    if ((protects >> slot & 1) == 0) continue;
    following->people[following->people_count++] = (struct follow_person){
      .name = record_text(record, FIELD_person_name, slot),
      .phone = record_text(record, FIELD_person_phone, slot),
      .email = record_text(record, FIELD_person_email, slot),
      .address = record_text(record, FIELD_person_address, slot),
    };
  }
}

static enum err reason_entry(struct op *op, struct shield_entry *ret_entry, struct personal reason)
{
  struct value value = {.state = VALUE_CHECKED,
                        .said_by = SAID_AUTHORITY,
                        .source = SOURCE_TYPED,
                        .since = DAY_NONE,
                        .until = DAY_NONE};

  value.recorded = op_today(op);
  value.text = reason;
  TRY(field_check(FIELD_shield_reason, &value));
  return blind_entry(op->arena, ret_entry, FIELD_shield_reason, 0, &value);
}

/* A reason that waits as a patch. Safety never waits for room: where no more may wait the reason is
 * left out, and the caller says so. */
static enum err reason_patch(struct op *op, struct shielding *shielding, const struct facts *facts,
                             struct shield_entry *reason, bool *ret_kept)
{
  struct shielding patch = {.entries = reason, .count = 1};
  enum err err = blind_write(op, &patch, facts->id, &facts->child);

  *ret_kept = err == OK;
  if (err == OK) *shielding = patch;
  return err == ERR_CONFLICT ? OK : err;
}

/* The set goes into the blob when protection begins. Afterwards this process cannot read the blob.
 */
static enum err shield(struct op *op, struct record *record, struct safety *safety,
                       const struct facts *facts, const struct raising *raising,
                       struct shielding *ret_shielding, bool *ret_reason_kept)
{
  bool begins = facts->safety.level < LEVEL_CONTACT_PROTECTED, was_in_use = safety->blob_in_use;
  struct shield_entry *reason = arena_take(op->arena, sizeof *reason);
  size_t count = raising->reason.len > 0 ? 1 : 0;

  if (reason == NULL) return ERR_MEMORY;
  *ret_reason_kept = true;
  *ret_shielding = (struct shielding){.into = SHIELDING_KEEP};
  if (count > 0) TRY(reason_entry(op, reason, raising->reason));
  safety->blob_in_use = true;
  if (begins && !was_in_use) return record_shield(op->arena, record, ret_shielding, reason, count);
  if (begins) safety->in_transit = true;
  return count == 0 ? OK : reason_patch(op, ret_shielding, facts, reason, ret_reason_kept);
}

static void raise_levels(struct safety *safety, const struct raising *raising, uint8_t protects,
                         struct day today)
{
  if (safety->level < raising->level) safety->level = raising->level;
  safety->ever_protected = true;
  safety->first_decided |= raising->decides;
  safety->against |= raising->against;
  safety->protects |= protects;
  safety->raised = today;
  safety->review = (struct day){today.number + REVIEW_DAYS};
  for (unsigned slot = 0; slot < PEOPLE; slot++)
    if ((protects >> slot & 1) != 0 && safety->person[slot] < safety->level)
      safety->person[slot] = safety->level;
}

enum err protect_raise(struct op *op, const struct facts *facts, const struct raising *raising,
                       bool *ret_reason_kept)
{
  struct following following = {.from = facts->id, .level = raising->level};
  static const uint8_t none[ID_BYTES];
  struct record *record;
  struct shielding shielding;
  struct safety safety;
  uint8_t protects;

  TRY(op_record(op, &record, facts));
  TRY(record_safety(record, &safety));
  protects =
    raising->protects != 0 ? raising->protects : residents(facts, record, raising->against);
  gather(&following, record, protects);
  if (memcmp(safety.household, none, ID_BYTES) == 0) {
    struct id fresh = op_random_id(op);

    memcpy(safety.household, fresh.b, ID_BYTES);
    TRY(follow_household(op, safety.household, facts->id, following.home));
  }
  memcpy(following.household, safety.household, ID_BYTES);
  raise_levels(&safety, raising, protects, op_today(op));
  TRY(shield(op, record, &safety, facts, raising, &shielding, ret_reason_kept));
  TRY(record_set_safety(op->arena, record, &safety));
  TRY(op_put(op, record, &shielding));
  op_moves_protection(op);
  return follow(op, &following);
}

/* Protection follows the person: the other entries. Candidates come from the tokens in memory; each
 * is opened as the matcher opens, compared, and changed in the same commit. What is already
 * shielded elsewhere cannot be found here, and the custodian's search afterwards finds it. */
#include <string.h>

#include "base/fold.h"
#include "register/blind.h"
#include "register/protect.h"

/* One commit's share of others. An address of many families (a refuge) may have more: the people
 * come first. */
#define FOLLOW_MAX 32

struct others {
  struct id ids[FOLLOW_MAX];
  size_t count;
};

static void note(struct others *others, struct id from, struct id id)
{
  if (others->count == FOLLOW_MAX || id_equal(from, id)) return;
  for (size_t i = 0; i < others->count; i++)
    if (id_equal(others->ids[i], id)) return;
  others->ids[others->count++] = id;
}

/* Under index_read. */
static void find(struct op *op, struct others *others, struct id from, enum token_kind kind,
                 struct personal text)
{
  const struct entry *entry;
  size_t cursor = 0;
  uint64_t token;

  if (text.len == 0) return;
  token = index_token(op->reg->index, op->reader->scratch, kind, text);
  if (token == 0) return;
  while ((entry = index_find(op->reg->index, token, &cursor)) != NULL)
    note(others, from, entry->id);
}

/* Two of three make the person, so whoever has only the name is not looked at: namesakes would take
 * the room of those who have to follow. */
static void find_all(struct op *op, struct others *others, const struct following *following)
{
  index_read(op->reg->index);
  for (unsigned i = 0; i < following->people_count; i++) {
    const struct follow_person *person = &following->people[i];

    find(op, others, following->from, TOKEN_PHONE, person->phone);
    find(op, others, following->from, TOKEN_EMAIL, person->email);
    find(op, others, following->from, TOKEN_ADDRESS, person->address);
  }
  find(op, others, following->from, TOKEN_HOME_ADDRESS, following->home);
  index_done(op->reg->index);
}

enum err follow_household(struct op *op, uint8_t household[static ID_BYTES], struct id from,
                          struct personal home)
{
  static const uint8_t none[ID_BYTES];
  struct others others = {.count = 0};

  index_read(op->reg->index);
  find(op, &others, from, TOKEN_HOME_ADDRESS, home);
  for (size_t i = 0; i < others.count; i++) {
    const struct entry *entry = index_entry(op->reg->index, others.ids[i]);

    if (entry != NULL && memcmp(entry->household, none, ID_BYTES) != 0)
      memcpy(household, entry->household, ID_BYTES);
  }
  index_done(op->reg->index);
  return OK;
}

/* ---- comparing ---- */

typedef enum err fold(struct arena *arena, struct personal *ret_folded, struct personal text);

static enum err same(struct op *op, bool *ret_same, fold *folded, struct personal a,
                     struct personal b)
{
  struct personal x, y;

  *ret_same = false;
  if (a.len == 0 || b.len == 0) return OK;
  TRY(folded(op->arena, &x, a));
  TRY(folded(op->arena, &y, b));
  *ret_same = x.len > 0 && personal_equal(x, y);
  return OK;
}

static struct personal text_of(const struct record *record, enum field field, unsigned slot)
{
  const struct value *value = &record->values[field][slot];

  return value->state == VALUE_ABSENT ? (struct personal){"", 0} : value->text;
}

/* Two of three: folded name, telephone or e-mail, address (design D9). Raised again, the name alone
 * stands for her where the slot is protected already: too much rather than too little. */
static enum err is_person(struct op *op, bool *ret_is, const struct record *record, unsigned slot,
                          const struct follow_person *person, bool is_known)
{
  bool name, phone, email, address;

  TRY(same(op, &name, fold_name, text_of(record, FIELD_person_name, slot), person->name));
  TRY(same(op, &phone, fold_phone, text_of(record, FIELD_person_phone, slot), person->phone));
  TRY(same(op, &email, fold_email, text_of(record, FIELD_person_email, slot), person->email));
  TRY(
    same(op, &address, fold_address, text_of(record, FIELD_person_address, slot), person->address));
  *ret_is = name + (phone || email) + address >= 2 || (name && is_known);
  return OK;
}

static enum err slots_of(struct op *op, uint8_t *ret_slots, const struct record *record,
                         const struct safety *safety, const struct following *following)
{
  *ret_slots = 0;
  for (unsigned slot = 0; slot < PEOPLE; slot++)
    for (unsigned i = 0; i < following->people_count; i++) {
      bool is_known = following->again && safety->person[slot] >= LEVEL_CONTACT_PROTECTED, is;

      TRY(is_person(op, &is, record, slot, &following->people[i], is_known));
      if (is) *ret_slots |= (uint8_t)(1u << slot);
    }
  return OK;
}

/* ---- changing ---- */

static const enum field slot_fields[] = {FIELD_person_address, FIELD_person_phone,
                                         FIELD_person_email};
#define SLOT_FIELDS (sizeof slot_fields / sizeof slot_fields[0])

/* The slots' values, as entries of a patch; in casework they stay for now. */
static enum err slot_entries(struct op *op, const struct record *record, uint8_t slots,
                             struct shielding *ret_patch)
{
  struct shield_entry *entries = arena_take_array(op->arena, SLOT_FIELDS * PEOPLE, sizeof *entries);
  size_t count = 0;

  if (entries == NULL) return ERR_MEMORY;
  for (unsigned slot = 0; slot < PEOPLE; slot++)
    for (size_t i = 0; i < SLOT_FIELDS; i++) {
      const struct value *value = &record->values[slot_fields[i]][slot];
      struct shield_entry entry;

      if ((slots >> slot & 1) == 0 || value->state == VALUE_ABSENT) continue;
      TRY(blind_entry(op->arena, &entry, slot_fields[i], slot, value));
      blind_place(entries, &count, &entry);
    }
  *ret_patch = (struct shielding){.entries = entries, .count = count, .into = SHIELDING_KEEP};
  return OK;
}

/* Takes the slots' values out of casework. Where no more may wait, the whole entry is protected:
 * too much rather than too little. */
static enum err take_slots(struct op *op, struct record *record, struct safety *safety,
                           const struct audit_secret *child, uint8_t slots,
                           struct shielding *ret_shielding)
{
  bool was_in_use = safety->blob_in_use;
  enum err err;

  TRY(slot_entries(op, record, slots, ret_shielding));
  if (ret_shielding->count == 0) return OK;
  safety->blob_in_use = true;
  struct shielding patch = *ret_shielding;
  err = blind_write(op, &patch, record->id, child);
  if (err == ERR_CONFLICT) {
    safety->level = LEVEL_CONTACT_PROTECTED;
    safety->ever_protected = true;
    safety->raised = op_today(op);
    safety->in_transit = was_in_use;
    *ret_shielding = (struct shielding){.into = SHIELDING_KEEP};
    if (was_in_use) return OK;
    return record_shield(op->arena, record, ret_shielding, NULL, 0);
  }
  TRY(err);
  for (size_t i = 0; i < ret_shielding->count; i++) {
    enum field field;

    if (field_by_id(ret_shielding->entries[i].field, &field))
      record_set(record, field, ret_shielding->entries[i].part, value_absent);
  }
  *ret_shielding = patch;
  return OK;
}

static enum err change(struct op *op, struct record *record, const struct facts *facts,
                       struct safety *safety, uint8_t slots, enum level level)
{
  struct shielding shielding = {.into = SHIELDING_KEEP};

  if (safety->level < LEVEL_CONTACT_PROTECTED)
    TRY(take_slots(op, record, safety, &facts->child, slots, &shielding));
  for (unsigned slot = 0; slot < PEOPLE; slot++)
    if ((slots >> slot & 1) != 0 && safety->person[slot] < level) safety->person[slot] = level;
  TRY(record_set_safety(op->arena, record, safety));
  return op_put(op, record, &shielding);
}

static enum err follow_one(struct op *op, struct id id, const struct following *following)
{
  struct facts_want want = {.id = id, .requester = op->actor.account, .today = op_today(op)};
  static const uint8_t none[ID_BYTES];
  struct facts facts;
  struct record *record;
  struct safety safety;
  bool shares_home;
  uint8_t slots;

  TRY(facts_read(op, &facts, &want));
  if (!facts.is_held) return OK;
  TRY(op_record(op, &record, &facts));
  TRY(record_safety(record, &safety));
  TRY(slots_of(op, &slots, record, &safety, following));
  TRY(
    same(op, &shares_home, fold_address, text_of(record, FIELD_home_address, 0), following->home));
  shares_home = shares_home && memcmp(safety.household, none, ID_BYTES) == 0;
  if (shares_home) memcpy(safety.household, following->household, ID_BYTES);
  if (slots == 0 && !shares_home) return OK;
  return change(op, record, &facts, &safety, slots, following->level);
}

static bool has_protected_person(const struct safety *safety)
{
  for (unsigned slot = 0; slot < PEOPLE; slot++)
    if (safety->person[slot] >= LEVEL_CONTACT_PROTECTED) return true;
  return false;
}

/* Of those who have the name, the entries on which somebody is protected. All are asked, so that
 * namesakes take nobody's room. */
static enum err find_again(struct op *op, struct others *others, const struct following *following,
                           struct personal name)
{
  struct facts_want want = {.requester = op->actor.account, .today = op_today(op)};
  const struct entry *entry;
  struct id *ids;
  size_t most = 0, count = 0;
  uint64_t token = index_token(op->reg->index, op->reader->scratch, TOKEN_PERSON_NAME, name);

  if (token == 0) return OK;
  index_read(op->reg->index);
  for (size_t cursor = 0; index_find(op->reg->index, token, &cursor) != NULL;)
    most++;
  ids = arena_take_array(op->arena, most + 1, sizeof *ids);
  for (size_t cursor = 0;
       ids != NULL && (entry = index_find(op->reg->index, token, &cursor)) != NULL;)
    ids[count++] = entry->id;
  index_done(op->reg->index);
  if (ids == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < count; i++) {
    struct facts facts;

    want.id = ids[i];
    TRY(facts_read(op, &facts, &want));
    if (facts.is_held && has_protected_person(&facts.safety)) note(others, following->from, ids[i]);
  }
  return OK;
}

enum err follow(struct op *op, const struct following *following)
{
  struct others others = {.count = 0};

  find_all(op, &others, following);
  for (unsigned i = 0; following->again && i < following->people_count; i++)
    TRY(find_again(op, &others, following, following->people[i].name));
  for (size_t i = 0; i < others.count; i++)
    TRY(follow_one(op, others.ids[i], following));
  return OK;
}

/* Protection follows the person: the other entries. Candidates come from the tokens in memory; each
 * is opened as the matcher opens and compared, and all who are found are protected by the same
 * commit: the first of them changed, for the rest it says what they are owed, which counts from
 * then on (facts.c) and which the errands thread carries out (owed.c). What is shielded on other
 * entries already cannot be compared here: there the name alone stands for the person. */
#include <string.h>

#include "base/fold.h"
#include "register/blind.h"
#include "register/protect.h"
#include "register/view.h"

enum {
  NOW_MAX = 32,         /* other entries that one commit changes */
  ASIDE_BYTES = 2 << 20 /* for opening one entry */
};

struct others {
  struct arena *arena;
  struct id *ids;
  size_t count, held;
  bool failed; /* out of memory */
};

static void grow(struct others *others)
{
  size_t held = others->held > 0 ? 2 * others->held : 64;
  struct id *ids = arena_take_array(others->arena, held, sizeof *ids);

  others->failed = others->failed || ids == NULL;
  if (ids == NULL) return;
  if (others->count > 0) memcpy(ids, others->ids, others->count * sizeof *ids);
  others->ids = ids;
  others->held = held;
}

static void note(struct others *others, struct id from, struct id id)
{
  if (id_equal(from, id)) return;
  for (size_t i = 0; i < others->count; i++)
    if (id_equal(others->ids[i], id)) return;
  if (others->count == others->held) grow(others);
  if (others->count < others->held) others->ids[others->count++] = id;
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

/* Two of three make the person, so whoever has only the name is not looked at here. */
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
  struct others others = {.arena = op->arena};

  index_read(op->reg->index);
  find(op, &others, from, TOKEN_HOME_ADDRESS, home);
  for (size_t i = 0; i < others.count; i++) {
    const struct entry *entry = index_entry(op->reg->index, others.ids[i]);

    if (entry != NULL && memcmp(entry->household, none, ID_BYTES) != 0)
      memcpy(household, entry->household, ID_BYTES);
  }
  index_done(op->reg->index);
  return others.failed ? ERR_MEMORY : OK;
}

/* ---- comparing ---- */

typedef enum err fold(struct arena *arena, struct personal *ret_folded, struct personal text);

static enum err same(struct arena *arena, bool *ret_same, fold *folded, struct personal a,
                     struct personal b)
{
  struct personal x, y;

  *ret_same = false;
  if (a.len == 0 || b.len == 0) return OK;
  TRY(folded(arena, &x, a));
  TRY(folded(arena, &y, b));
  *ret_same = x.len > 0 && personal_equal(x, y);
  return OK;
}

/* Two of three: folded name, telephone or e-mail, address (promise 5). Where the slot is shielded,
 * by its own level or the record's, only the name is left to go by: too much rather than too
 * little. */
static enum err is_person(struct arena *arena, bool *ret_is, const struct record *record,
                          unsigned slot, const struct follow_person *person, bool is_shielded)
{
  bool name, phone, email, address;

  TRY(same(arena, &name, fold_name, record_text(record, FIELD_person_name, slot), person->name));
  TRY(
    same(arena, &phone, fold_phone, record_text(record, FIELD_person_phone, slot), person->phone));
  TRY(
    same(arena, &email, fold_email, record_text(record, FIELD_person_email, slot), person->email));
  TRY(same(arena, &address, fold_address, record_text(record, FIELD_person_address, slot),
           person->address));
  *ret_is = name + (phone || email) + address >= 2 || (name && is_shielded);
  return OK;
}

/* Slots that are as protected already need nothing. */
static enum err slots_of(struct arena *arena, uint8_t *ret_slots, const struct record *record,
                         const struct safety *safety, const struct following *following)
{
  *ret_slots = 0;
  for (unsigned slot = 0; slot < PEOPLE; slot++)
    for (unsigned i = 0; i < following->people_count; i++) {
      bool is_shielded = view_is_shielded(safety, FIELD_person_address, slot), is;

      if (safety->person[slot] >= following->level) continue;
      TRY(is_person(arena, &is, record, slot, &following->people[i], is_shielded));
      if (is) *ret_slots |= (uint8_t)(1u << slot);
    }
  return OK;
}

static bool has_household(const struct safety *safety)
{
  static const uint8_t none[ID_BYTES];

  return memcmp(safety->household, none, ID_BYTES) != 0;
}

/* What an entry is owed. ERR_ABSENT: nothing. */
static enum err look_at(struct op *op, struct arena *aside, struct follow_owed *ret_owed,
                        struct facts *ret_facts, const struct following *following)
{
  struct record *record;
  struct safety safety;
  struct personal home;

  arena_reset(aside);
  TRY(record_read(aside, &op->reg->rows, op->reader->store, op->reg->keys, &record, ret_facts->id,
                  ret_facts->head.version));
  TRY(record_safety(record, &safety));
  *ret_owed = (struct follow_owed){.level = following->level};
  TRY(slots_of(aside, &ret_owed->slots, record, &safety, following));
  home = record_text(record, FIELD_home_address, 0);
  TRY(same(aside, &ret_owed->shares_home, fold_address, home, following->home));
  ret_owed->shares_home = ret_owed->shares_home && !has_household(&safety);
  memcpy(ret_owed->household, following->household, ID_BYTES);
  return ret_owed->slots != 0 || ret_owed->shares_home ? OK : ERR_ABSENT;
}

/* ---- changing ---- */

static const enum field slot_fields[] = {FIELD_person_address, FIELD_person_phone,
                                         FIELD_person_email};
#define SLOT_FIELDS (sizeof slot_fields / sizeof slot_fields[0])

/* The slots' values, as entries of a patch. The record keeps them: take_slots empties it, once the
 * patch has its place. */
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

enum err follow_settle(struct op *op, const struct facts *facts, const struct follow_owed *owed)
{
  struct shielding shielding = {.into = SHIELDING_KEEP};
  struct record *record;
  struct safety safety;

  TRY(op_record(op, &record, facts));
  TRY(record_safety(record, &safety));
  if (owed->shares_home && !has_household(&safety))
    memcpy(safety.household, owed->household, ID_BYTES);
  if (safety.level < LEVEL_CONTACT_PROTECTED)
    TRY(take_slots(op, record, &safety, &facts->child, owed->slots, &shielding));
  for (unsigned slot = 0; slot < PEOPLE; slot++)
    if ((owed->slots >> slot & 1) != 0 && safety.person[slot] < owed->level)
      safety.person[slot] = owed->level;
  TRY(record_set_safety(op->arena, record, &safety));
  return op_put(op, record, &shielding);
}

/* ---- the rest, by an item ---- */

/* Flags: slots, and above them level and home. */
enum { LEVEL_BIT = PEOPLE, HOME_BIT = PEOPLE + 4 };

void follow_owed_read(struct follow_owed *ret_owed, const struct item *item)
{
  *ret_owed = (struct follow_owed){
    .slots = (uint8_t)(item->flags & ((1u << PEOPLE) - 1)),
    .level = (enum level)(item->flags >> LEVEL_BIT & 0xF),
    .shares_home = (item->flags >> HOME_BIT & 1) != 0,
  };
}

bool follow_waits(const struct index *index, struct id record)
{
  size_t cursor = 0;

  return index_item_of_record(index, record, ITEM_OWED, &cursor) != NULL;
}

static enum err owe(struct op *op, const struct facts *facts, const struct follow_owed *owed)
{
  struct item item = {.kind = ITEM_OWED,
                      .flags = (uint16_t)(owed->slots | (unsigned)owed->level << LEVEL_BIT |
                                          (unsigned)owed->shares_home << HOME_BIT),
                      .record = facts->id,
                      .until = DAY_NONE};
  struct personal household = {(const char *)owed->household, ID_BYTES};

  return op_item_put(op, &item, &facts->child, household);
}

/* ---- all of them ---- */

/* Of those who have the name, the entries on which it stands shielded. */
static enum err find_shielded(struct op *op, struct others *others,
                              const struct following *following, struct personal name)
{
  struct facts_want want = {.requester = op->actor.account, .today = op_today(op)};
  struct others named = {.arena = op->arena};

  index_read(op->reg->index);
  find(op, &named, following->from, TOKEN_PERSON_NAME, name);
  index_done(op->reg->index);
  for (size_t i = 0; i < named.count; i++) {
    bool is_shielded = false;
    struct facts facts;

    want.id = named.ids[i];
    TRY(facts_read(op, &facts, &want));
    for (unsigned slot = 0; slot < PEOPLE; slot++)
      is_shielded = is_shielded || view_is_shielded(&facts.safety, FIELD_person_address, slot);
    if (facts.is_held && is_shielded) note(others, following->from, want.id);
    audit_secret_wipe(&facts.child);
  }
  return named.failed ? ERR_MEMORY : OK;
}

static enum err follow_one(struct op *op, struct arena *aside, struct id id,
                           const struct following *following, unsigned *changed)
{
  struct facts_want want = {.id = id, .requester = op->actor.account, .today = op_today(op)};
  struct follow_owed owed;
  struct facts facts;
  enum err err;

  TRY(facts_read(op, &facts, &want));
  if (!facts.is_held) return OK;
  err = look_at(op, aside, &owed, &facts, following);
  if (err != OK) return err == ERR_ABSENT ? OK : err;
  return (*changed)++ < NOW_MAX ? follow_settle(op, &facts, &owed) : owe(op, &facts, &owed);
}

enum err follow(struct op *op, const struct following *following)
{
  OWNED(arena_free) struct arena *aside = NULL;
  struct others others = {.arena = op->arena};
  unsigned changed = 0;

  find_all(op, &others, following);
  for (unsigned i = 0; i < following->people_count; i++)
    TRY(find_shielded(op, &others, following, following->people[i].name));
  if (others.failed) return ERR_MEMORY;
  TRY(arena_new(&aside, ASIDE_BYTES));
  for (size_t i = 0; i < others.count; i++)
    TRY(follow_one(op, aside, others.ids[i], following, &changed));
  return OK;
}

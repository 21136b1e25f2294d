/* The one function that opens register data for anybody (promise 2). A field whose word the
 * decision does not grant is not opened, not even to be thrown away. */
#include <string.h>

#include "base/guard.h"
#include "register/note.h"

struct opening_of {
  struct op *op;
  const struct facts *facts;
  const struct granted *granted;
  struct opened *opened;
  struct key key;
  struct id id;
  uint8_t sealed[FIELD_SLOTS_MAX * ENVELOPE_SIZE(6)]; /* of one field at a time */
};

static void opening_wipe(struct opening_of *opening)
{
  key_wipe(&opening->key);
}

static bool is_person(enum field field)
{
  return strncmp(field_row(field)->word, "PERSON_", 7) == 0;
}

uint8_t field_word(const struct reg *reg, enum field field, unsigned slot,
                   const enum person_view persons[PEOPLE])
{
  return reg->words[field][is_person(field) ? persons[slot] : PERSON_OTHER];
}

/* The decision that speaks for this slot: its own, where the person has a level of their own. */
static const struct decision *decision_of(const struct granted *granted, enum field field,
                                          unsigned slot)
{
  bool has_own = is_person(field) && granted->person[slot];

  return has_own ? granted->person[slot] : granted->decision;
}

static bool is_granted(const struct opening_of *opening, enum field field, unsigned slot)
{
  uint8_t word = field_word(opening->op->reg, field, slot, opening->facts->persons);

  if (word == POLICY_NO_WORD) return false; /* the register's own */
  return fieldset_has(decision_of(opening->granted, field, slot)->granted, word) ||
         !GUARD(DECISION_BEFORE_OPEN);
}

static void keep(struct opening_of *opening, enum field field, unsigned slot, struct value value)
{
  uint8_t word = field_word(opening->op->reg, field, slot, opening->facts->persons);

  opening->opened->at[opening->opened->count++] = (struct opened_value){
    .field = field,
    .slot = slot,
    .word = word,
    .form = decision_of(opening->granted, field, slot)->form[word],
    .value = value,
  };
}

static enum err open_slot(struct opening_of *opening, enum field field, unsigned slot,
                          const uint8_t *sealed)
{
  struct op *op = opening->op;
  uint8_t *plain = arena_take(op->arena, field_bucket(field));
  struct value value;

  if (!plain) return ERR_MEMORY;
  TRY(row_open_field(&op->reg->rows, OPENED_GRANTED, &value, plain, &opening->facts->head,
                     &opening->key, field, slot, sealed));
  TRY(note_read(op, &value, field,
                &(struct note_place){opening->facts->head.id, &opening->facts->child}));
  if (value.state != VALUE_ABSENT) keep(opening, field, slot, value);
  return OK;
}

/* All granted slots of one field, in one read. */
static enum err open_field(struct opening_of *opening, enum field field)
{
  const struct field_row *row = field_row(field);
  uint8_t *sealed = opening->sealed;
  size_t size = field_sealed_bytes(field);
  bool is_read = false;

  for (unsigned slot = 0; slot < row->slots; slot++) {
    if (!is_granted(opening, field, slot)) continue;
    if (!is_read)
      TRY(store_row_part(opening->op->reader->store, sealed, opening->id, PART_BODY,
                         field_offset(field, 0), row->slots * size));
    is_read = true;
    opening->opened->released[row->id / 8] |= (uint8_t)(1u << row->id % 8);
    TRY(open_slot(opening, field, slot, sealed + slot * size));
  }
  return OK;
}

static size_t slots_in_all(void)
{
  size_t slots = 0;

  for (enum field field = 0; field < FIELD_COUNT; field++)
    slots += field_row(field)->slots;
  return slots;
}

enum err fields_open(struct op *op, struct opened *ret_opened, const struct facts *facts,
                     const struct granted *granted)
{
  struct opened opened = {.at = arena_take_array(op->arena, slots_in_all(), sizeof *opened.at)};
  OWNED(opening_wipe)
  struct opening_of opening = {
    .op = op, .facts = facts, .granted = granted, .opened = &opened, .id = facts->head.id};

  if (!opened.at) return ERR_MEMORY;
  TRY(keys_unwrap(op->reg->keyring, &opening.key, facts->head.key, facts->wrapped_key));
  for (enum field field = 0; field < FIELD_COUNT; field++)
    if (field_row(field)->home != HOME_BLOB) TRY(open_field(&opening, field));
  *ret_opened = opened;
  return OK;
}

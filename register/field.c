/* The table of fields, where each stands in a body, and the form of a value. Must never hold a key
 * or know who asks. */
#include "register/field.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "register/bytes.h"

/* One record as it lies in the column `body`: the compiler works out every offset. */
#define PLACE_CASEWORK(name, slots, pad) uint8_t name[slots][ENVELOPE_SIZE(pad)];
#define PLACE_SHIELDED(name, slots, pad) uint8_t name[slots][ENVELOPE_SIZE(pad)];
#define PLACE_BLOB(name, slots, pad)
struct body {
#define F(id, name, slots, pad, type, word, power, keep, home) PLACE_##home(name, slots, pad)
#include "register/fields.def"
#undef F
};

/* What the blob holds when everything that may be shielded is, at its longest. */
#define HELD_CASEWORK(slots, pad) 0
#define HELD_SHIELDED(slots, pad) (slots) * (SHIELD_ENTRY_OVERHEAD + ENVELOPE_BUCKET(pad))
#define HELD_BLOB(slots, pad) (slots) * (SHIELD_ENTRY_OVERHEAD + ENVELOPE_BUCKET(pad))
#define F(id, name, slots, pad, type, word, power, keep, home) +HELD_##home(slots, pad)
static_assert(
#include "register/fields.def"
  <= SHIELD_BLOB_TEXT_MAX, "the shielded set fits its blob");
#undef F
static_assert(sizeof(struct body) == BODY_BYTES, "every record has one length, and it is this one");
static_assert(BODY_BYTES + SHIELD_BLOB_BYTES + PATCHES_BYTES <= 65536,
              "a record takes at most 64 KiB");
#define F(id, name, slots, pad, type, word, power, keep, home)                                     \
  static_assert((slots) <= FIELD_SLOTS_MAX && ENVELOPE_BUCKET(pad) <= VALUE_BYTES_MAX, #name);
#include "register/fields.def"
#undef F

#define OFFSET_CASEWORK(name) offsetof(struct body, name)
#define OFFSET_SHIELDED(name) offsetof(struct body, name)
#define OFFSET_BLOB(name) FIELD_NOWHERE

static const struct field_row rows[FIELD_COUNT] = {
#define F(id, name, slots, pad, type, word, power, keep, home)                                     \
  {id, #name, slots, pad, TYPE_##type, word, power, KEEP_##keep, HOME_##home, OFFSET_##home(name)},
#include "register/fields.def"
#undef F
};

const struct value value_absent = {
  .since = {INT32_MIN}, .until = {INT32_MIN}, .recorded = {INT32_MIN}};

const struct field_row *field_row(enum field field)
{
  assert((unsigned)field < FIELD_COUNT);
  return &rows[field];
}

bool field_by_name(struct str name, enum field *ret_field)
{
  for (unsigned i = 0; i < FIELD_COUNT; i++) {
    if (!str_is(name, rows[i].name)) continue;
    *ret_field = (enum field)i;
    return true;
  }
  return false;
}

bool field_by_id(uint16_t id, enum field *ret_field)
{
  for (unsigned i = 0; i < FIELD_COUNT; i++) {
    if (rows[i].id != id) continue;
    *ret_field = (enum field)i;
    return true;
  }
  return false;
}

size_t field_sealed_bytes(enum field field)
{
  return ENVELOPE_SIZE(field_row(field)->pad);
}

size_t field_bucket(enum field field)
{
  return ENVELOPE_BUCKET(field_row(field)->pad);
}

size_t field_offset(enum field field, unsigned slot)
{
  const struct field_row *row = field_row(field);

  assert(row->home != HOME_BLOB && slot < row->slots);
  return row->offset + slot * ENVELOPE_SIZE(row->pad);
}

/* Beside a name, who somebody is to the child is as much told by the decision as the name is. */
bool field_is_free_text(enum field field)
{
  const struct field_row *row = field_row(field);
  bool is_free = row->type == TYPE_TEXT || row->type == TYPE_NOTE || row->type == TYPE_EVENT;

  return is_free && row->home == HOME_CASEWORK && field != FIELD_person_relation;
}

size_t field_text_max(enum field field)
{
  size_t event = field_row(field)->type == TYPE_EVENT ? VALUE_EVENT_BYTES : 0;
  size_t bucket = ENVELOPE_BUCKET(field_row(field)->pad) - 1 - VALUE_HEAD_BYTES - event;
  size_t patch = SHIELD_PATCH_TEXT_MAX - SHIELD_ENTRY_OVERHEAD - VALUE_HEAD_BYTES;

  if (field_row(field)->type == TYPE_NOTE) return NOTE_TEXT_MAX;
  /* What may be shielded has to fit a patch slot too. */
  return field_row(field)->home != HOME_CASEWORK && patch < bucket ? patch : bucket;
}

const char *said_by_name(enum said_by said_by)
{
  static const char *const names[SAID_COUNT] = {
    [SAID_UNKNOWN] = "unknown",     [SAID_PARENT] = "parent",
    [SAID_CHILD] = "child",         [SAID_SCHOOL] = "school",
    [SAID_AUTHORITY] = "authority", [SAID_OTHER_AUTHORITY] = "other_authority",
    [SAID_HEALTH] = "health",       [SAID_SOCIAL_CARE] = "social_care",
    [SAID_PROVIDER] = "provider",   [SAID_OTHER] = "other",
  };

  assert((unsigned)said_by < SAID_COUNT);
  return names[said_by];
}

/* ---- values ---- */

enum { HEAD_STATE, HEAD_SAID_BY, HEAD_SOURCE, HEAD_FLAGS, HEAD_SINCE, HEAD_RECORDED = 8 };
enum { EVENT_OUTCOME, EVENT_ROUTE, EVENT_UNTIL }; /* after the head */
enum { FLAG_CONTESTED = 1, FLAG_EVENT = 2, FLAGS_ALL = 3 };

static bool has_event(const struct value *value)
{
  return value->outcome != 0 || value->route != 0 || day_is_set(value->until);
}

size_t value_encode(uint8_t ret_bytes[static VALUE_BYTES_MAX], const struct value *value)
{
  size_t head = VALUE_HEAD_BYTES + (has_event(value) ? VALUE_EVENT_BYTES : 0);

  assert(head + value->text.len <= VALUE_BYTES_MAX);
  ret_bytes[HEAD_STATE] = (uint8_t)value->state;
  ret_bytes[HEAD_SAID_BY] = (uint8_t)value->said_by;
  ret_bytes[HEAD_SOURCE] = (uint8_t)value->source;
  ret_bytes[HEAD_FLAGS] =
    (uint8_t)((value->contested ? FLAG_CONTESTED : 0) | (has_event(value) ? FLAG_EVENT : 0));
  put_u32(ret_bytes + HEAD_SINCE, (uint32_t)value->since.number);
  put_u32(ret_bytes + HEAD_RECORDED, (uint32_t)value->recorded.number);
  if (has_event(value)) {
    ret_bytes[VALUE_HEAD_BYTES + EVENT_OUTCOME] = value->outcome;
    ret_bytes[VALUE_HEAD_BYTES + EVENT_ROUTE] = value->route;
    put_u32(ret_bytes + VALUE_HEAD_BYTES + EVENT_UNTIL, (uint32_t)value->until.number);
  }
  if (value->text.len > 0) memcpy(ret_bytes + head, value->text.ptr, value->text.len);
  return head + value->text.len;
}

enum err value_decode(struct value *ret_value, const void *bytes, size_t n)
{
  const uint8_t *at = bytes;
  size_t head = VALUE_HEAD_BYTES;

  if (n < head) return ERR_CORRUPT;
  if (at[HEAD_STATE] > VALUE_AS_GIVEN || at[HEAD_SAID_BY] >= SAID_COUNT) return ERR_CORRUPT;
  if (at[HEAD_SOURCE] >= SOURCE_COUNT || at[HEAD_FLAGS] > FLAGS_ALL) return ERR_CORRUPT;
  if ((at[HEAD_FLAGS] & FLAG_EVENT) != 0) head += VALUE_EVENT_BYTES;
  if (n < head || (at[HEAD_STATE] == VALUE_ABSENT) != (n == head)) return ERR_CORRUPT;
  *ret_value = (struct value){
    .state = at[HEAD_STATE],
    .said_by = at[HEAD_SAID_BY],
    .source = at[HEAD_SOURCE],
    .contested = (at[HEAD_FLAGS] & FLAG_CONTESTED) != 0,
    .since = {(int32_t)get_u32(at + HEAD_SINCE)},
    .until = DAY_NONE,
    .recorded = {(int32_t)get_u32(at + HEAD_RECORDED)},
    .text = {(const char *)at + head, n - head},
  };
  if (head == VALUE_HEAD_BYTES) return OK;
  ret_value->outcome = at[VALUE_HEAD_BYTES + EVENT_OUTCOME];
  ret_value->route = at[VALUE_HEAD_BYTES + EVENT_ROUTE];
  ret_value->until = (struct day){(int32_t)get_u32(at + VALUE_HEAD_BYTES + EVENT_UNTIL)};
  return has_event(ret_value) ? OK : ERR_CORRUPT;
}

/* ---- protection ---- */

enum {
  SAFETY_FLAGS = 1,
  SAFETY_AGAINST,
  SAFETY_PROTECTS,
  SAFETY_PERSONS,
  SAFETY_HOUSEHOLD = 8,
  SAFETY_RAISED = 24,
  SAFETY_REVIEW = 28,
  SAFETY_RESERVED = 32
};
enum {
  SAFETY_DECIDED = 1,
  SAFETY_EVER = 2,
  SAFETY_ASKED = 4,
  SAFETY_BLOB = 8,
  SAFETY_TRANSIT = 16
};
#define SAFETY_FLAGS_ALL 31

void safety_encode(uint8_t ret_bytes[static SAFETY_BYTES], const struct safety *safety)
{
  memset(ret_bytes, 0, SAFETY_BYTES);
  ret_bytes[0] = (uint8_t)safety->level;
  ret_bytes[SAFETY_FLAGS] =
    (uint8_t)((safety->first_decided ? SAFETY_DECIDED : 0) |
              (safety->ever_protected ? SAFETY_EVER : 0) | (safety->asked_for ? SAFETY_ASKED : 0) |
              (safety->blob_in_use ? SAFETY_BLOB : 0) | (safety->in_transit ? SAFETY_TRANSIT : 0));
  ret_bytes[SAFETY_AGAINST] = safety->against;
  ret_bytes[SAFETY_PROTECTS] = safety->protects;
  for (unsigned i = 0; i < PEOPLE; i++)
    ret_bytes[SAFETY_PERSONS + i] = (uint8_t)safety->person[i];
  memcpy(ret_bytes + SAFETY_HOUSEHOLD, safety->household, ID_BYTES);
  put_u32(ret_bytes + SAFETY_RAISED, (uint32_t)safety->raised.number);
  put_u32(ret_bytes + SAFETY_REVIEW, (uint32_t)safety->review.number);
}

enum err safety_decode(struct safety *ret_safety, const void *bytes, size_t n)
{
  const uint8_t *at = bytes;

  if (n != SAFETY_BYTES || at[0] > LEVEL_HIDDEN || at[SAFETY_FLAGS] > SAFETY_FLAGS_ALL)
    return ERR_CORRUPT;
  if (get_u32(at + SAFETY_RESERVED) != 0) return ERR_CORRUPT;
  struct safety safety = {
    .level = at[0],
    .first_decided = (at[SAFETY_FLAGS] & SAFETY_DECIDED) != 0,
    .ever_protected = (at[SAFETY_FLAGS] & SAFETY_EVER) != 0,
    .asked_for = (at[SAFETY_FLAGS] & SAFETY_ASKED) != 0,
    .blob_in_use = (at[SAFETY_FLAGS] & SAFETY_BLOB) != 0,
    .in_transit = (at[SAFETY_FLAGS] & SAFETY_TRANSIT) != 0,
    .against = at[SAFETY_AGAINST],
    .protects = at[SAFETY_PROTECTS],
    .raised = {(int32_t)get_u32(at + SAFETY_RAISED)},
    .review = {(int32_t)get_u32(at + SAFETY_REVIEW)},
  };
  for (unsigned i = 0; i < PEOPLE; i++) {
    if (at[SAFETY_PERSONS + i] > LEVEL_HIDDEN) return ERR_CORRUPT;
    safety.person[i] = at[SAFETY_PERSONS + i];
  }
  memcpy(safety.household, at + SAFETY_HOUSEHOLD, ID_BYTES);
  *ret_safety = safety;
  return OK;
}

void audit_secret_wipe(struct audit_secret *secret)
{
  wipe(secret, sizeof *secret);
}

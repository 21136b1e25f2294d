/* The fields of a record (fields.def) and the form that a value has at the door. Seen by the layers
 * above, so it knows no key, no sealed bytes and no SQL; field.h is the sealed side. It must never
 * decide who sees what. */
#ifndef REGISTER_VALUE_H
#define REGISTER_VALUE_H

#include "base/day.h"
#include "base/err.h"
#include "base/str.h"

#define FIELD_SET                                                                                  \
  1 /* rises with every row added to fields.def; a record says which set it was sealed with */

enum field {
#define F(id, name, slots, pad, type, word, power, keep, home) FIELD_##name,
#include "register/fields.def"
#undef F
  FIELD_COUNT
};

enum field_type {
  TYPE_PROTECTION, /* struct safety, binary; the register's own */
  TYPE_SECRET,     /* random bytes; the register's own */
  TYPE_TEXT,
  TYPE_NAME,
  TYPE_ADDRESS,
  TYPE_NOTE,
  TYPE_EVENT, /* UTF-8 without control characters */
  TYPE_DAY,
  TYPE_CODE,
  TYPE_UPN,
  TYPE_UPRN,
  TYPE_POSTCODE,
  TYPE_PHONE,
  TYPE_EMAIL,
  TYPE_HOURS
};
enum field_home { HOME_CASEWORK, HOME_SHIELDED, HOME_BLOB };
enum field_keep {
#define R(id, months, from) KEEP_##id,
#include "register/retain.def"
#undef R
  KEEP_COUNT
};

/* A list of codes that a CODE field takes (codes.def). */
enum code_set {
  CODES_NONE,
#define SET(id) CODES_##id,
#define C(set, code)
#include "register/codes.def"
#undef SET
#undef C
  CODES_COUNT
};

struct field_row {
  uint16_t id; /* bound into sealed bytes, and the bit in audit and ticket bitsets */
  const char *name;
  uint8_t slots, pad;
  enum field_type type;
  const char *word;  /* policy word; "" for the register's own; "PERSON_..." depends on the view */
  const char *power; /* key of policy/regimes */
  enum field_keep keep;
  enum field_home home;
  uint32_t offset; /* of slot 0 in the body; FIELD_NOWHERE for HOME_BLOB */
};
#define FIELD_NOWHERE UINT32_MAX
#define FIELD_SLOTS_MAX 10

const struct field_row *field_row(enum field field);
/* False when no field has this name or id. */
bool field_by_name(struct str name, enum field *ret_field);
bool field_by_id(uint16_t id, enum field *ret_field);

/* A note that its slot cannot hold goes on in pages (note.h); this is the end of it, in bytes. */
#define NOTE_TEXT_MAX 4000
/* Longest text that one slot takes, in bytes; what is longer is refused at the door, never cut. */
size_t field_text_max(enum field field);
/* Somebody's own words, which can tell of anybody: compared before they leave (leaving.h). */
bool field_is_free_text(enum field field);

/* ---- a value ---- */

enum value_state {
  VALUE_ABSENT,
  VALUE_CHECKED,
  VALUE_AS_GIVEN
}; /* as given: did not check, kept verbatim */
/* Who said so. Stored; never renumbered. */
enum said_by {
  SAID_UNKNOWN,
  SAID_PARENT,
  SAID_CHILD,
  SAID_SCHOOL,
  SAID_AUTHORITY,
  SAID_OTHER_AUTHORITY,
  SAID_HEALTH,
  SAID_SOCIAL_CARE,
  SAID_PROVIDER,
  SAID_OTHER,
  SAID_COUNT
};
enum value_source { SOURCE_TYPED, SOURCE_SHEET, SOURCE_TRANSFER, SOURCE_SYSTEM, SOURCE_COUNT };

struct value {
  enum value_state state;
  enum said_by said_by;
  enum value_source source;
  bool contested;       /* somebody disputes it */
  uint8_t outcome;      /* of an EVENT: code of event_outcomes, numbered from 1; 0: not said */
  uint8_t route;        /* of an EVENT: code of CODES_ROUTE, likewise */
  struct day since;     /* true from; DAY_NONE: not said */
  struct day until;     /* of an EVENT: true until; DAY_NONE: not said */
  struct day recorded;  /* day it was taken down */
  struct personal text; /* empty when absent; binary for TYPE_PROTECTION and TYPE_SECRET */
};
extern const struct value value_absent;
const char *said_by_name(enum said_by said_by); /* "parent"; code words, stable */

/* At the door: sets value->state to VALUE_CHECKED when the text is of the field's type, else to
 * VALUE_AS_GIVEN; an empty text is VALUE_ABSENT. ERR_TOO_LARGE past field_text_max, ERR_INPUT for
 * what is not UTF-8 or holds a control character: these two are refused. Never changes the text. */
MUST_USE enum err field_check(enum field field, struct value *value);
/* The door's checks alone, for sheets and tests. */
bool check_upn(
  struct str upn); /* letter, length, known authority: notes of the format in check.c */
bool check_code(enum code_set set, struct str code);
/* The i-th code of a set, in the table's order; false past the end. */
bool code_at(enum code_set set, size_t i, struct str *ret_code);
enum code_set field_codes(enum field field); /* CODES_NONE for a field of another type */
/* What can have come of an event: CODES_NONE where nothing is asked. */
enum code_set event_outcomes(enum field field);
/* The number of a code in its set, from 1; 0: it is not in it. */
uint8_t code_number(enum code_set set, struct str code);
/* The code of a number of code_number; empty: none. */
struct str code_numbered(enum code_set set, uint8_t number);
/* A contact that was declined says by which route what was offered, and a settling time says until
 * when; what does not is refused at the door. */
bool event_is_whole(enum field field, const struct value *value);

/* ---- protection ---- */

enum level { LEVEL_UNKNOWN, LEVEL_NONE, LEVEL_CONTACT_PROTECTED, LEVEL_HIDDEN };
#define PEOPLE 4

#endif

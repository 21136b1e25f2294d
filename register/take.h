/* Taking a child onto the register: what typed entries and rows of a sheet have in common.
 * Eligibility and the power of each field are asked of the regime; what a value means
 * is not. Nothing taken in is ever unprotected: every new record waits for its first safety
 * decision (promise 4). */
#ifndef REGISTER_TAKE_H
#define REGISTER_TAKE_H

#include "register/op.h"
#include "register/operations.h"
#include "register/standing.h"

struct taking {
  const struct given_list *values;
  enum value_source source;
  struct day on;             /* day for eligibility */
  struct personal from, ref; /* where it came from: a feed, and its own reference */
  struct personal safety_said, safety_note;
};

enum take_verdict {
  TAKE_FINE,
  TAKE_NO_NAME,
  TAKE_NOT_ELIGIBLE,
  TAKE_NO_POWER,
  TAKE_TOO_LONG,
  TAKE_BAD_TEXT,
  TAKE_BAD_PLACE
};
struct taken {
  enum take_verdict verdict;
  struct str rule;        /* section or power that a refusal rests on */
  struct fieldset fields; /* policy words it is about */
};

/* Whether it may be taken in; changes nothing. */
MUST_USE enum err take_check(struct op *op, struct taken *ret_taken, const struct taking *taking);
/* Makes the record and the assignment, and adds both to the commit. Only after TAKE_FINE. */
struct take_to {
  struct id account;
  struct standing standing;
};
MUST_USE enum err take_in(struct op *op, struct record **ret_record, const struct taking *taking,
                          const struct take_to *to);

/* The account that takes on the child: of this user name, if there is such a person and the
 * account is active. */
bool take_officer(const struct op *op, struct id *ret_account, struct str user);
/* May be written by a person at all: not the register's own fields. */
bool take_field_is_open(enum field field);
/* The word by which a field is known to regimes and to people when no view says otherwise. */
uint8_t take_word(const struct op *op, enum field field);
/* The value given for a field; NULL: none, or empty. */
const struct value *take_find(const struct given_list *values, enum field field, unsigned slot);
/* Whether what a sheet says about safe contact is anything but a plain yes. Such a child is asked
 * for: it counts as protected wherever an answer could tell of it (promise 4). */
bool take_is_unsafe(const struct op *op, struct personal said, struct personal note);
/* Adds the ids of the fields that are not empty to what an entry says was written. */
void take_note(struct entry_of *entry, const struct given_list *values);
/* Source and reference as FIELD_origin holds them. */
MUST_USE enum err take_origin(struct arena *arena, struct personal *ret_text, struct personal from,
                              struct personal ref);

#endif

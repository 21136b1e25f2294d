/* The words by which a person reads what answers hold in code words: fields, codes, who said so,
 * levels, acts in the log, dates. Words of the policy are not here: policy_word_text has them, also
 * for what the register works out and no field stores (last_changed, shield_exists).
 *
 * Every function takes the code word as JSON answers write it and gives its label in the language
 * asked for, never in the other one. A word that it does not know comes back as it is, because a
 * value outside its set is kept as given and shown so. Labels are static; nothing is allocated or
 * fails. */
#ifndef CONSOLE_WORDS_H
#define CONSOLE_WORDS_H

#include "base/day.h"
#include "base/text.h"
#include "register/value.h"

enum text_id word_field_text(enum field field); /* its label */
struct str word_field(enum field field, enum lang lang);
struct str word_field_named(struct str name, enum lang lang); /* "home_address" */
/* A value of a field that takes codes: ("sex", "female"). The value of any other field is no code.
 */
struct str word_code(struct str field_name, struct str code, enum lang lang);
/* A code of this set: (CODES_ROUTE, "letter"). */
struct str word_of_set(enum code_set set, struct str code, enum lang lang);
/* A value in a lesser form (register/form.c): ("banded", "5 to 9"). */
struct str word_reduced(struct str form, struct str value, enum lang lang);
struct str word_said_by(struct str said_by, enum lang lang);
/* The place of an adult in the record, in words; `slot` is below PEOPLE. */
struct str word_adult(unsigned slot, enum lang lang);
/* How an adult stands to the child, when it is put in one of the words that are kept in both
 * languages ("mother"); anything else stays as it was given. */
struct str word_relative(struct str given, enum lang lang);
struct str word_level(struct str level, enum lang lang);
struct str word_action(struct str action, enum lang lang); /* of an entry in the log */

/* ---- dates: written into `ret_text`, which the answer points into ---- */

#define WORD_DAY_MAX 32     /* bytes that a day takes at most */
#define WORD_INSTANT_MAX 40 /* and with a time */

/* "22 Tachwedd 2026"; empty for DAY_NONE. */
struct str word_day(char ret_text[static WORD_DAY_MAX], struct day day, enum lang lang);
/* "22 Tachwedd 2026, 14:05", as the clock on a wall in the United Kingdom shows it. */
struct str word_instant(char ret_text[static WORD_INSTANT_MAX], struct instant at, enum lang lang);
/* A day (2026-11-22) or an instant (2026-11-22T14:05:00Z) of an answer, likewise; any other text as
 * it is. */
struct str word_when(char ret_text[static WORD_INSTANT_MAX], struct str text, enum lang lang);

#endif

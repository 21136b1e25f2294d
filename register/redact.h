/* Takes values out of a text, however they are written in it: capitals, accents, spaces, hyphens,
 * dots, letters spaced out, digits in groups, run together with the words beside them. What is
 * found too often costs a word; what is not found costs more. Knows no record and no rule. */
#ifndef REGISTER_REDACT_H
#define REGISTER_REDACT_H

#include "base/arena.h"
#include "register/value.h"

/* What stands where something was. */
#define REDACT_MARK "[tynnwyd/removed]"

/* A value to look for, as the letters and digits that it is made of. */
struct needle {
  const char *ptr;
  size_t len;
  bool is_word; /* too short to look for inside words: as a word of its own only */
};
struct needles {
  struct needle *at; /* in the arena; begins empty */
  size_t count, held;
};
/* Adds all that finds this value: of a name its parts; of an address or a place its lines, without
 * the word for the kind of street, and the postcode and numbers in it; of a number the part after
 * +44 or 0; of an e-mail address also the name before the sign, and the sign and dots as words. */
MUST_USE enum err needles_add(struct arena *arena, struct needles *needles, enum field_type type,
                              struct personal value);

/* *ret_count: how many places. With none the text is as it was. ERR_INPUT: not UTF-8; ERR_MEMORY.
 */
MUST_USE enum err redact_text(struct arena *arena, struct personal *ret_text, size_t *ret_count,
                              struct personal text, const struct needles *needles);

#endif

/* Normal forms for matching only: what is stored and shown is what was given.
 * The folding has a version, because tables change with Unicode. */
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include "base/arena.h"
#include "base/day.h"

#define FOLD_VERSION 1

/* NFC, case folded, marks stripped (Llŷr, LLYR and decomposed forms meet), apostrophes of every
 * kind dropped, hyphens and runs of white space to one space, ends trimmed. Idempotent. ERR_INPUT
 * for text that is not UTF-8. */
MUST_USE enum err fold_name(struct arena *arena, struct personal *ret_folded, struct personal name);
/* Upper case, one space before the inward part; other text is folded like a name. */
MUST_USE enum err fold_postcode(struct arena *arena, struct personal *ret_folded,
                                struct personal postcode);
/* Digits only, +44 and 0044 to a leading 0. */
MUST_USE enum err fold_phone(struct arena *arena, struct personal *ret_folded,
                             struct personal phone);
/* Case folded, ends trimmed. */
MUST_USE enum err fold_email(struct arena *arena, struct personal *ret_folded,
                             struct personal email);
/* As a name, with commas and line breaks to one space: addresses compare whatever their
 * punctuation. */
MUST_USE enum err fold_address(struct arena *arena, struct personal *ret_folded,
                               struct personal address);
/* NFC of the text, unchanged otherwise. */
MUST_USE enum err fold_nfc(struct arena *arena, struct personal *ret_text, struct personal text);
/* Orders names by the Welsh alphabet (ch dd ff ng ll ph rh th are letters); <0, 0, >0. */
int fold_compare_welsh(struct personal a, struct personal b);

#endif

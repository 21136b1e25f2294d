/* Every sentence that a person can read, Welsh and English side by side, in one table with a
 * chapter a file (text/ *.def). Slots are %1 to %4, the same in both languages; a test compares
 * them. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/err.h"
#include "base/str.h"

enum lang { LANG_EN, LANG_CY };

enum text_id {
#define T(id, cy, en) TEXT_##id,
#include "base/text/all.def"
#undef T
  TEXT_COUNT
};

struct str text_get(enum text_id id, enum lang lang);
const char *text_name(enum text_id id);
/* The sentence that tells a person of an error; TEXT_NONE for OK. */
enum text_id err_text(enum err err);

struct arena;
/* Fills the slots. A slot's value must be text that anyone may see. */
MUST_USE enum err text_fill(struct arena *arena, struct str *ret_text, enum text_id id,
                            enum lang lang, const struct str *slots, size_t slot_count);

#endif

/* The letters and digits of a text, folded, and where in the text each of them came from: what is
 * left when somebody writes a name spaced out, with hyphens or dots, in capitals, with or without
 * accents, or run together with the words beside it. For finding only; nothing of it is shown. */
#ifndef BASE_SKELETON_H
#define BASE_SKELETON_H

#include "base/arena.h"

struct skeleton {
  const char *ptr; /* UTF-8 */
  size_t len;
  const uint32_t *from, *to; /* of each byte: the character of the text that it came from */
};

/* Full width and other compatible shapes become plain ones, letters lose their case and marks, and
 * everything that is neither letter nor digit is gone. In the arena. ERR_INPUT: not UTF-8. */
MUST_USE enum err skeleton_make(struct arena *arena, struct skeleton *ret_skeleton,
                                struct personal text);

/* Whether something other than a letter or digit stands in the text before this byte of the
 * skeleton, or nothing does. For at = len: true. */
bool skeleton_begins_word(const struct skeleton *skeleton, size_t at);

#endif

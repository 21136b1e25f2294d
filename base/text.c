/* The sentences, and filling their slots. There is no fallback from one language to the other: a
 * sentence that lacks one does not pass the lint. */
#include "base/text.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"

static const struct {
  const char *name;
  struct str in[2]; /* by enum lang */
} texts[TEXT_COUNT] = {
#define T(id, cy, en) [TEXT_##id] = {#id, {{en, sizeof(en) - 1}, {cy, sizeof(cy) - 1}}},
#include "base/text/all.def"
#undef T
};

struct str text_get(enum text_id id, enum lang lang)
{
  assert(id < TEXT_COUNT);
  return texts[id].in[lang == LANG_CY];
}

const char *text_name(enum text_id id)
{
  assert(id < TEXT_COUNT);
  return texts[id].name;
}

/* The slot (from 0) that begins at this place of the pattern, or -1. */
static int slot_at(struct str pattern, size_t at)
{
  if (pattern.ptr[at] != '%' || at + 1 >= pattern.len) return -1;
  char digit = pattern.ptr[at + 1];
  return digit >= '1' && digit <= '4' ? digit - '1' : -1;
}

enum err text_fill(struct arena *arena, struct str *ret_text, enum text_id id, enum lang lang,
                   const struct str *slots, size_t slot_count)
{
  struct str pattern = text_get(id, lang);
  size_t len = pattern.len;
  for (size_t at = 0; at < pattern.len; at++) {
    int slot = slot_at(pattern, at);
    if (slot < 0) continue;
    assert((size_t)slot < slot_count);
    len += slots[slot].len; /* and two bytes to spare for the slot's own mark */
  }
  char *filled = arena_take(arena, len ? len : 1);
  if (!filled) return ERR_MEMORY;
  size_t to = 0;
  for (size_t at = 0; at < pattern.len; at++) {
    int slot = slot_at(pattern, at);
    if (slot < 0) {
      filled[to++] = pattern.ptr[at];
      continue;
    }
    if (slots[slot].len > 0) memcpy(filled + to, slots[slot].ptr, slots[slot].len);
    to += slots[slot].len;
    at++;
  }
  *ret_text = (struct str){filled, to};
  return OK;
}

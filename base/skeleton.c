/* Character by character, on the Unicode tables of utf8proc, so that each folded byte knows its
 * place. It must never drop a letter or digit: what is not found is not removed. */
#include "base/skeleton.h"

#include <string.h>
#include <utf8proc.h>

enum { POINTS_MAX = 18, POINT_BYTES = 4 }; /* that one character becomes (Unicode: U+FDFA) */

/* Letters that Unicode does not take apart, and what people write for them. */
static const struct {
  int32_t letter;
  const char *plain;
} plain_letters[] = {{0xe6, "ae"}, {0xf0, "d"},  {0xf8, "o"},  {0xfe, "th"},
                     {0x111, "d"}, {0x131, "i"}, {0x142, "l"}, {0x153, "oe"}};

/* Without `ptr` it only counts. */
struct making {
  char *ptr;
  uint32_t *from, *to;
  size_t len;
};

static bool counts(int32_t c)
{
  const utf8proc_property_t *property = utf8proc_get_property(c);
  utf8proc_category_t category = (utf8proc_category_t)property->category;

  if (property->combining_class != 0) return false;
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

static void put(struct making *making, const char *bytes, size_t n, uint32_t from, uint32_t to)
{
  for (size_t i = 0; i < n && making->ptr != NULL; i++) {
    making->from[making->len + i] = from;
    making->to[making->len + i] = to;
    making->ptr[making->len + i] = bytes[i];
  }
  making->len += n;
}

static void put_point(struct making *making, int32_t c, uint32_t from, uint32_t to)
{
  uint8_t bytes[POINT_BYTES];

  for (size_t i = 0; i < sizeof plain_letters / sizeof plain_letters[0]; i++) {
    if (plain_letters[i].letter != c) continue;
    put(making, plain_letters[i].plain, strlen(plain_letters[i].plain), from, to);
    return;
  }
  utf8proc_ssize_t n = utf8proc_encode_char(c, bytes);
  if (n > 0) put(making, (const char *)bytes, (size_t)n, from, to);
}

static enum err walk(struct making *making, struct personal text)
{
  const int options = UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD;
  int32_t points[POINTS_MAX];

  for (size_t at = 0; at < text.len;) {
    int32_t c;
    int boundary = 0;
    utf8proc_ssize_t n =
      utf8proc_iterate((const uint8_t *)text.ptr + at, (utf8proc_ssize_t)(text.len - at), &c);
    if (n <= 0) return ERR_INPUT;
    uint32_t from = (uint32_t)at, to = (uint32_t)(at + (size_t)n);
    utf8proc_ssize_t count =
      utf8proc_decompose_char(c, points, POINTS_MAX, (utf8proc_option_t)options, &boundary);
    if (count < 0 || count > POINTS_MAX) return ERR_INPUT;
    for (utf8proc_ssize_t i = 0; i < count; i++)
      if (counts(points[i])) put_point(making, points[i], from, to);
    at = to;
  }
  return OK;
}

enum err skeleton_make(struct arena *arena, struct skeleton *ret_skeleton, struct personal text)
{
  struct making making = {.len = 0};
  size_t len;

  if (text.len > UINT32_MAX) return ERR_TOO_LARGE;
  TRY(walk(&making, text));
  len = making.len;
  making = (struct making){.ptr = arena_take(arena, len + 1),
                           .from = arena_take_array(arena, len + 1, sizeof(uint32_t)),
                           .to = arena_take_array(arena, len + 1, sizeof(uint32_t))};
  if (making.ptr == NULL || making.from == NULL || making.to == NULL) return ERR_MEMORY;
  TRY(walk(&making, text));
  *ret_skeleton = (struct skeleton){making.ptr, len, making.from, making.to};
  return OK;
}

bool skeleton_begins_word(const struct skeleton *skeleton, size_t at)
{
  if (at == 0 || at >= skeleton->len) return true;
  return skeleton->from[at] != skeleton->from[at - 1] && skeleton->from[at] > skeleton->to[at - 1];
}

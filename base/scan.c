/* A JSON reader that builds nothing: one cursor, moved over values. It must never look past its
 * text nor recurse deeper than SCAN_DEPTH. */
#include "base/scan.h"

#include <string.h>

struct cursor {
  struct str text;
  size_t at;
};

static char look(const struct cursor *cursor)
{
  return cursor->at < cursor->text.len ? cursor->text.ptr[cursor->at] : '\0';
}

static bool take(struct cursor *cursor, char wanted)
{
  if (cursor->at >= cursor->text.len || cursor->text.ptr[cursor->at] != wanted) return false;
  cursor->at++;
  return true;
}

static void skip_space(struct cursor *cursor)
{
  while (cursor->at < cursor->text.len && strchr(" \t\r\n", cursor->text.ptr[cursor->at]) != NULL &&
         cursor->text.ptr[cursor->at] != '\0')
    cursor->at++;
}

static bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

static bool skip_digits(struct cursor *cursor)
{
  if (!is_digit(look(cursor))) return false;
  while (is_digit(look(cursor)))
    cursor->at++;
  return true;
}

static bool skip_number(struct cursor *cursor)
{
  take(cursor, '-');
  if (!take(cursor, '0') && !skip_digits(cursor)) return false;
  if (take(cursor, '.') && !skip_digits(cursor)) return false;
  if (look(cursor) == 'e' || look(cursor) == 'E') {
    cursor->at++;
    if (!take(cursor, '-')) take(cursor, '+');
    if (!skip_digits(cursor)) return false;
  }
  return true;
}

static bool skip_escape(struct cursor *cursor)
{
  if (take(cursor, 'u')) {
    for (int i = 0; i < 4; i++, cursor->at++)
      if (hex_digit(look(cursor)) < 0) return false;
    return true;
  }
  char c = look(cursor);
  if (c == '\0' || strchr("\"\\/bfnrt", c) == NULL) return false;
  cursor->at++;
  return true;
}

static bool skip_string(struct cursor *cursor)
{
  if (!take(cursor, '"')) return false;
  while (cursor->at < cursor->text.len) {
    if (take(cursor, '"')) return true;
    if ((unsigned char)look(cursor) < 0x20) return false;
    if (take(cursor, '\\')) {
      if (!skip_escape(cursor)) return false;
    } else {
      cursor->at++;
    }
  }
  return false;
}

static bool skip_word(struct cursor *cursor, struct str word)
{
  if (cursor->text.len - cursor->at < word.len ||
      memcmp(cursor->text.ptr + cursor->at, word.ptr, word.len) != 0)
    return false;
  cursor->at += word.len;
  return true;
}

// NOLINTBEGIN(misc-no-recursion): no deeper than SCAN_DEPTH
static bool skip_value(struct cursor *cursor, unsigned depth);

/* `wanted` and `ret_value` may be NULL; *found counts the members of that name. */
static bool skip_object(struct cursor *cursor, unsigned depth, const struct str *wanted,
                        struct str *ret_value, unsigned *found)
{
  if (!take(cursor, '{')) return false;
  skip_space(cursor);
  if (take(cursor, '}')) return true;
  do {
    skip_space(cursor);
    size_t name = cursor->at + 1;
    if (!skip_string(cursor)) return false;
    struct str key = {cursor->text.ptr + name, cursor->at - 1 - name};
    skip_space(cursor);
    if (!take(cursor, ':')) return false;
    skip_space(cursor);
    size_t value = cursor->at;
    if (!skip_value(cursor, depth + 1)) return false;
    if (wanted != NULL && str_equal(key, *wanted)) {
      *ret_value = (struct str){cursor->text.ptr + value, cursor->at - value};
      ++*found;
    }
    skip_space(cursor);
  } while (take(cursor, ','));
  return take(cursor, '}');
}

static bool skip_array(struct cursor *cursor, unsigned depth)
{
  if (!take(cursor, '[')) return false;
  skip_space(cursor);
  if (take(cursor, ']')) return true;
  do {
    skip_space(cursor);
    if (!skip_value(cursor, depth + 1)) return false;
    skip_space(cursor);
  } while (take(cursor, ','));
  return take(cursor, ']');
}

static bool skip_value(struct cursor *cursor, unsigned depth)
{
  if (depth > SCAN_DEPTH) return false;
  switch (look(cursor)) {
  case '{':
    return skip_object(cursor, depth, NULL, NULL, NULL);
  case '[':
    return skip_array(cursor, depth);
  case '"':
    return skip_string(cursor);
  case 't':
    return skip_word(cursor, STR("true"));
  case 'f':
    return skip_word(cursor, STR("false"));
  case 'n':
    return skip_word(cursor, STR("null"));
  default:
    return skip_number(cursor);
  }
}
// NOLINTEND(misc-no-recursion)

enum err scan_member(struct str *ret_value, struct str object, struct str name)
{
  struct cursor cursor = {.text = object};
  struct str value = {0};
  unsigned found = 0;
  if (!utf8_is_valid(object.ptr, object.len)) return ERR_INPUT;
  skip_space(&cursor);
  if (!skip_object(&cursor, 1, &name, &value, &found)) return ERR_INPUT;
  skip_space(&cursor);
  if (cursor.at != object.len || found > 1) return ERR_INPUT;
  if (found == 0) return ERR_ABSENT;
  *ret_value = value;
  return OK;
}

enum err scan_word(struct str *ret_word, struct str object, struct str name)
{
  struct str value = {0};
  TRY(scan_member(&value, object, name));
  if (value.ptr[0] != '"' || memchr(value.ptr, '\\', value.len) != NULL) return ERR_INPUT;
  *ret_word = (struct str){value.ptr + 1, value.len - 2};
  return OK;
}

enum err scan_u64(uint64_t *ret_number, struct str object, struct str name)
{
  struct str value = {0};
  TRY(scan_member(&value, object, name));
  return str_to_u64(value, ret_number) ? OK : ERR_INPUT;
}

static uint32_t hex4(const char *digits)
{
  uint32_t value = 0;
  for (int i = 0; i < 4; i++)
    value = value << 4 | (uint32_t)hex_digit(digits[i]);
  return value;
}

/* One escape after its backslash; 0 when it means no character. */
static uint32_t unescape(struct str value, size_t *at)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  char c = value.ptr[(*at)++];
  if (c != 'u') return (unsigned char)to[strchr(from, c) - from];
  uint32_t code = hex4(value.ptr + *at);
  *at += 4;
  if (code < 0xD800 || code > 0xDFFF) return code;
  if (code > 0xDBFF || value.len - *at < 7 || value.ptr[*at] != '\\' || value.ptr[*at + 1] != 'u')
    return 0;
  uint32_t low = hex4(value.ptr + *at + 2);
  *at += 6;
  if (low < 0xDC00 || low > 0xDFFF) return 0;
  return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
}

static unsigned utf8_put(char ret[static 4], uint32_t code)
{
  if (code < 0x80) {
    ret[0] = (char)code;
    return 1;
  }
  unsigned n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
  for (unsigned i = n; i-- > 1; code >>= 6)
    ret[i] = (char)(0x80 | (code & 0x3F));
  ret[0] = (char)(lead[n] | code);
  return n;
}

enum err scan_text(char *ret_text, size_t capacity, size_t *ret_n, struct str value)
{
  struct cursor cursor = {.text = value};
  if (!skip_string(&cursor) || cursor.at != value.len) return ERR_INPUT;
  size_t n = 0;
  for (size_t at = 1; at + 1 < value.len;) {
    char bytes[4] = {value.ptr[at++]};
    unsigned count = 1;
    if (bytes[0] == '\\') {
      uint32_t code = unescape(value, &at);
      if (code == 0) return ERR_INPUT;
      count = utf8_put(bytes, code);
    }
    if (count > capacity - n) return ERR_TOO_LARGE;
    memcpy(ret_text + n, bytes, count);
    n += count;
  }
  *ret_n = n;
  return OK;
}

/* The JSON writer (RFC 8259): bytes are appended to a block in the arena, which doubles when full.
 * It writes UTF-8 unescaped where the RFC allows, and refuses text that is not UTF-8: what leaves
 * can always be parsed. */
#include "base/json.h"

#include <assert.h>
#include <string.h>

void json_start(struct json *json, struct arena *arena, size_t expected_bytes)
{
  *json = (struct json){.arena = arena, .held = expected_bytes ? expected_bytes : 256};
  json->ptr = arena_take(arena, json->held);
  if (!json->ptr) json->err = ERR_MEMORY;
}

enum err json_done(const struct json *json, struct str *ret_text)
{
  if (json->err != OK) return json->err;
  assert(json->depth == 0);
  *ret_text = (struct str){json->ptr, json->len};
  return OK;
}

/* Room for `n` more bytes, or NULL with the error kept. */
static char *room_for(struct json *json, size_t n)
{
  if (json->err != OK) return NULL;
  if (n > json->held - json->len) {
    size_t held = json->held;
    while (n > held - json->len) {
      if (__builtin_mul_overflow(held, 2U, &held)) break;
    }
    char *grown = n <= held - json->len ? arena_take(json->arena, held) : NULL;
    if (!grown) {
      json->err = ERR_MEMORY;
      return NULL;
    }
    memcpy(grown, json->ptr, json->len);
    json->ptr = grown;
    json->held = held;
  }
  return json->ptr + json->len;
}

static void append(struct json *json, const char *bytes, size_t n)
{
  char *to = room_for(json, n);
  if (!to || n == 0) return;
  memcpy(to, bytes, n);
  json->len += n;
}

static void append_byte(struct json *json, char byte)
{
  char *to = room_for(json, 1);
  if (!to) return;
  *to = byte;
  json->len++;
}

/* Before each value and key. */
static void comma(struct json *json)
{
  if (json->needs_comma) append_byte(json, ',');
  json->needs_comma = true;
}

static void open_bracket(struct json *json, char bracket)
{
  comma(json);
  append_byte(json, bracket);
  json->needs_comma = false;
  json->depth++;
}

static void close_bracket(struct json *json, char bracket)
{
  assert(json->depth > 0);
  append_byte(json, bracket);
  json->needs_comma = true;
  json->depth--;
}

void json_object_start(struct json *json)
{
  open_bracket(json, '{');
}

void json_object_end(struct json *json)
{
  close_bracket(json, '}');
}

void json_array_start(struct json *json)
{
  open_bracket(json, '[');
}

void json_array_end(struct json *json)
{
  close_bracket(json, ']');
}

static bool needs_escape(char c)
{
  return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

/* The short form where JSON has one, else \u00XX. */
static void append_escaped(struct json *json, char c)
{
  static const char shorts[] =
    "\"\"\\\\\bb\ff\nn\rr\tt"; /* character, letter after the backslash */
  for (size_t i = 0; i + 1 < sizeof(shorts); i += 2) {
    if (shorts[i] != c) continue;
    append(json, (char[]){'\\', shorts[i + 1]}, 2);
    return;
  }
  char code[6] = "\\u00";
  hex_write(code + 4, &c, 1);
  append(json, code, sizeof(code));
}

size_t json_text_bytes(struct personal text)
{
  size_t n = 0;

  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    bool is_short =
      c == '"' || c == '\\' || c == '\b' || c == '\f' || c == '\n' || c == '\r' || c == '\t';

    n += !needs_escape(c) ? 1 : is_short ? 2 : sizeof "\\u0000" - 1;
  }
  return n;
}

/* Most texts need no escape: those are copied with one look at the room. */
static void append_string(struct json *json, const char *ptr, size_t len)
{
  if (!utf8_is_valid(ptr, len)) {
    if (json->err == OK) json->err = ERR_INPUT;
    return;
  }
  char *to = room_for(json, len + 2);
  if (!to) return;
  size_t n = 0;
  *to++ = '"';
  for (; n < len && !needs_escape(ptr[n]); n++)
    to[n] = ptr[n];
  json->len += 1 + n;
  for (; n < len; n++) {
    if (needs_escape(ptr[n]))
      append_escaped(json, ptr[n]);
    else
      append_byte(json, ptr[n]);
  }
  append_byte(json, '"');
}

void json_key(struct json *json, struct str name)
{
  comma(json);
  append_string(json, name.ptr, name.len);
  append_byte(json, ':');
  json->needs_comma = false;
}

void json_str(struct json *json, struct str value)
{
  comma(json);
  append_string(json, value.ptr, value.len);
}

void json_personal(struct json *json, struct personal value)
{
  comma(json);
  append_string(json, value.ptr, value.len);
}

static void append_literal(struct json *json, struct str literal)
{
  comma(json);
  append(json, literal.ptr, literal.len);
}

void json_int(struct json *json, int64_t value)
{
  char digits[20]; /* of 9223372036854775808 and a sign */
  size_t at = sizeof(digits);
  uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  do {
    digits[--at] = (char)('0' + left % 10);
    left /= 10;
  } while (left > 0);
  if (value < 0) digits[--at] = '-';
  append_literal(json, (struct str){digits + at, sizeof(digits) - at});
}

void json_bool(struct json *json, bool value)
{
  append_literal(json, value ? STR("true") : STR("false"));
}

void json_none(struct json *json)
{
  append_literal(json, STR("null"));
}

void json_day(struct json *json, struct day value)
{
  if (!day_is_set(value)) {
    json_none(json);
    return;
  }
  char text[10];
  day_write(text, value);
  json_str(json, (struct str){text, sizeof(text)});
}

void json_instant(struct json *json, struct instant value)
{
  char text[20];
  instant_write(text, value);
  json_str(json, (struct str){text, sizeof(text)});
}

void json_hex(struct json *json, const void *bytes, size_t n)
{
  comma(json);
  append_byte(json, '"');
  char *to = room_for(json, 2 * n);
  if (to) {
    hex_write(to, bytes, n);
    json->len += 2 * n;
  }
  append_byte(json, '"');
}

/* Three bytes to four characters, the last group filled with '='. */
static void base64_group(char ret[static 4], const uint8_t *bytes, size_t n)
{
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint32_t group = (uint32_t)bytes[0] << 16;
  if (n > 1) group |= (uint32_t)bytes[1] << 8;
  if (n > 2) group |= bytes[2];
  ret[0] = digits[group >> 18];
  ret[1] = digits[group >> 12 & 63];
  ret[2] = n > 1 ? digits[group >> 6 & 63] : '=';
  ret[3] = n > 2 ? digits[group & 63] : '=';
}

void json_base64(struct json *json, const void *bytes, size_t n)
{
  comma(json);
  append_byte(json, '"');
  size_t groups = n / 3 + (n % 3 > 0);
  char *to = room_for(json, 4 * groups);
  if (to) {
    const uint8_t *from = bytes;
    for (size_t i = 0; i < groups; i++)
      base64_group(to + 4 * i, from + 3 * i, n - 3 * i);
    json->len += 4 * groups;
  }
  append_byte(json, '"');
}

void json_splice(struct json *json, struct str finished_value)
{
  append_literal(json, finished_value);
}

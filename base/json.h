/* The JSON writer: append-only into an arena, for everything that leaves. It never parses.
 * Errors stick: after the first failure calls do nothing and json_done reports it. Text that is not
 * UTF-8 is ERR_INPUT. No function here may have the name of one of jansson's (json_object,
 * json_array, json_null, ...): the linker would put ours in the place of theirs. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/day.h"

struct json {
  struct arena *arena;
  char *ptr;
  size_t len, held;
  unsigned depth;
  bool needs_comma;
  enum err err;
};

void json_start(struct json *json, struct arena *arena, size_t expected_bytes);
MUST_USE enum err json_done(const struct json *json, struct str *ret_text); /* depth must be 0 */

void json_object_start(struct json *json);         /* { */
void json_object_end(struct json *json);           /* } */
void json_array_start(struct json *json);          /* [ */
void json_array_end(struct json *json);            /* ] */
void json_key(struct json *json, struct str name); /* escaped; the value follows */
#define JSON_KEY(json, literal) json_key((json), STR(literal))
void json_str(struct json *json, struct str value);
void json_personal(struct json *json, struct personal value);
/* How many bytes a text takes in JSON, its quotation marks apart. */
size_t json_text_bytes(struct personal text);
void json_int(struct json *json, int64_t value);
void json_bool(struct json *json, bool value);
void json_none(struct json *json);                  /* null */
void json_day(struct json *json, struct day value); /* null when not set */
void json_instant(struct json *json, struct instant value);
void json_hex(struct json *json, const void *bytes, size_t n);
void json_base64(struct json *json, const void *bytes, size_t n); /* RFC 4648, padded */
/* Copies a value that this writer made before, unchanged. */
void json_splice(struct json *json, struct str finished_value);

#endif

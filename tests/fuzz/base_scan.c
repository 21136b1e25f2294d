/* Any bytes as a JSON object: base/scan.h and jansson, which we did not write, agree on whether it
 * is one, and what is given out lies inside it. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/scan.h"

static void must(bool holds)
{
  if (!holds) abort();
}

static unsigned depth_of(const json_t *value)
{
  unsigned deepest = 0;
  const char *name;
  json_t *part;
  size_t i;

  json_object_foreach((json_t *)value, name, part)
  {
    unsigned depth = depth_of(part);
    if (depth > deepest) deepest = depth;
  }
  json_array_foreach(value, i, part)
  {
    unsigned depth = depth_of(part);
    if (depth > deepest) deepest = depth;
  }
  return json_is_object(value) || json_is_array(value) ? deepest + 1 : 0;
}

/* What jansson alone refuses: numbers that no double holds, \u0000, half a surrogate pair, and any
 * name that stands twice. */
static bool is_its_own(const json_error_t *error)
{
  enum json_error_code code = json_error_code(error);

  return code == json_error_numeric_overflow || code == json_error_null_character ||
         code == json_error_null_byte_in_key || code == json_error_duplicate_key ||
         strstr(error->text, "invalid Unicode") != NULL;
}

static void compare(enum err err, struct str object)
{
  json_error_t error;
  json_t *value =
    json_loadb(object.ptr, object.len, JSON_DECODE_INT_AS_REAL | JSON_REJECT_DUPLICATES, &error);

  if (err == OK || err == ERR_ABSENT)
    must(value ? json_is_object(value) : is_its_own(&error));
  else
    must(!value || !json_is_object(value) || depth_of(value) > SCAN_DEPTH);
  json_decref(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct str object = {(const char *)data, size}, value = {0};
  char *plain = malloc(size + 1);
  uint64_t number;
  size_t n = 0;

  enum err err = scan_member(&value, object, STR("a"));
  compare(err, object);
  if (err == OK) {
    must(value.ptr > object.ptr && value.ptr + value.len < object.ptr + size && value.len > 0);
    if (scan_text(plain, size, &n, value) == OK) must(utf8_is_valid(plain, n) && n < value.len);
    if (scan_word(&value, object, STR("a")) == OK) must(memchr(value.ptr, '"', value.len) == NULL);
    (void)!scan_u64(&number, object, STR("a"));
  }
  free(plain);
  return 0;
}

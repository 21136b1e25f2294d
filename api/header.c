/* See header.h. */
#include "api/header.h"

#include <string.h>
#include <strings.h>

/* Takes what stands before the next `separator` off the front; trimmed. */
static struct str take_part(struct str *rest, char separator)
{
  const char *end = rest->len == 0 ? NULL : memchr(rest->ptr, separator, rest->len);
  size_t len = end == NULL ? rest->len : (size_t)(end - rest->ptr);
  struct str part = {rest->ptr, len};

  rest->ptr += len + (end != NULL);
  rest->len -= len + (end != NULL);
  return str_trim(part);
}

/* "q=0.8" in thousandths; 1000 when absent, 0 when malformed. */
static int read_weight(struct str parameter)
{
  int weight = 0, digit_worth = 100;

  if (parameter.len == 0) return 1000;
  if (parameter.len < 3 || parameter.len > 7) return 0;
  if ((parameter.ptr[0] != 'q' && parameter.ptr[0] != 'Q') || parameter.ptr[1] != '=') return 0;
  if (parameter.ptr[2] == '1') return 1000;
  if (parameter.ptr[2] != '0') return 0;
  for (size_t i = 4; i < parameter.len; i++, digit_worth /= 10) {
    if (parameter.ptr[i] < '0' || parameter.ptr[i] > '9') return 0;
    weight += (parameter.ptr[i] - '0') * digit_worth;
  }
  return weight;
}

static bool is_language(struct str range, const char *language)
{
  return range.len >= 2 && strncasecmp(range.ptr, language, 2) == 0 &&
         (range.len == 2 || range.ptr[2] == '-');
}

enum lang header_language(struct str header, enum lang otherwise)
{
  int cy = -1, en = -1;

  while (header.len > 0) {
    struct str item = take_part(&header, ',');
    struct str range = take_part(&item, ';');
    int weight = read_weight(str_trim(item));

    if (is_language(range, "cy") && weight > cy) cy = weight;
    if (is_language(range, "en") && weight > en) en = weight;
  }
  if (cy <= 0 && en <= 0) return otherwise;
  if (cy == en) return otherwise;
  return cy > en ? LANG_CY : LANG_EN;
}

bool header_bearer(struct str header, struct str *ret_token)
{
  if (header.len <= 7 || strncasecmp(header.ptr, "Bearer ", 7) != 0) return false;
  *ret_token = str_trim((struct str){header.ptr + 7, header.len - 7});
  return ret_token->len > 0;
}

static struct str unquote(struct str text)
{
  if (text.len >= 2 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"') {
    text.ptr++;
    text.len -= 2;
  }
  return text;
}

bool header_idempotency(struct str header, struct id *ret_key)
{
  struct str key = unquote(str_trim(header));
  char digits[2 * ID_BYTES];
  size_t count = 0;

  for (size_t i = 0; i < key.len; i++) {
    if (key.ptr[i] == '-' && (i == 8 || i == 13 || i == 18 || i == 23)) continue;
    if (count == sizeof digits) return false;
    digits[count] = key.ptr[i];
    if (digits[count] >= 'A' && digits[count] <= 'F') digits[count] = (char)(key.ptr[i] + 32);
    count++;
  }
  return hex_read(ret_key->b, ID_BYTES, (struct str){digits, count});
}

bool header_etag(struct str header, struct str *ret_tag)
{
  struct str tag = str_trim(header);
  uint8_t bytes[16];

  if (tag.len != 34 || tag.ptr[0] != '"') return false;
  tag = unquote(tag);
  if (!hex_read(bytes, sizeof bytes, tag)) return false;
  *ret_tag = tag;
  return true;
}

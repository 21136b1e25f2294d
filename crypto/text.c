/* Canonical base64, a bounded writer and a line reader (text.h). */
#include "crypto/text.h"

#include <sodium.h>
#include <string.h>

void base64_put(char *ret_text, const void *bytes, size_t n)
{
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const uint8_t *in = bytes;
  for (size_t i = 0; i < n; i += 3) {
    size_t left = n - i;
    uint32_t group = (uint32_t)in[i] << 16;
    if (left > 1) group |= (uint32_t)in[i + 1] << 8;
    if (left > 2) group |= in[i + 2];
    *ret_text++ = digits[group >> 18];
    *ret_text++ = digits[group >> 12 & 63];
    *ret_text++ = left > 1 ? digits[group >> 6 & 63] : '=';
    *ret_text++ = left > 2 ? digits[group & 63] : '=';
  }
}

/* libsodium's decoder refuses missing padding, foreign characters and stray bits, so that one value
 * has one text; but where char is signed it takes some bytes beyond ASCII for digits. */
bool base64_get_some(void *ret_bytes, size_t capacity, size_t *ret_n, struct str text)
{
  const char *end = NULL;
  for (size_t i = 0; i < text.len; i++)
    if ((unsigned char)text.ptr[i] > 0x7f) return false;
  if (text.len % 4 != 0 || sodium_base642bin(ret_bytes, capacity, text.ptr, text.len, NULL, ret_n,
                                             &end, sodium_base64_VARIANT_ORIGINAL) != 0)
    return false;
  return end == text.ptr + text.len;
}

bool base64_get(void *ret_bytes, size_t n, struct str text)
{
  size_t got = 0;
  return text.len == TEXT_BASE64(n) && base64_get_some(ret_bytes, n, &got, text) && got == n;
}

void text_put(struct text_out *out, struct str text)
{
  if (out->overflow || text.len > out->capacity - out->n) {
    out->overflow = true;
    return;
  }
  if (text.len > 0) memcpy(out->ptr + out->n, text.ptr, text.len);
  out->n += text.len;
}

void text_put_u64(struct text_out *out, uint64_t value)
{
  char digits[20];
  size_t at = sizeof digits;
  do {
    digits[--at] = (char)('0' + value % 10);
    value /= 10;
  } while (value > 0);
  text_put(out, (struct str){digits + at, sizeof digits - at});
}

void text_put_base64(struct text_out *out, const void *bytes, size_t n)
{
  if (out->overflow || TEXT_BASE64(n) > out->capacity - out->n) {
    out->overflow = true;
    return;
  }
  base64_put(out->ptr + out->n, bytes, n);
  out->n += TEXT_BASE64(n);
}

bool text_line(struct str *ret_line, struct str *rest)
{
  const char *newline = rest->len > 0 ? memchr(rest->ptr, '\n', rest->len) : NULL;
  if (newline == NULL) return false;
  size_t n = (size_t)(newline - rest->ptr);
  *ret_line = (struct str){rest->ptr, n};
  *rest = (struct str){rest->ptr + n + 1, rest->len - n - 1};
  return true;
}

bool text_starts(struct str text, struct str with)
{
  return text.len >= with.len && (with.len == 0 || memcmp(text.ptr, with.ptr, with.len) == 0);
}

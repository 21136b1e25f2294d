/* Text as pointer and length: comparing, trimming, reading numbers, hexadecimal and
 * percent-encoding, checking UTF-8. Nothing here copies or keeps text, and nothing is constant
 * time. */
#include "base/str.h"

#include <string.h>

static bool bytes_equal(const char *a, size_t a_len, const char *b, size_t b_len)
{
  return a_len == b_len && (a_len == 0 || memcmp(a, b, a_len) == 0);
}

static bool is_blank(char c)
{
  return c == ' ' || c == '\t';
}

static void trim(const char **ptr, size_t *len)
{
  while (*len > 0 && is_blank((*ptr)[0])) {
    ++*ptr;
    --*len;
  }
  while (*len > 0 && is_blank((*ptr)[*len - 1]))
    --*len;
}

struct str str_from(const char *nul_terminated)
{
  if (!nul_terminated) return (struct str){0};
  return (struct str){nul_terminated, strlen(nul_terminated)};
}

bool str_equal(struct str a, struct str b)
{
  return bytes_equal(a.ptr, a.len, b.ptr, b.len);
}

bool str_is(struct str a, const char *nul_terminated)
{
  return str_equal(a, str_from(nul_terminated));
}

bool personal_equal(struct personal a, struct personal b)
{
  return bytes_equal(a.ptr, a.len, b.ptr, b.len);
}

bool str_to_u64(struct str s, uint64_t *ret)
{
  if (s.len == 0 || (s.len > 1 && s.ptr[0] == '0')) return false;
  uint64_t value = 0;
  for (size_t i = 0; i < s.len; i++) {
    if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    if (__builtin_mul_overflow(value, 10U, &value)) return false;
    if (__builtin_add_overflow(value, (uint64_t)(s.ptr[i] - '0'), &value)) return false;
  }
  *ret = value;
  return true;
}

struct str str_trim(struct str text)
{
  trim(&text.ptr, &text.len);
  return text;
}

struct personal personal_trim(struct personal text)
{
  trim(&text.ptr, &text.len);
  return text;
}

bool personal_is_blank(struct personal text)
{
  for (size_t i = 0; i < text.len; i++)
    if (!is_blank(text.ptr[i]) && text.ptr[i] != '\n' && text.ptr[i] != '\r') return false;
  return true;
}

void hex_write(char *ret, const void *bytes, size_t n)
{
  static const char digits[] = "0123456789abcdef";
  const uint8_t *from = bytes;
  for (size_t i = 0; i < n; i++) {
    ret[2 * i] = digits[from[i] >> 4];
    ret[2 * i + 1] = digits[from[i] & 15];
  }
}

int hex_digit(char c)
{
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool hex_read(void *ret, size_t n, struct str hex)
{
  if (hex.len % 2 != 0 || hex.len / 2 != n) return false;
  for (size_t i = 0; i < hex.len; i++) {
    bool is_capital = hex.ptr[i] >= 'A' && hex.ptr[i] <= 'F'; /* one value, one text */
    if (is_capital || hex_digit(hex.ptr[i]) < 0) return false;
  }
  uint8_t *to = ret;
  for (size_t i = 0; i < n; i++) {
    to[i] = (uint8_t)(hex_digit(hex.ptr[2 * i]) * 16 + hex_digit(hex.ptr[2 * i + 1]));
  }
  return true;
}

bool percent_decode(char *text, size_t *len)
{
  size_t to = 0;
  for (size_t from = 0; from < *len; from++) {
    char c = text[from];
    if (c == '%') {
      if (*len - from < 3) return false;
      int high = hex_digit(text[from + 1]), low = hex_digit(text[from + 2]);
      if (high < 0 || low < 0) return false;
      c = (char)(high * 16 + low);
      from += 2;
    }
    text[to++] = c;
  }
  *len = to;
  return true;
}

/* RFC 3629 section 4, beyond ASCII: a lead byte says how many bytes follow and what the first of
 * them may be; that range is what keeps overlong forms, surrogates and code points beyond U+10FFFF
 * out. */
static const struct utf8_lead {
  uint8_t first, last; /* lead bytes of this row */
  uint8_t follow;      /* bytes that follow */
  uint8_t low, high;   /* range of the first that follows */
} utf8_leads[] = {
  {0xc2, 0xdf, 1, 0x80, 0xbf}, {0xe0, 0xe0, 2, 0xa0, 0xbf}, {0xe1, 0xec, 2, 0x80, 0xbf},
  {0xed, 0xed, 2, 0x80, 0x9f}, {0xee, 0xef, 2, 0x80, 0xbf}, {0xf0, 0xf0, 3, 0x90, 0xbf},
  {0xf1, 0xf3, 3, 0x80, 0xbf}, {0xf4, 0xf4, 3, 0x80, 0x8f},
};

/* Bytes of the character that begins here, or 0 when none does. */
static size_t utf8_length(const uint8_t *at, size_t left)
{
  for (size_t row = 0; row < sizeof(utf8_leads) / sizeof(utf8_leads[0]); row++) {
    const struct utf8_lead *lead = &utf8_leads[row];
    if (at[0] < lead->first || at[0] > lead->last) continue;
    if (left <= lead->follow) return 0;
    if (at[1] < lead->low || at[1] > lead->high) return 0;
    for (size_t i = 2; i <= lead->follow; i++) {
      if (at[i] < 0x80 || at[i] > 0xbf) return 0;
    }
    return lead->follow + 1U;
  }
  return 0;
}

bool utf8_is_valid(const char *ptr, size_t len)
{
  const uint8_t *bytes = (const uint8_t *)ptr;
  size_t at = 0;
  while (at < len) {
    if (bytes[at] > 0 && bytes[at] < 0x80) {
      at++;
      continue;
    }
    size_t length = utf8_length(bytes + at, len - at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

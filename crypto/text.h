/* Small text pieces for crypto/ alone: canonical base64, a bounded writer and a line reader. They
 * never allocate, and a reader never looks past the text it was given. */
#ifndef CRYPTO_TEXT_H
#define CRYPTO_TEXT_H

#include "base/str.h"

#define TEXT_BASE64(n) (((n) + 2) / 3 * 4)

/* RFC 4648 section 4, padded; writes TEXT_BASE64(n) characters, no NUL. */
void base64_put(char *ret_text, const void *bytes, size_t n);
/* Exactly n bytes in their one canonical spelling; false for anything else. */
bool base64_get(void *ret_bytes, size_t n, struct str text);
/* As above for a text of any length up to `capacity` bytes. */
bool base64_get_some(void *ret_bytes, size_t capacity, size_t *ret_n, struct str text);

/* Appends while there is room; `overflow` sticks. */
struct text_out {
  char *ptr;
  size_t capacity, n;
  bool overflow;
};
void text_put(struct text_out *out, struct str text);
void text_put_u64(struct text_out *out, uint64_t value);
void text_put_base64(struct text_out *out, const void *bytes, size_t n);

/* The next line without its newline; false when no newline is left. */
bool text_line(struct str *ret_line, struct str *rest);
bool text_starts(struct str text, struct str with);

#endif

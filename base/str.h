/* Two kinds of text that the compiler keeps apart: `struct str` is text that anyone may see (code
 * words, ids, rule names), `struct personal` is text about a person. Logging, SQL text and paths
 * take `str`; only sealing, folding and the JSON writer take `personal`. Neither owns its bytes. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
  const char *ptr; /* UTF-8, not NUL-terminated by promise */
  size_t len;      /* bytes */
};

struct personal {
  const char *ptr;
  size_t len;
};

#define STR(literal) ((struct str){"" literal "", sizeof(literal) - 1})

struct str str_from(const char *nul_terminated); /* NULL gives the empty str */
bool str_equal(struct str a, struct str b);
bool str_is(struct str a, const char *nul_terminated);
bool personal_equal(struct personal a,
                    struct personal b); /* not constant time: never for secrets */

/* Decimal digits only, no sign, no leading zero but "0" itself; false when it does not fit. */
bool str_to_u64(struct str s, uint64_t *ret);
/* Without the spaces and tabs around it. */
struct str str_trim(struct str text);
struct personal personal_trim(struct personal text);
/* Nothing but spaces, tabs and line breaks: no word was said. */
bool personal_is_blank(struct personal text);
/* The value of a hexadecimal digit of either case; -1 for any other character. */
int hex_digit(char c);
/* Lower-case hexadecimal. hex_write needs 2 * n bytes; hex_read wants exactly 2 * n digits. */
void hex_write(char *ret, const void *bytes, size_t n);
bool hex_read(void *ret, size_t n, struct str hex);
/* Undoes percent-encoding (RFC 3986 section 2.1) in place; *len shrinks. False: an escape without
 * two digits; the text is then spoilt. What the bytes mean, NUL among them, the caller looks at. */
bool percent_decode(char *text, size_t *len);
/* Whole string is well-formed UTF-8 without NUL, overlongs or surrogates. */
bool utf8_is_valid(const char *ptr, size_t len);

#endif

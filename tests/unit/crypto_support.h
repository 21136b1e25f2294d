/* What the tests of crypto/ share: randomness that counts, bytes from hexadecimal, a folder that
 * goes away. */
#ifndef TESTS_CRYPTO_SUPPORT_H
#define TESTS_CRYPTO_SUPPORT_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "crypto/key.h"

static inline void assert_ready(void)
{
  cr_assert_eq(crypto_ready(), OK);
}

static inline void counting_random(void *self, void *ret_bytes, size_t n)
{
  uint8_t *next = self, *to = ret_bytes;
  for (size_t i = 0; i < n; i++)
    to[i] = (*next)++;
}

static inline struct instant fixed_now(void *self)
{
  (void)self;
  return (struct instant){1793577600000000}; /* 2026-11-02 */
}

/* Bytes count up from *next, so that known vectors can be made through the public interface. */
static inline struct outside counting(uint8_t *next)
{
  struct outside outside = outside_real();
  outside.random = counting_random;
  outside.now = fixed_now;
  outside.self = next;
  return outside;
}

static inline void count_from(void *ret_bytes, uint8_t first, size_t n)
{
  counting_random(&first, ret_bytes, n);
}

static inline struct key key_from(uint8_t first)
{
  struct key key;
  struct outside outside = counting(&first);
  key_random(&key, &outside);
  return key;
}

static inline void unhex(void *ret_bytes, size_t n, const char *hex)
{
  cr_assert(hex_read(ret_bytes, n, str_from(hex)), "not %zu bytes of hexadecimal: %s", n, hex);
}

static inline void assert_hex(const void *bytes, size_t n, const char *hex)
{
  uint8_t expected[256];
  cr_assert_leq(n, sizeof expected);
  unhex(expected, n, hex);
  cr_assert_arr_eq(bytes, expected, n);
}

static inline struct str bytes_str(const char *ptr, size_t n)
{
  return (struct str){ptr, n};
}

#endif

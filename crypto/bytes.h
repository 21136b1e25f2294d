/* Integers to and from bytes, for crypto/ alone. Formats of ours are little-endian. */
#ifndef CRYPTO_BYTES_H
#define CRYPTO_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline void le16_put(uint8_t *ret, uint16_t value)
{
  ret[0] = (uint8_t)value;
  ret[1] = (uint8_t)(value >> 8);
}

static inline void le32_put(uint8_t *ret, uint32_t value)
{
  for (int i = 0; i < 4; i++)
    ret[i] = (uint8_t)(value >> (8 * i));
}

static inline void le64_put(uint8_t *ret, uint64_t value)
{
  for (int i = 0; i < 8; i++)
    ret[i] = (uint8_t)(value >> (8 * i));
}

static inline uint16_t le16_get(const uint8_t *bytes)
{
  return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static inline uint32_t le32_get(const uint8_t *bytes)
{
  uint32_t value = 0;
  for (int i = 3; i >= 0; i--)
    value = value << 8 | bytes[i];
  return value;
}

static inline uint64_t le64_get(const uint8_t *bytes)
{
  uint64_t value = 0;
  for (int i = 7; i >= 0; i--)
    value = value << 8 | bytes[i];
  return value;
}

#endif

/* An age X25519 recipient as text: bech32 (BIP 173) with the prefix "age". Lower case only, as age
 * itself demands. */
#include <sodium.h>
#include <string.h>

#include "crypto/age.h"

static const char prefix[] = "age1";
static const char digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
enum { PREFIX = sizeof prefix - 1, DATA = 52, CHECK = 6 }; /* 52 digits of 5 bits for 256 bits */
_Static_assert(PREFIX + DATA + CHECK == AGE_RECIPIENT_TEXT, "length of a recipient's text");

static uint32_t polymod(uint32_t sum, uint8_t digit)
{
  static const uint32_t generator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
  uint32_t top = sum >> 25;
  sum = (sum & 0x1ffffff) << 5 ^ digit;
  for (unsigned i = 0; i < 5; i++)
    if (top >> i & 1) sum ^= generator[i];
  return sum;
}

/* The checksum's state after the human-readable part "age" and the data. */
static uint32_t checksum(const uint8_t *data, size_t n)
{
  static const uint8_t human[] = {'a' >> 5, 'g' >> 5, 'e' >> 5, 0, 'a' & 31, 'g' & 31, 'e' & 31};
  uint32_t sum = 1;
  for (size_t i = 0; i < sizeof human; i++)
    sum = polymod(sum, human[i]);
  for (size_t i = 0; i < n; i++)
    sum = polymod(sum, data[i]);
  return sum;
}

/* False when bits are left over that are not zero: such a text would not be the only one. */
static bool digits_to_point(uint8_t ret_point[static 32], const uint8_t data[static DATA])
{
  uint32_t held = 0;
  unsigned bits = 0, at = 0;
  for (unsigned i = 0; i < DATA; i++) {
    held = held << 5 | data[i];
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    ret_point[at++] = (uint8_t)(held >> bits);
    held &= (1U << bits) - 1;
  }
  return held == 0;
}

enum err age_recipient_parse(struct age_recipient *ret_recipient, struct str text)
{
  uint8_t data[DATA + CHECK];
  struct age_recipient recipient;
  static const uint8_t any_scalar[32] = {8};
  uint8_t shared[32];
  if (text.len != AGE_RECIPIENT_TEXT || memcmp(text.ptr, prefix, PREFIX) != 0) return ERR_INPUT;
  for (size_t i = 0; i < sizeof data; i++) {
    const char *digit = memchr(digits, text.ptr[PREFIX + i], sizeof digits - 1);
    if (digit == NULL) return ERR_INPUT;
    data[i] = (uint8_t)(digit - digits);
  }
  if (checksum(data, sizeof data) != 1 || !digits_to_point(recipient.point, data)) return ERR_INPUT;
  if (crypto_scalarmult(shared, any_scalar, recipient.point) != 0) return ERR_INPUT;
  *ret_recipient = recipient;
  return OK;
}

void age_recipient_write(char ret_text[static AGE_RECIPIENT_TEXT],
                         const struct age_recipient *recipient)
{
  uint8_t data[DATA + CHECK] = {0};
  for (unsigned i = 0; i < DATA; i++)
    for (unsigned bit = 5 * i; bit < 5 * i + 5; bit++)
      data[i] =
        (uint8_t)(data[i] << 1 | (bit < 256 ? recipient->point[bit / 8] >> (7 - bit % 8) & 1 : 0));
  uint32_t sum = checksum(data, sizeof data) ^ 1;
  for (unsigned i = 0; i < CHECK; i++)
    data[DATA + i] = sum >> (5 * (5 - i)) & 31;
  memcpy(ret_text, prefix, PREFIX);
  for (unsigned i = 0; i < sizeof data; i++)
    ret_text[PREFIX + i] = digits[data[i]];
}

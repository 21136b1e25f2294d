/* Writes age version 1 files (age-encryption.org/v1, c2sp.org/age) to X25519 recipients, so that a
 * package opens with anybody's `age`. Writes only; opening is the recipient's. */
#ifndef CRYPTO_AGE_H
#define CRYPTO_AGE_H

#include "base/str.h"
#include "crypto/key.h"

#define AGE_RECIPIENTS_MAX 8

struct age_recipient {
  uint8_t point[32];
};
/* "age1" and bech32. ERR_INPUT: wrong prefix, checksum, length, mixed case, or a point of small
 * order. */
MUST_USE enum err age_recipient_parse(struct age_recipient *ret_recipient, struct str text);
#define AGE_RECIPIENT_TEXT 62
void age_recipient_write(char ret_text[static AGE_RECIPIENT_TEXT],
                         const struct age_recipient *recipient);

/* Bytes of the file for n bytes of content and this many recipients. */
size_t age_size(size_t n, size_t recipient_count);
/* Writes exactly age_size bytes. ERR_INPUT: no recipient, too many, or one of small order. */
MUST_USE enum err age_encrypt(void *ret_file, const struct age_recipient *recipients,
                              size_t recipient_count, const void *content, size_t n,
                              const struct outside *outside);

#endif

/* HKDF-SHA256 (RFC 5869) of one block, for crypto/ alone: libsodium 1.0.18 has only the HMAC. */
#ifndef CRYPTO_HKDF_H
#define CRYPTO_HKDF_H

#include <stdint.h>

#include "base/str.h"

/* 32 bytes. An empty salt means 32 zero bytes, as the RFC says. */
void hkdf_sha256(uint8_t ret[static 32], const void *secret, size_t secret_n, const void *salt,
                 size_t salt_n, struct str info);

#endif

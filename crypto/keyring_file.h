/* The keyring as bytes, for keyring.c alone: what stands in the file, and its one encoding.
 *
 *   header  "CNISKEYS" | u16 version 1 | u8 owner | u8 root kind | u64 passes | u64 memory bytes |
 *           salt 16 | authority 16 | id of the root 16 | u32 rows
 *   row     u16 purpose | u16 state | u32 generation | u64 created, us | id 16 | wrapped key 112
 *   mac     BLAKE2b-256 of all before it under a key derived from the root */
#ifndef CRYPTO_KEYRING_FILE_H
#define CRYPTO_KEYRING_FILE_H

#include "crypto/envelope.h"
#include "crypto/keyring.h"

#define KEYRING_ROWS_MAX 256
#define KEYRING_SALT_BYTES 16
#define KEYRING_HEADER_BYTES                                                                       \
  (8 + 2 + 1 + 1 + 8 + 8 + KEYRING_SALT_BYTES + ID_BYTES + KEY_ID_BYTES + 4)
#define KEYRING_ROW_BYTES (2 + 2 + 4 + 8 + KEY_ID_BYTES + WRAPPED_KEY_BYTES)
#define KEYRING_FILE_MAX (KEYRING_HEADER_BYTES + KEYRING_ROWS_MAX * KEYRING_ROW_BYTES + HASH_BYTES)

enum root_kind { ROOT_KEY_FILE = 1, ROOT_PASSPHRASE = 2 };

struct keyring_entry {
  struct keyring_row row;
  uint8_t wrapped[WRAPPED_KEY_BYTES]; /* zero once destroyed */
};

struct keyring_file {
  enum keyring_owner owner;
  enum root_kind root_kind;
  uint64_t passes, memory_bytes; /* Argon2id; zero for a key file */
  uint8_t salt[KEYRING_SALT_BYTES];
  uint8_t authority[ID_BYTES];
  uint8_t root_id[KEY_ID_BYTES];
  uint32_t count;
  struct keyring_entry entries[KEYRING_ROWS_MAX];
};

/* Returns the length, mac included. */
size_t keyring_file_write(uint8_t ret_bytes[static KEYRING_FILE_MAX],
                          const struct keyring_file *file, const struct key *root);
/* Form only: ERR_CORRUPT, ERR_VERSION. Nothing is proven before keyring_file_check. */
MUST_USE enum err keyring_file_parse(struct keyring_file *ret_file, const uint8_t *bytes, size_t n);
/* ERR_KEY: not the root that made this file; ERR_CORRUPT: changed since. */
MUST_USE enum err keyring_file_check(const struct keyring_file *file, const struct key *root,
                                     const uint8_t *bytes, size_t n);

#endif

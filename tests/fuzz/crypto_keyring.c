/* Any bytes as a keyring file: refused, or what the one encoding gives again, but for the mac. */
#include <stdlib.h>
#include <string.h>

#include "crypto/keyring_file.h"

static void must(bool holds)
{
  if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static struct keyring_file file;
  static uint8_t again[KEYRING_FILE_MAX];
  const struct key root = {{7}};

  must(crypto_ready() == OK);
  if (keyring_file_parse(&file, data, size) != OK) return 0;
  must(file.count <= KEYRING_ROWS_MAX);
  must(size == KEYRING_HEADER_BYTES + file.count * (size_t)KEYRING_ROW_BYTES + HASH_BYTES);
  must(keyring_file_write(again, &file, &root) == size);
  must(memcmp(again, data, size - HASH_BYTES) == 0);
  if (keyring_file_check(&file, &root, data, size) == OK) must(memcmp(again, data, size) == 0);
  return 0;
}

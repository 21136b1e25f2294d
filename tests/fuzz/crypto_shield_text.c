/* Any bytes as the text of a shielded blob: entries in ascending order that lie inside it, and that
 * written again give the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "crypto/shield.h"

static void must(bool holds)
{
  if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  uint8_t *again = malloc(size + 1);
  struct shield_reader reader = {.text = data, .n = size};
  struct shield_writer writer = {.text = again, .capacity = size};
  struct shield_entry entry;

  while (shield_next(&entry, &reader)) {
    const uint8_t *bytes = entry.bytes;

    must(bytes >= data && bytes + entry.n <= data + size);
    must(shield_put(&writer, &entry) == OK);
    must(writer.n == reader.offset);
  }
  must(reader.err == OK || reader.err == ERR_CORRUPT);
  must(reader.err != OK || writer.n == size);
  must(writer.n == 0 || memcmp(again, data, writer.n) == 0);
  free(again);
  return 0;
}

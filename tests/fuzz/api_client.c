/* Any bytes as an answer: refused, or taken apart into pieces that lie inside them. */
#include <stdlib.h>
#include <string.h>

#include "api/client.h"

static void must(bool holds)
{
  if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct client_answer answer;
  char *bytes = malloc(size + 1);

  memcpy(bytes, data, size);
  if (client_read(&answer, bytes, size) == OK) {
    must(answer.status >= 200 && answer.status < 1000);
    must(answer.body.ptr >= bytes && answer.body.ptr + answer.body.len <= bytes + size);
  }
  free(bytes);
  return 0;
}

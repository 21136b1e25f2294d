/* Any bytes as a ticket, or as a signature on one: refused, or the one spelling of what they say.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto/ticket.h"

static void must(bool holds)
{
  if (!holds) abort();
}

static void as_bytes(const uint8_t *data, size_t size)
{
  uint8_t again[TICKET_MAX];
  struct ticket ticket;
  size_t n = 0;

  if (ticket_parse(&ticket, data, size) != OK) return;
  must(ticket.rule_count <= TICKET_RULES);
  must(memchr(ticket.purpose, 0, sizeof ticket.purpose) != NULL);
  must(memchr(ticket.basis, 0, sizeof ticket.basis) != NULL);
  must(ticket_write(again, &n, &ticket) == OK);
  must(n == size && memcmp(again, data, n) == 0);
}

static void as_text(struct str text)
{
  char again[TICKET_TEXT_MAX];
  struct ticket ticket;
  size_t n = 0;

  if (ticket_text_parse(&ticket, text) != OK) return;
  must(ticket_text_write(again, &n, &ticket) == OK);
  must(str_equal(text, (struct str){again, n}));
}

static void as_signature(struct str text)
{
  char again[TICKET_SIGNED_TEXT];
  struct ticket_signature signature;

  if (ticket_signature_parse(&signature, text) != OK) return;
  must(signature.role == TICKET_REQUESTS || signature.role == TICKET_APPROVES);
  ticket_signature_write(again, &signature);
  must(str_equal(text, (struct str){again, sizeof again}));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct str text = {(const char *)data, size};

  as_bytes(data, size);
  as_text(text);
  as_signature(text);
  return 0;
}

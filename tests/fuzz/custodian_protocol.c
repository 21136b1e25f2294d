/* Any bytes as a frame, or as the body of each message: refused, or the one spelling of what it
 * says. The first byte says as what. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "custodian/protocol.h"

static void must(bool holds)
{
  if (!holds) abort();
}

/* What was read is written again, and is the same. */
#define TRY_BOTH(type, name, ...)                                                                  \
  do {                                                                                             \
    static struct type said;                                                                       \
    memset(&said, 0, sizeof said);                                                                 \
    if (protocol_get_##name(&said, &in __VA_ARGS__) == OK && protocol_is_done(&in))                \
      protocol_put_##name(&out, &said);                                                            \
    else                                                                                           \
      is_refused = true;                                                                           \
  } while (0)

static void as_body(unsigned kind, const uint8_t *data, size_t size)
{
  static const uint8_t authority[ID_BYTES];
  static uint8_t again[PROTOCOL_BODY_MAX];
  struct protocol_reader in = {.bytes = data, .n = size};
  struct protocol_writer out = {.bytes = again, .capacity = sizeof again};
  bool is_refused = false;

  switch (kind) {
  case 0:
    TRY_BOTH(custodian_growth, growth);
    break;
  case 1:
    TRY_BOTH(custodian_opening, opening);
    break;
  case 2:
    TRY_BOTH(custodian_merge, merge, , authority);
    break;
  case 3:
    TRY_BOTH(custodian_learning, learning);
    break;
  case 4:
    TRY_BOTH(custodian_comparison, comparison);
    break;
  case 5:
    TRY_BOTH(custodian_enrolment, enrolment);
    break;
  case 8:
    TRY_BOTH(custodian_withdrawal, withdrawal);
    break;
  case 9:
    TRY_BOTH(custodian_keys, keys);
    break;
  default:
    TRY_BOTH(custodian_public, public);
    break;
  }
  must(is_refused || (!out.failed && out.n == size && memcmp(again, data, size) == 0));
}

static void as_frame(const uint8_t *data, size_t size)
{
  static uint8_t bytes[PROTOCOL_FRAME_MAX];
  const struct outside outside = outside_real();
  struct protocol_frame frame;
  int ends[2];

  must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  must(send(ends[0], data, size, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size);
  must(shutdown(ends[0], SHUT_WR) == 0);
  uint64_t until_us = outside.mono_us(outside.self) + 1000000;
  enum err err = protocol_receive(ends[1], bytes, &frame, &outside, until_us);
  must(err == OK || err == ERR_ABSENT || err == ERR_INPUT || err == ERR_IO);
  must((err == ERR_ABSENT) == (size == 0));
  if (err == OK) {
    must(frame.n <= PROTOCOL_BODY_MAX);
    must(memcmp(frame.body, data + PROTOCOL_LENGTH_BYTES + PROTOCOL_HEAD_BYTES, frame.n) == 0);
  }
  close(ends[0]);
  close(ends[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size == 0 || size > 100000) return 0;
  if (data[0] % 10 == 7)
    as_frame(data + 1, size - 1);
  else
    as_body(data[0] % 10, data + 1, size - 1);
  return 0;
}

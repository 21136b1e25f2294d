/* Asks the custodian. One frame out, one frame in, in a buffer that is wiped after every call; what
 * does not answer in time or in form counts as away, and a refusal is told apart from it. It must
 * never retry by itself: a request that opens something is used up by asking. */
#include "custodian/client.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct custodian {
  struct arena *arena; /* holds this struct and the frame */
  struct sockaddr_un address;
  uint64_t deadline_us;
  struct outside outside;
  int fd;         /* -1: not connected */
  uint8_t *frame; /* PROTOCOL_FRAME_MAX */
};

enum err custodian_new(struct custodian **ret_custodian, const char *socket_path,
                       uint64_t deadline_us, const struct outside *outside)
{
  size_t len = strlen(socket_path);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (len == 0 || len >= sizeof(address.sun_path)) return ERR_INPUT;
  memcpy(address.sun_path, socket_path, len);
  struct arena *arena = NULL;
  TRY(arena_new(&arena, 4 * PROTOCOL_FRAME_MAX));
  struct custodian *custodian = arena_take(arena, sizeof(*custodian));
  uint8_t *frame = arena_take(arena, PROTOCOL_FRAME_MAX);
  if (custodian == NULL || frame == NULL) {
    arena_free(&arena);
    return ERR_MEMORY;
  }
  *custodian = (struct custodian){.arena = arena,
                                  .address = address,
                                  .deadline_us = deadline_us,
                                  .outside = *outside,
                                  .fd = -1,
                                  .frame = frame};
  *ret_custodian = custodian;
  return OK;
}

static void hang_up(struct custodian *custodian)
{
  if (custodian->fd >= 0) close(custodian->fd);
  custodian->fd = -1;
}

void custodian_free(struct custodian **custodian)
{
  if (custodian == NULL || *custodian == NULL) return;
  hang_up(*custodian);
  struct arena *arena = (*custodian)->arena;
  arena_free(&arena);
  *custodian = NULL;
}

/* Between two questions nothing is to be read: an end of input is a custodian started again. */
static bool is_stale(const struct custodian *custodian)
{
  char byte;
  return recv(custodian->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
}

static enum err call_up(struct custodian *custodian, struct trail *trail)
{
  if (custodian->fd >= 0 && is_stale(custodian)) hang_up(custodian);
  if (custodian->fd >= 0) return OK;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return FAIL_AT(trail, ERR_CUSTODIAN, "custodian: no socket", 0, errno);
  /* Connecting to a Unix socket succeeds or fails at once; a full backlog is EAGAIN. */
  if (connect(fd, (const struct sockaddr *)&custodian->address, sizeof(custodian->address)) != 0) {
    int why = errno;
    close(fd);
    return FAIL_AT(trail, ERR_CUSTODIAN, "custodian: away", 0, why);
  }
  custodian->fd = fd;
  return OK;
}

/* The answer's body stays in the frame until the caller has read it; hush() follows. */
static enum err exchange(struct custodian *custodian, struct protocol_frame *ret_answer,
                         struct protocol_writer *writer, enum custodian_kind kind,
                         struct trail *trail)
{
  size_t n = protocol_frame_finish(writer, kind, 0);
  if (n == 0) return FAIL(trail, ERR_INPUT, "custodian: the question does not fit a frame");
  TRY(call_up(custodian, trail));
  uint64_t until_us = custodian->outside.mono_us(custodian->outside.self) + custodian->deadline_us;
  if (protocol_send(custodian->fd, custodian->frame, n, &custodian->outside, until_us) != OK ||
      protocol_receive(custodian->fd, custodian->frame, ret_answer, &custodian->outside,
                       until_us) != OK) {
    hang_up(custodian);
    return FAIL(trail, ERR_CUSTODIAN, "custodian: no answer");
  }
  const char *why = custodian_status_text(ret_answer->status);
  if (ret_answer->kind != (unsigned)kind || why == NULL) {
    hang_up(custodian);
    return FAIL(trail, ERR_CUSTODIAN, "custodian: the answer is not one");
  }
  if (ret_answer->status != CUSTODIAN_OK)
    return trail_fail(trail, custodian_status_err(ret_answer->status), why,
                      (long long)ret_answer->status, 0);
  return OK;
}

bool custodian_has_refused(enum err err)
{
  for (unsigned status = CUSTODIAN_OK + 1; status <= CUSTODIAN_STATUS_MAX; status++)
    if (custodian_status_err(status) == err) return true;
  return false;
}

/* Wipes the frame and passes the result through. */
static enum err hush(struct custodian *custodian, enum err err)
{
  wipe(custodian->frame, PROTOCOL_FRAME_MAX);
  return err;
}

static struct protocol_writer ask(struct custodian *custodian)
{
  return protocol_frame_begin(custodian->frame, PROTOCOL_FRAME_MAX);
}

static enum err bad_answer(struct custodian *custodian, struct trail *trail)
{
  hang_up(custodian);
  return FAIL(trail, ERR_CUSTODIAN, "custodian: the answer is not one");
}

/* For answers that are exactly n bytes. */
static enum err exchange_exact(struct custodian *custodian, void *ret, size_t n,
                               struct protocol_writer *writer, enum custodian_kind kind,
                               struct trail *trail)
{
  struct protocol_frame answer = {0};
  TRY(exchange(custodian, &answer, writer, kind, trail));
  if (answer.n != n) return bad_answer(custodian, trail);
  if (n > 0) memcpy(ret, answer.body, n);
  return OK;
}

enum err custodian_public(struct custodian *custodian, struct custodian_public *ret_public,
                          struct trail *trail)
{
  struct protocol_frame answer = {0};
  struct protocol_writer writer = ask(custodian);
  TRY(exchange(custodian, &answer, &writer, CUSTODIAN_PUBLIC, trail));
  struct protocol_reader reader = {.bytes = answer.body, .n = answer.n};
  if (protocol_get_public(ret_public, &reader) != OK) return bad_answer(custodian, trail);
  return OK;
}

enum err custodian_last_head(struct custodian *custodian, struct custodian_head *ret_head,
                             struct trail *trail)
{
  struct protocol_writer writer = ask(custodian);
  uint8_t body[8 + HASH_BYTES];
  TRY(exchange_exact(custodian, body, sizeof(body), &writer, CUSTODIAN_LAST_HEAD, trail));
  struct protocol_reader reader = {.bytes = body, .n = sizeof(body)};
  ret_head->size = protocol_get_number(&reader, 8);
  memcpy(ret_head->root.bytes, body + 8, HASH_BYTES);
  return OK;
}

enum err custodian_sign(struct custodian *custodian, char ret_note[static NOTE_MAX], size_t *ret_n,
                        const struct custodian_growth *growth, struct trail *trail)
{
  struct protocol_frame answer = {0};
  struct protocol_writer writer = ask(custodian);
  protocol_put_growth(&writer, growth);
  TRY(exchange(custodian, &answer, &writer, CUSTODIAN_SIGN, trail));
  if (answer.n == 0 || answer.n > NOTE_MAX) return bad_answer(custodian, trail);
  memcpy(ret_note, answer.body, answer.n);
  *ret_n = answer.n;
  return OK;
}

static enum err open_or_lower(struct custodian *custodian, struct arena *arena,
                              struct custodian_value *ret_value, enum custodian_kind kind,
                              const struct custodian_opening *opening, struct trail *trail)
{
  struct protocol_frame answer = {0};
  struct protocol_writer writer = ask(custodian);
  protocol_put_opening(&writer, opening);
  TRY(exchange(custodian, &answer, &writer, kind, trail));
  if (answer.n < 1 || answer.body[0] > 1) return bad_answer(custodian, trail);
  size_t n = answer.n - 1;
  uint8_t *bytes = arena_take(arena, n + 1);
  if (bytes == NULL) return ERR_MEMORY;
  memcpy(bytes, answer.body + 1, n);
  *ret_value = (struct custodian_value){.is_age = answer.body[0] == 1, .bytes = bytes, .n = n};
  return OK;
}

enum err custodian_open(struct custodian *custodian, struct arena *arena,
                        struct custodian_value *ret_value, const struct custodian_opening *opening,
                        struct trail *trail)
{
  return hush(custodian,
              open_or_lower(custodian, arena, ret_value, CUSTODIAN_OPEN, opening, trail));
}

enum err custodian_lower(struct custodian *custodian, struct arena *arena,
                         struct custodian_value *ret_value, const struct custodian_opening *opening,
                         struct trail *trail)
{
  return hush(custodian,
              open_or_lower(custodian, arena, ret_value, CUSTODIAN_LOWER, opening, trail));
}

enum err custodian_merge(struct custodian *custodian, void *ret_core,
                         const struct custodian_merge *merge, struct trail *trail)
{
  struct protocol_writer writer = ask(custodian);
  protocol_put_merge(&writer, merge);
  return hush(custodian, exchange_exact(custodian, ret_core, SHIELD_BLOB_CORE_BYTES, &writer,
                                        CUSTODIAN_MERGE, trail));
}

enum err custodian_learn(struct custodian *custodian, const struct custodian_learning *learning,
                         struct trail *trail)
{
  struct protocol_writer writer = ask(custodian);
  protocol_put_learning(&writer, learning);
  return hush(custodian, exchange_exact(custodian, NULL, 0, &writer, CUSTODIAN_LEARN, trail));
}

enum err custodian_compare(struct custodian *custodian, bool *ret_hit,
                           const struct custodian_comparison *comparison, struct trail *trail)
{
  struct protocol_writer writer = ask(custodian);
  protocol_put_comparison(&writer, comparison);
  uint8_t hit = 1;
  TRY(hush(custodian, exchange_exact(custodian, &hit, 1, &writer, CUSTODIAN_COMPARE, trail)));
  *ret_hit = hit != 0;
  return OK;
}

enum err custodian_whose(struct custodian *custodian, uint8_t ret_person[static ID_BYTES],
                         const struct verify_key *key, struct trail *trail)
{
  struct protocol_writer writer = ask(custodian);
  protocol_put(&writer, key->bytes, sizeof key->bytes);
  return hush(custodian,
              exchange_exact(custodian, ret_person, ID_BYTES, &writer, CUSTODIAN_WHOSE, trail));
}

enum err custodian_enrol(struct custodian *custodian, const struct custodian_enrolment *enrolment,
                         struct trail *trail)
{
  struct protocol_writer writer = ask(custodian);
  protocol_put_enrolment(&writer, enrolment);
  return hush(custodian, exchange_exact(custodian, NULL, 0, &writer, CUSTODIAN_ENROL, trail));
}

enum err custodian_withdraw(struct custodian *custodian,
                            const struct custodian_withdrawal *withdrawal, struct trail *trail)
{
  struct protocol_writer writer = ask(custodian);
  protocol_put_withdrawal(&writer, withdrawal);
  return hush(custodian, exchange_exact(custodian, NULL, 0, &writer, CUSTODIAN_WITHDRAW, trail));
}

enum err custodian_keys(struct custodian *custodian, struct custodian_keys *ret_keys, size_t from,
                        struct trail *trail)
{
  struct protocol_frame answer = {0};
  struct protocol_writer writer = ask(custodian);
  protocol_put_number(&writer, from, PROTOCOL_KEYS_BYTES);
  TRY(exchange(custodian, &answer, &writer, CUSTODIAN_KEYS, trail));
  struct protocol_reader reader = {.bytes = answer.body, .n = answer.n};
  if (protocol_get_keys(ret_keys, &reader) != OK) return bad_answer(custodian, trail);
  return OK;
}

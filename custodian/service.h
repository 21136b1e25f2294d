/* The running custodian: one thread, one socket, one request at a time. What may be asked by whom
 * is requests.def; each row's handler is answer_<name>. */
#ifndef CUSTODIAN_SERVICE_H
#define CUSTODIAN_SERVICE_H

#include <sys/types.h>

#include "base/log.h"
#include "custodian/known.h"
#include "custodian/memory.h"

/* Who asks, by the peer's uid. One user may be both: then the two are not separated. */
enum caller { REGISTER = 1, ADMIN = 2 };

struct service {
  struct custody custody;
  struct custodian_head last;
  struct memory_people *people;
  struct memory_journal journal;
  struct known *known;
  bool all_known; /* since the start, serve has said that it has told every record */
  uint8_t instance[ID_BYTES];
  uid_t register_uid;
  struct arena *home;            /* what lives as long as the service */
  struct arena *arena;           /* what lives as long as a request; wiped after it */
  uint8_t *frame_in, *frame_out; /* PROTOCOL_FRAME_MAX each, wiped after each request */
  bool must_end; /* its own files cannot be written: it starts again from what is on disk */
};

MUST_USE enum err service_open(struct service *ret_service, const struct custody_config *config,
                               uid_t register_uid, struct trail *trail);
void service_close(struct service *service);

/* One frame in, one frame out, in the service's own buffers. Returns the length of the answer; 0:
 * the connection has to end. */
size_t service_answer(struct service *service, const struct protocol_frame *frame,
                      unsigned callers);

/* People's keys (memory.h), with the journal's record of it: for the answers, and for the command
 * line while nothing is served. */
MUST_USE enum custodian_status service_enrol(struct service *service,
                                             const struct custodian_enrolment *enrolment);
MUST_USE enum custodian_status service_withdraw(struct service *service,
                                                const struct custodian_withdrawal *withdrawal);
/* The page that begins with key number `from`. */
void service_keys(const struct service *service, struct custodian_keys *ret_keys, size_t from);

#define R(number, KIND, name, callers, body_min, body_max)                                         \
  MUST_USE enum custodian_status answer_##name(                                                    \
    struct service *service, struct protocol_reader *in, struct protocol_writer *out);
#include "custodian/requests.def"
#undef R

/* Listens on a Unix socket at `path` (replacing one that nobody answers) and serves until SIGTERM
 * or SIGINT. `once`: until the first connection has ended. */
struct service_listen {
  const char *path;
  bool once;
  const struct log *log;
  void (*ready)(void *self); /* called when it listens */
  void *self;
};
MUST_USE enum err service_run(struct service *service, const struct service_listen *listen,
                              struct trail *trail);

#endif

/* The serving side of the wall: asks the custodian for what this process must not be able to do.
 * It holds no secret. Every call blocks until the answer or the deadline; the writer thread never
 * calls, the heads thread and the openings thread have a connection each. Not for two threads at
 * once.
 *
 * Errors of all calls: ERR_CUSTODIAN when the custodian is away, too slow, or gives no answer that
 * is one; when it refuses, the error of its status (CUSTODIAN_STATUSES, custodian_has_refused), and
 * the trail says why, with the status in `a`; ERR_INPUT when the question itself does not fit a
 * frame. After silence the connection is made anew; after a refusal it goes on. */
#ifndef CUSTODIAN_CLIENT_H
#define CUSTODIAN_CLIENT_H

#include "base/arena.h"
#include "custodian/protocol.h"

struct custodian; /* one connection */

/* Does not connect yet. ERR_MEMORY; ERR_INPUT for a path longer than a socket's name can be. */
MUST_USE enum err custodian_new(struct custodian **ret_custodian, const char *socket_path,
                                uint64_t deadline_us, const struct outside *outside);
void custodian_free(struct custodian **custodian); /* wipes; NULL and pointer to NULL are fine */
/* It was there and said no: one of the errors of CUSTODIAN_STATUSES. */
bool custodian_has_refused(enum err err);

/* Its instance and the last head it signed: a start checks the log against this, and a new instance
 * has to learn the protected values again. */
MUST_USE enum err custodian_public(struct custodian *custodian, struct custodian_public *ret_public,
                                   struct trail *trail);
MUST_USE enum err custodian_last_head(struct custodian *custodian, struct custodian_head *ret_head,
                                      struct trail *trail);

/* A signed head. Durable in the custodian's own memory before this returns; asking again for the
 * same head gives the same note. */
MUST_USE enum err custodian_sign(struct custodian *custodian, char ret_note[static NOTE_MAX],
                                 size_t *ret_n, const struct custodian_growth *growth,
                                 struct trail *trail);

/* What came out of a blob: a text of crypto/shield.h with the ticket's fields alone, or, when the
 * ticket names an outside recipient, an age file that only they can open. */
struct custodian_value {
  bool is_age;
  const void *bytes; /* in the arena */
  size_t n;
};
MUST_USE enum err custodian_open(struct custodian *custodian, struct arena *arena,
                                 struct custodian_value *ret_value,
                                 const struct custodian_opening *opening, struct trail *trail);
/* The shielded set out, to go back into casework fields: act TICKET_LOWER, two persons' signatures.
 */
MUST_USE enum err custodian_lower(struct custodian *custodian, struct arena *arena,
                                  struct custodian_value *ret_value,
                                  const struct custodian_opening *opening, struct trail *trail);

/* Patch and old blob in, new blob out (SHIELD_BLOB_CORE_BYTES). When the sum does not fit, nothing
 * is lost: keep the patch. */
MUST_USE enum err custodian_merge(struct custodian *custodian, void *ret_core,
                                  const struct custodian_merge *merge, struct trail *trail);
MUST_USE enum err custodian_learn(struct custodian *custodian,
                                  const struct custodian_learning *learning, struct trail *trail);
/* Whether the text holds any protected value but the recipient's own; never which. */
MUST_USE enum err custodian_compare(struct custodian *custodian, bool *ret_hit,
                                    const struct custodian_comparison *comparison,
                                    struct trail *trail);
/* The person as whose key this one is enrolled. ERR_CUSTODY_SIGNATURE: nobody's;
 * ERR_CUSTODY_WITHDRAWN: it no longer counts. */
MUST_USE enum err custodian_whose(struct custodian *custodian, uint8_t ret_person[static ID_BYTES],
                                  const struct verify_key *key, struct trail *trail);
/* These three only for the custodian's own user: refused for the process that serves. */
MUST_USE enum err custodian_enrol(struct custodian *custodian,
                                  const struct custodian_enrolment *enrolment, struct trail *trail);
MUST_USE enum err custodian_withdraw(struct custodian *custodian,
                                     const struct custodian_withdrawal *withdrawal,
                                     struct trail *trail);
MUST_USE enum err custodian_keys(struct custodian *custodian, struct custodian_keys *ret_keys,
                                 size_t from, struct trail *trail);

#endif

/* What the custodian holds: its two secrets, its memory, and where these lie. Everything it stores
 * is sealed under its own key; a thief of the folder without the root learns nothing but file
 * sizes.
 *
 *   DIR/root.key        32 bytes, mode 0400; may lie elsewhere (a systemd credential)
 *   DIR/keyring         the secrets, wrapped
 *   DIR/custodian.pub   for everybody (crypto/custodian_pub.h)
 *   DIR/head            size and root of the last head signed
 *   DIR/people          who may sign tickets, with which keys, since when; and who no longer may
 *   DIR/journal         what was opened, refused, compared, enrolled and withdrawn: ids and times,
 *                       no values
 *   DIR/lock            held by whoever changes any of these */
#ifndef CUSTODIAN_CUSTODY_H
#define CUSTODIAN_CUSTODY_H

#include "base/arena.h"
#include "crypto/custodian_pub.h"
#include "crypto/keyring.h"
#include "custodian/protocol.h"

#define CUSTODY_PATH_MAX 512
#define CUSTODY_ORIGIN "cnis.example/audit/1"

/* Places of the envelopes that the custodian keeps for itself: 0xFF10 to 0xFF1F. Never reused:
 * 0xFF11 was a list of people that did not say since when. */
enum custody_table { CUSTODY_HEAD = 0xFF10, CUSTODY_JOURNAL = 0xFF12, CUSTODY_PEOPLE = 0xFF13 };

struct custody {
  char dir[CUSTODY_PATH_MAX];
  int lock_fd;
  struct outside outside;
  struct keyring *keyring;
  struct signer *signer;
  struct custodian_pub pub;
};

struct custody_config {
  const char *dir;
  const char *root_file; /* NULL: DIR/root.key */
  struct outside outside;
};

/* Makes the secrets of a new authority and writes custodian.pub. ERR_CONFLICT when the folder has
 * some already; ERR_INPUT for an origin that cannot be one. */
MUST_USE enum err custody_create(const struct custody_config *config, struct str origin,
                                 struct trail *trail);
/* Takes the lock. ERR_LOCKED; ERR_KEY, ERR_CORRUPT: the trail says which file; ERR_ABSENT: not made
 * yet. */
MUST_USE enum err custody_open(struct custody *ret_custody, const struct custody_config *config,
                               struct trail *trail);
void custody_close(struct custody *custody); /* wipes; half-opened is fine */

/* "DIR/name". ERR_INPUT when that is too long. */
MUST_USE enum err custody_path(char ret_path[static CUSTODY_PATH_MAX], const char *dir,
                               const char *name);

/* A whole file of the custodian's own, replaced durably before this returns. */
MUST_USE enum err custody_store(const struct custody *custody, const char *name,
                                enum custody_table table, const void *bytes, size_t n);
/* ERR_ABSENT: there is none; ERR_TOO_LARGE; ERR_OPEN, ERR_CORRUPT, ERR_KEY: it is not what was
 * stored. */
MUST_USE enum err custody_recall(const struct custody *custody, const char *name,
                                 enum custody_table table, void *ret_bytes, size_t capacity,
                                 size_t *ret_n);
/* One sealed text, of the file's `sequence`th record: n + ENVELOPE_OVERHEAD bytes. */
MUST_USE enum err custody_seal(const struct custody *custody, void *ret_envelope,
                               enum custody_table table, uint64_t sequence, const void *bytes,
                               size_t n);
MUST_USE enum err custody_unseal(const struct custody *custody, void *ret_bytes,
                                 enum custody_table table, uint64_t sequence, const void *envelope,
                                 size_t size);

#endif

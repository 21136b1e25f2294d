/* One disclosure as it is kept: who asked for what, who agreed, and what left. An ITEM_DISCLOSURE,
 * sealed under the record; its longer texts are pages. Words are numbers of one policy version, and
 * so is what two people agreed to: under another version it counts no more. */
#ifndef REGISTER_SHARING_H
#define REGISTER_SHARING_H

#include "register/asked.h"
#include "register/evidence.h"

enum sharing_state {
  SHARING_PENDING = 1,
  SHARING_RELEASED = 2,
  SHARING_REFUSED = 3
};                      /* flags of the item; stored */
#define SHARING_DAYS 28 /* a request waits, and a package can be fetched, no longer */

struct sharing_approval {
  struct id account;
  uint8_t role; /* policy word under which it was given */
  bool agrees;
};

struct sharing {
  struct id id, record, recipient;
  enum sharing_state state;
  struct day until;
  uint32_t item_version;
  uint8_t policy_version[POLICY_VERSION_BYTES];
  struct id handler;
  struct ask ask; /* without its texts: those are pages under `asked_pages` */
  struct sharing_approval approvals[POLICY_APPROVALS_MAX];
  size_t approval_count;
  struct id asked_pages, content_pages; /* roots */
  /* once released */
  struct fieldset granted;
  uint32_t approvals_needed; /* that the policy made pending at first */
  struct instant expiry;
  uint32_t content_bytes, key_generation;
  struct hash content; /* SHA-256 of the content */
  struct log_place decision;
};

/* Puts the item (again), with the state it has now. `child` is the record's secret. */
MUST_USE enum err sharing_put(struct op *op, struct sharing *sharing,
                              const struct audit_secret *child);
/* Whose disclosure an id is, without opening it; false: there is none, or its day has passed. */
bool sharing_find(const struct op *op, struct sharing *ret_sharing, struct id id);
/* The rest of it. ERR_STALE: made under another policy. */
MUST_USE enum err sharing_read(struct op *op, struct sharing *sharing,
                               const struct audit_secret *child);

/* The released disclosure of this child in which `handler` serves the recipient with this X25519
 * key. ERR_ABSENT. */
struct sharing_key {
  struct id record, handler;
  const uint8_t *point; /* 32 bytes */
};
MUST_USE enum err sharing_of_key(struct op *op, struct sharing *ret_sharing, uint8_t *ret_role,
                                 const struct sharing_key *key, const struct audit_secret *child);

/* The request as the policy is asked it: the recipient is the actor, with the approvals given so
 * far. */
void sharing_request(const struct op *op, struct asked *asked, const struct sharing *sharing,
                     uint8_t role);

#endif

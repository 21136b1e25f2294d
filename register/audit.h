/* Entries of the log: four views of what was done, committed to in a leaf that says nothing (adr
 * 0007). Sealed in the thread of the request; the writer only numbers and stores. Codes and ids
 * only: no text of a caller ever reaches a view, free text stands as a keyed hash. */
#ifndef REGISTER_AUDIT_H
#define REGISTER_AUDIT_H

#include "crypto/leaf.h"
#include "crypto/ticket.h"
#include "register/activation.h"
#include "register/keys.h"

enum act_class {
  ACT_COLLECTION,
  ACT_ALTERATION,
  ACT_CONSULTATION,
  ACT_DISCLOSURE,
  ACT_COMBINATION,
  ACT_ERASURE,
  ACT_ADMIN
};
enum action {
#define A(id, name, class) ACTION_##id,
#include "register/actions.def"
#undef A
  ACTION_COUNT
};
const char *action_name(enum action action);
enum act_class action_class(enum action action);

enum outcome {
  OUTCOME_DONE,
  OUTCOME_PARTIAL,
  OUTCOME_PENDING,
  OUTCOME_REFUSED,
  OUTCOME_GENERIC,
  OUTCOME_FAILED,
  OUTCOME_NOT_APPLIED
};

/* One entry, as an operation describes it. The zero value of every optional member is "none". */
struct entry_of {
  enum action action;
  enum outcome outcome;
  const struct audit_secret *child; /* whose entry it is; NULL: about no child, or one not shown */
  struct id
    record; /* its public id, with `child`; sealed under the child's key like the rest of `what` */
  uint64_t version;   /* of the record, with `child` */
  uint32_t approvals; /* how many the policy made pending */
  uint8_t released[TICKET_FIELD_BYTES], denied[TICKET_FIELD_BYTES]; /* bitsets over field ids */
  struct id recipients[2]; /* recipients' or handlers' ids */
  uint32_t rows;           /* shown, taken in, or exported */
  uint64_t purposes;       /* POLICY_BIT */
  uint8_t role, basis;     /* policy words */
  const uint16_t *rules;   /* at most 16 are kept */
  size_t rule_count;
  uint32_t categories;  /* bit 1 << enum policy_category of what was released */
  struct hash reason;   /* keyed hash of the free text, which is sealed elsewhere; zero: none */
  struct id deputy_for; /* account acted for */
  const struct activation *activation; /* of a policy: old and new version, for all to see */
  struct str
    manifest_key; /* an announced verifier key (crypto/package.h), for all to see; empty: none */
  const struct charge *charge; /* what it charges to budgets; NULL: nothing */
};
#define AUDIT_RULES_MAX 16

/* What all entries of one request share. */
struct audit_request {
  struct id id;      /* random */
  struct id account; /* zero: nobody signed in */
  struct id session;
  struct instant at;
};
struct sealed_entry {
  uint8_t commitments[COMMITMENTS_BYTES];
  uint8_t views[VIEWS_BYTES];
  uint8_t charge[CHARGE_BYTES]; /* no part of the leaf (charge.h) */
};
struct audit_kit {
  const struct keys *keys;
  const struct policy *policy;
  const uint8_t *policy_version; /* 32 bytes */
  const uint8_t *authority;
  struct str origin;
  const struct outside *outside;
  struct str build;
};

/* JSON of the four views, salts, commitments, envelopes. ERR_BUSY when a month key is not made yet.
 */
MUST_USE enum err audit_seal(struct arena *arena, const struct audit_kit *kit,
                             struct sealed_entry *ret_sealed, const struct audit_request *request,
                             const struct entry_of *entry);

/* One opened view: salt and payload as it was hashed. */
struct opened_view {
  uint8_t salt[LEAF_SALT_BYTES];
  struct str payload; /* JSON, in the arena */
};
/* `child` may be NULL. ERR_OPEN for the views that need a key which is not there, or was destroyed;
 * ERR_CORRUPT when an opened view is not what the leaf commits to. */
MUST_USE enum err audit_open(struct arena *arena, const struct audit_kit *kit,
                             struct opened_view *ret_view, enum leaf_view view,
                             const struct sealed_entry *sealed, const struct audit_secret *child,
                             struct id account);
void audit_hash(
  struct hash *ret_hash,
  const uint8_t commitments[static COMMITMENTS_BYTES]); /* of the leaf, for the tree */

#endif

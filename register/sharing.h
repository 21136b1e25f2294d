/* One disclosure as it is kept: who asked for what, who agreed, and what left. An ITEM_DISCLOSURE,
 * sealed under the record; its longer texts are pages. Words are numbers of one policy version, and
 * so is what two people agreed to: under another version it counts no more. */
#ifndef REGISTER_SHARING_H
#define REGISTER_SHARING_H

#include "register/asked.h"
#include "register/evidence.h"
#include "register/recall.h"
#include "register/recipient.h"

enum sharing_state { /* stored */
                     SHARING_PENDING = 1,
                     SHARING_RELEASED = 2,
                     SHARING_REFUSED = 3,
                     SHARING_RECALLED = 4,
                     SHARING_EXPIRED = 5,  /* and its content is destroyed; from its expiry on it is
                                             shown as expired */
                     SHARING_COMPARING = 6 /* decided; its texts wait for the custodian's word
                                              (leaving.h) */
};
#define SHARING_DAYS 28 /* a request waits, and a package can be fetched, no longer */

/* How well a child was sheltered when something left: from less to more; stored. */
enum shelter { SHELTER_NONE, SHELTER_HOUSEHOLD, SHELTER_CONTACT, SHELTER_HIDDEN };

/* What is known of a disclosure without opening it: the item's flags. */
struct sharing_mark {
  enum sharing_state state;
  enum shelter shelter; /* at its release */
  bool is_locating;     /* something in it could show where somebody is */
  bool is_told;         /* its receiver has a stop-using notice, or is to have none */
  bool owes_receipt, owes_deletion;
  unsigned quarter; /* of an hour, of the item's day `until`, after which it has expired */
};
struct sharing_mark sharing_mark(const struct item *item);
uint16_t sharing_flags(const struct sharing_mark *mark);
struct str sharing_means_name(enum sharing_means means);
/* It has left, whatever became of it since. */
bool sharing_has_left(enum sharing_state state);

struct sharing_approval {
  struct id account;
  struct id deputy_for; /* account in whose stead; zero: their own */
  uint8_t role;         /* policy word under which it was given */
  bool agrees;
};

struct sharing {
  struct id id, record, recipient;
  struct sharing_mark mark;
  struct day until; /* pending: the last day; released: the day of its expiry */
  uint32_t item_version;
  uint8_t policy_version[POLICY_VERSION_BYTES];
  struct id handler;
  enum sharing_means means;
  struct ask ask; /* without its texts: those are pages under `asked_pages` */
  struct sharing_approval approvals[POLICY_APPROVALS_MAX];
  size_t approval_count;
  struct id asked_pages, content_pages; /* roots */
  /* once released */
  struct fieldset granted;
  uint32_t approvals_needed; /* that the policy made pending at first */
  struct instant wanted;     /* an earlier expiry that the handler asked for; 0: none */
  struct instant leaves;     /* not before, whatever was agreed when; 0: at once */
  struct instant expiry;
  struct day review_by; /* that was weighed for looking again; not set: not weighed */
  uint32_t content_bytes, key_generation;
  struct hash content; /* SHA-256 of the content */
  struct log_place decision;
  /* once recalled */
  enum recall_reason recall;
  struct id recalled_by;
  struct instant recalled;
};

/* Under the policy in force from now on: for one that is new, or decided anew. */
void sharing_decided(const struct op *op, struct sharing *sharing);
/* Puts the item (again), with the mark it has now. `child` is the record's secret. */
MUST_USE enum err sharing_put(struct op *op, struct sharing *sharing,
                              const struct audit_secret *child);
/* Whose disclosure an id is, without opening it; false: there is none, or it was never released and
 * its day is long past. Until then it says that it has come to its end. */
bool sharing_find(const struct op *op, struct sharing *ret_sharing, struct id id);
/* The rest of it. ERR_STALE: made under another policy; it is filled all the same, and its words
 * mean nothing. */
MUST_USE enum err sharing_read(struct op *op, struct sharing *sharing,
                               const struct audit_secret *child);

/* Sets the day on which it leaves and the expiry, as the decision's obligations and the handler's
 * wish give them. Before the release, `until` is the last day on which it can be agreed to: that is
 * also the one fixed day of answers that must have one. */
void sharing_set_expiry(const struct op *op, struct sharing *sharing, uint64_t obligations);
/* Its state at this moment: what was released expires by the clock. */
enum sharing_state sharing_state_now(const struct op *op, const struct sharing *sharing);
/* By its mark alone, up to a quarter of an hour late. */
bool sharing_item_has_expired(const struct item *item, struct instant now);
/* Why nothing of it can leave now, in words; TEXT_NONE: it can. */
enum text_id sharing_why_not(const struct op *op, const struct sharing *sharing);
/* Nothing of it leaves any more: `state` is RECALLED or EXPIRED. The content is destroyed in this
 * commit; that there was a disclosure stays. */
MUST_USE enum err sharing_end(struct op *op, struct sharing *sharing, enum sharing_state state,
                              const struct audit_secret *child);
/* How well the child is sheltered now. Takes index_read. */
enum shelter sharing_shelter(const struct op *op, struct id record);
/* Under index_read. */
enum shelter shelter_of(const struct index *index, const struct entry *entry);

/* The released disclosure of this child in which `handler` serves the recipient with this X25519
 * key. ERR_ABSENT. */
struct sharing_key {
  struct id record, handler;
  const uint8_t *point; /* 32 bytes */
};
MUST_USE enum err sharing_of_key(struct op *op, struct sharing *ret_sharing,
                                 struct recipient_row *ret_recipient, const struct sharing_key *key,
                                 const struct audit_secret *child);

/* Whether one of the first `count` words was given by this account's person or in their stead. Each
 * second person is another one: one who has two roles gives one word. */
bool sharing_has_word_of(const struct op *op, const struct sharing *sharing, size_t count,
                         struct id account);

/* The request as the policy is asked it: the recipient is the actor, with the approvals given so
 * far. */
void sharing_request(const struct op *op, struct asked *asked, const struct sharing *sharing,
                     const struct recipient_row *recipient);

#endif

/* Who may be sent something: a role, an organisation, how to reach it, what it cannot undertake,
 * and a key; all of it agreed by two people. A recipient is a row about a body's officer, never
 * about a family, and holds no child. Its key is hostile until it has been checked. */
#ifndef REGISTER_RECIPIENT_H
#define REGISTER_RECIPIENT_H

#include "base/json.h"
#include "register/op.h"
#include "register/operations.h"

/* Flags of the item; stored. */
#define RECIPIENT_APPROVED 1u    /* a second person has agreed */
#define RECIPIENT_KEY_WAITS 2u   /* another key is proposed; the item's subject proposed it */
#define RECIPIENT_KEY_STOPPED 4u /* its key was stopped, and there is no other one yet */
#define RECIPIENT_ENDED 8u       /* nothing goes to it any more */
#define STOPPED_KEYS_MAX 4       /* of one recipient; the oldest are forgotten */

struct recipient_row {
  struct id id;
  uint32_t item_version;
  struct id proposer; /* of what waits: of the recipient itself, or of its next key */
  bool is_approved, key_waits, key_is_stopped, has_ended;
  uint8_t role;                           /* policy word */
  struct str name, organisation, age_key; /* in the op's arena; key empty: served on paper */
  struct str phone;                       /* by which it is called back; empty: none */
  uint64_t cannot;                        /* obligations that it cannot carry out (F-15) */
  struct str next_key, stopped_keys;      /* stopped_keys: a space between */
  struct id approver;                     /* of what is in force */
  struct day since;
};
/* ERR_ABSENT when there is none, or its role is no longer in the vocabulary. */
MUST_USE enum err recipient_read(struct op *op, struct recipient_row *ret_row, struct id id);
/* From the flags of its item: it, or its next key, waits for a second person. */
bool recipient_waits(uint16_t flags);
/* A new one has no id yet. ERR_TOO_LARGE. */
MUST_USE enum err recipient_put(struct op *op, struct recipient_row *row);

/* Why nothing can go to it, in words; TEXT_NONE: it can. That it has no key is no reason: it is
 * served on paper, or told. One whose key was stopped waits for another. */
enum text_id recipient_why_not(const struct recipient_row *row);

/* What is wrong with a key, in words; TEXT_NONE: nothing is. Takes age's X25519 keys alone. */
enum text_id recipient_key_fault(const struct op *op, struct str key);
bool recipient_has_stopped(const struct recipient_row *row, struct str key);
/* Its key is in force no more, and is remembered so that it is never taken again. */
MUST_USE enum err recipient_stop(struct op *op, struct recipient_row *row);
/* The first half of SHA-256 over the key's text: printf %s KEY | sha256sum. */
#define FINGERPRINT_DIGITS 32
void recipient_fingerprint(char ret_text[static FINGERPRINT_DIGITS], struct str key);

/* Who it is, for staff: members of an open object; the key itself is not among them. */
void recipient_write(struct json *json, const struct op *op, const struct recipient_row *row);
/* What a second person is to agree to: "age_key", "fingerprint", "phone", "cannot". */
void recipient_write_offer(struct json *json, const struct op *op, const struct recipient_row *row);
/* And "ended", "key_stopped", "fingerprint" or null, "phone", "cannot" [obligation], "by" and
 * "since" of the approval, and "next" {"age_key", "fingerprint", "by"} when another key waits. */
void recipient_write_whole(struct json *json, const struct op *op, const struct recipient_row *row);

#endif

/* What belongs to a child or to the register and is not a field: relations, proposals, accounts,
 * pages. All items are of one size; the outer envelope is sealed under the authority's KEY_ITEM,
 * the inner one under the record's audit secret, so that an item's text dies with its record. (Not
 * under the record key: that changes with every write, and would have every item of the record
 * sealed again each time. The secret is sealed inside the record, and is lost with its key just the
 * same.) */
#ifndef REGISTER_ITEM_H
#define REGISTER_ITEM_H

#include "register/row.h"

enum item_kind {
  ITEM_NONE,
#define I(id, number, about) ITEM_##id = number,
#include "register/items.def"
#undef I
  ITEM_KINDS
};

/* What the outer layer holds: pseudonyms only, listed in memory. */
struct item {
  struct id id;
  enum item_kind kind;
  uint16_t flags;    /* the kind's own, for instance a state; 0 at first */
  uint32_t version;  /* rises with each put; 1 at first */
  struct id record;  /* the child; zero: none */
  struct id subject; /* account, recipient, other record; zero: none */
  struct day until;  /* DAY_NONE: no end */
  struct hash term;  /* its part of the freshness sum; set by reading and sealing */
};
#define ITEM_HEAD_BYTES 48
/* Bytes of text an item holds (the inner envelope's overhead is always reserved). */
#define ITEM_TEXT_MAX (ENVELOPE_BUCKET(ITEM_CLASS) - 1 - ITEM_HEAD_BYTES - ENVELOPE_OVERHEAD - 4)

/* `secret` is the record's audit secret, NULL for an item without a record. ERR_TOO_LARGE. */
MUST_USE enum err item_seal(const struct row_kit *kit, const struct key *item_key,
                            struct item *item, uint8_t ret_body[static ITEM_BYTES],
                            const struct audit_secret *secret, const void *text, size_t n);
/* The outer layer only: fills `item` (its id is given). ERR_OPEN, ERR_CORRUPT. */
MUST_USE enum err item_open(const struct row_kit *kit, const struct key *item_key,
                            struct item *ret_item, struct id id,
                            const uint8_t body[static ITEM_BYTES]);
/* Both layers. The text is in the arena. */
MUST_USE enum err item_text(struct arena *arena, const struct row_kit *kit,
                            const struct key *item_key, struct personal *ret_text,
                            struct item *ret_item, struct id id,
                            const uint8_t body[static ITEM_BYTES],
                            const struct audit_secret *secret);

#endif

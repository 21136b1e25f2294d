/* What an entry of the log charges to budgets: whom, for which purposes, for which child as a keyed
 * hash of the id as it was asked (found or not), and a keyed hash of the words given. One of one
 * size stands beside every entry, whatever the entry is of, in the same commit and at no fsync of
 * its own, so that the file tells nobody who reads how often. It is sealed under the month's key
 * and bound to its leaf, but is no part of it: charges are dropped once no budget looks back on
 * them, and the proof of the entry stays. */
#ifndef REGISTER_CHARGE_H
#define REGISTER_CHARGE_H

#include "register/audit.h"

struct charge {
  struct charge *next; /* the commit's */
  struct instant at;
  struct id account;  /* zero: nobody was signed in, or nothing is charged */
  struct id receiver; /* keyed hash of the body or family it goes to; zero: none */
  uint64_t purposes;  /* POLICY_BIT */
  struct id child;    /* keyed hash; zero: no child */
  struct id words;    /* keyed hash of the necessity given; zero: none */
};

/* `charge` NULL: a decoy of that time. Into sealed->charge; the commitments are there already. */
MUST_USE enum err charge_seal(const struct audit_kit *kit, struct sealed_entry *sealed,
                              struct instant at, const struct charge *charge);
/* ERR_OPEN: it is not this leaf's, was changed, or its month's key is gone. */
MUST_USE enum err charge_open(const struct audit_kit *kit, struct charge *ret_charge,
                              const uint8_t sealed[static CHARGE_BYTES],
                              const uint8_t commitments[static COMMITMENTS_BYTES]);

/* Where in the log each of the latest days begins, so that charges which no budget looks back on
 * can be dropped. */
#define CHARGE_DAYS (31 + 2)
struct charge_marks {
  struct {
    struct day day;
    uint64_t first;
  } at[CHARGE_DAYS + 1];
  size_t count;
};
/* True: `index` is the first of a new day. */
bool charge_mark(struct charge_marks *marks, struct day day, uint64_t index);
/* Charges before this index are needed no more; the one before the days that are keeps standing,
 * so that a start sees that nothing younger was taken away. */
uint64_t charge_needed_from(const struct charge_marks *marks, struct day today);

#endif

/* Raising protection: at once, in one commit, and for the person, not for the row. While this
 * process still holds the values it finds the other entries on which a protected adult stands, or
 * which share the home, and protects them in the same commit (promise 5). Lowering is not here. */
#ifndef REGISTER_PROTECT_H
#define REGISTER_PROTECT_H

#include "register/op.h"

struct raising {
  enum level level; /* LEVEL_CONTACT_PROTECTED or LEVEL_HIDDEN */
  uint8_t against;  /* bitset of people slots */
  uint8_t protects; /* likewise; 0: the adults who live with the child and are not in `against` */
  bool decides;     /* also the first safety decision */
  struct personal reason; /* into the shielded compartment; may be empty */
};
/* Adds the change of this record, and of the others that follow, to the commit, and moves the
 * protection version. Never lowers: a level below the present one leaves it. Never waits for the
 * custodian: where no more patches may wait it raises all the same, and *ret_reason_kept is false.
 * ERR_TOO_LARGE for the reason. */
MUST_USE enum err protect_raise(struct op *op, const struct facts *facts,
                                const struct raising *raising, bool *ret_reason_kept);

/* The other entries (follow.c): those that share the home get the household, those on which one of
 * the adults stands get the adult's level on that slot, and the slot's values leave casework. */
struct follow_person {
  struct personal name, phone, email, address; /* as held; empty: none */
};
struct following {
  struct id from; /* the record that was raised */
  enum level level;
  struct personal home; /* its home address; empty: none */
  uint8_t household[ID_BYTES];
  struct follow_person people[PEOPLE];
  unsigned people_count;
};
/* The household that an entry at this home already has, if one does; otherwise *ret_household
 * stays. */
MUST_USE enum err follow_household(struct op *op, uint8_t household[static ID_BYTES],
                                   struct id from, struct personal home);
/* All of them, however many: some are changed in this commit, for the others it makes an ITEM_OWED,
 * which is in force at once. */
MUST_USE enum err follow(struct op *op, const struct following *following);

/* What another entry is owed. */
struct follow_owed {
  uint8_t slots; /* of the people */
  enum level level;
  bool shares_home;
  uint8_t household[ID_BYTES]; /* for those who share the home */
};
/* From an ITEM_OWED; the household is its text. */
void follow_owed_read(struct follow_owed *ret_owed, const struct item *item);
/* Changes the entry: slots' levels, their values out of casework, household. */
MUST_USE enum err follow_settle(struct op *op, const struct facts *facts,
                                const struct follow_owed *owed);
/* Whether an entry is owed something still; under index_read. */
bool follow_waits(const struct index *index, struct id record);

#endif

/* What a new address of the child brings about (promise 5): adults who, as far as is known, have
 * not moved along stand to the child in a way that nobody knows now. Nothing goes to them, and a
 * child without protection waits for a decision again, until a person has looked. Where the address
 * is shielded this process knows neither the one before nor where the adults live: only those have
 * moved along of whom the same change says so. */
#ifndef REGISTER_PARTING_H
#define REGISTER_PARTING_H

#include "register/op.h"
#include "register/operations.h"

struct parting {
  struct record *record;          /* after the change */
  const struct facts *facts;      /* before it */
  const struct given_list *given; /* the change, checked */
  struct personal before;         /* the home address before it; empty where it is shielded */
};
/* Does nothing when the change gives no other home address. Contact_protected and hidden stay. */
MUST_USE enum err parting_follow(struct op *op, const struct parting *parting);

#endif

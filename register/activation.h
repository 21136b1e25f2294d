/* What the register knows of the policy in force, beside its rules. */
#ifndef REGISTER_ACTIVATION_H
#define REGISTER_ACTIVATION_H

#include <pthread.h>
#include <stdbool.h>

#include "base/day.h"
#include "crypto/endorsement.h"
#include "register/register.h"

/* Who put it in force, and on whose word: one sealed item, renewed with each activation. */
struct activation {
  uint64_t number; /* of this register's activations: 1 for the first */
  struct hash version, replaces;
  struct instant at;
  struct id by; /* account */
  struct policy_signer {
    struct id account;
    struct verify_key key;
    char role[ENDORSEMENT_ROLE_MAX + 1];
  } signers[ENDORSEMENTS_MAX];
};

/* The one that waits for the next start, if there is one, and how it could be called off. */
struct active_next {
  bool waits;
  bool takes_two; /* it would withhold something, so that one person does not call it off */
  struct hash version;
  struct id called_off_by; /* who asked for that; zero: nobody */
  struct id called_off_in; /* actor.browser of theirs */
  uint64_t spent;          /* the highest number of any activation, whatever became of it */
};

struct active {
  struct str text; /* of the pack; lives as long as the register */
  bool is_builtin; /* the same as the one in this program */
  bool is_signed;  /* `last` says by whom; false: it came with the register, and nobody signed it */
  struct activation last;
  pthread_mutex_t mutex;   /* over `next` */
  struct active_next next; /* active_next, active_moves */
};

#endif

/* How many comparisons each person brings about: fewer than the custodian answers for the whole
 * register, so that nobody makes everybody else's texts wait. Each question takes its share of an
 * hour, and so many may come at once as fit into one. In memory, for one thread; a new start knows
 * nothing of before, and the custodian's own count does. */
#ifndef REGISTER_PACE_H
#define REGISTER_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "register/register.h"

#define PACE_AN_HOUR 500 /* questions */
#define PACE_PEOPLE 256  /* whoever asked least goes first */

struct pace {
  struct {
    struct id who;
    uint64_t free_us; /* when nothing of what was asked counts any more */
  } at[PACE_PEOPLE];
};

/* All of them, or none: false, and nothing is taken. */
bool pace_take(struct pace *pace, struct id who, unsigned questions, uint64_t now_us);

#endif

/* A set of field words: one bit each, no allocation. Bit 0 stands for "a word that the vocabulary
 * does not have", so that an unknown field asked for can be carried, counted and refused. */
#ifndef POLICY_FIELDSET_H
#define POLICY_FIELDSET_H

#include <stdbool.h>
#include <stdint.h>

#define FIELDSET_MAX 128 /* bits, bit 0 included */

struct fieldset {
  uint64_t bits[2];
};

static inline bool fieldset_has(struct fieldset set, unsigned field)
{
  return (set.bits[field >> 6 & 1] >> (field & 63) & 1) != 0;
}

static inline struct fieldset fieldset_with(struct fieldset set, unsigned field)
{
  set.bits[field >> 6 & 1] |= UINT64_C(1) << (field & 63);
  return set;
}

static inline struct fieldset fieldset_or(struct fieldset a, struct fieldset b)
{
  return (struct fieldset){{a.bits[0] | b.bits[0], a.bits[1] | b.bits[1]}};
}

static inline struct fieldset fieldset_and(struct fieldset a, struct fieldset b)
{
  return (struct fieldset){{a.bits[0] & b.bits[0], a.bits[1] & b.bits[1]}};
}

/* What is in a and not in b. */
static inline struct fieldset fieldset_less(struct fieldset a, struct fieldset b)
{
  return (struct fieldset){{a.bits[0] & ~b.bits[0], a.bits[1] & ~b.bits[1]}};
}

static inline bool fieldset_is_empty(struct fieldset set)
{
  return (set.bits[0] | set.bits[1]) == 0;
}

static inline bool fieldset_equal(struct fieldset a, struct fieldset b)
{
  return a.bits[0] == b.bits[0] && a.bits[1] == b.bits[1];
}

static inline unsigned fieldset_count(struct fieldset set)
{
  return (unsigned)(__builtin_popcountll(set.bits[0]) + __builtin_popcountll(set.bits[1]));
}

/* Takes the lowest member out of a set that is not empty:
 * `while (!fieldset_is_empty(set)) use(fieldset_take(&set));` */
static inline unsigned fieldset_take(struct fieldset *set)
{
  unsigned half = set->bits[0] == 0;
  unsigned bit = (unsigned)__builtin_ctzll(set->bits[half]);

  set->bits[half] &= set->bits[half] - 1;
  return half * 64 + bit;
}

#endif

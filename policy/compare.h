/* What one policy would do otherwise than another, before it takes its place: for the people who
 * sign it, and for the one refusal that no signature lifts. */
#ifndef POLICY_COMPARE_H
#define POLICY_COMPARE_H

#include "policy/policy.h"

/* ---- What nobody may change by signing --------------------------------------------------------
 *
 * Of a child who is shielded, or whose household is, nothing may be revealed that was not before,
 * outside the circle as it was drawn before. */

enum policy_loss {
  POLICY_LOSS_NONE,
  POLICY_LOSS_WORD,     /* a word is gone, or has another place: what is stored means another */
  POLICY_LOSS_CATEGORY, /* a field is no longer in the category that shields it */
  POLICY_LOSS_PERSONS,  /* one person could do what took two, or hold roles that were apart */
  POLICY_LOSS_ACT,      /* an act that lifts a shield, or opens its door, is open to more */
  POLICY_LOSS_FIELD,    /* a field is given, or waits for an approval, that was refused */
  POLICY_LOSS_FORM,     /* a field is given in more detail */
  POLICY_LOSS_APPROVAL, /* a field is given that had to wait */
  POLICY_LOSS_DUTY,     /* a duty no longer comes with the answer */
  POLICY_LOSS_EXISTENCE /* the answer tells that there is such a child */
};
struct policy_loss_of {
  enum policy_loss loss;
  enum policy_kind kind;           /* of the word */
  uint8_t word;                    /* field, form, act, duty: as numbered in the old policy */
  uint8_t role, relation, purpose; /* who would gain by it; POLICY_NO_WORD: whoever it is */
  enum policy_level shield, household;
};

/* The first that is found; true when there is one. Over every input that the rules of the two can
 * tell apart: of each fact, values that all of them treat alike are one. Blocks for up to some
 * seconds when every rule differs; usually far less, since what no changed rule concerns is the
 * same. */
bool policy_loses(const struct policy *before, const struct policy *after,
                  struct policy_loss_of *ret_loss);

/* ---- What people should see -------------------------------------------------------------------
 */

/* For a child whom nothing protects, asked about in the most complete way: what a role would be
 * given for a purpose, or no longer be given, through some relation. */
struct policy_difference {
  uint8_t role, purpose;
  struct fieldset revealed, withheld;
};
void policy_differences(const struct policy *before, const struct policy *after,
                        void (*each)(void *self, const struct policy_difference *difference),
                        void *self);

#endif

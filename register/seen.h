/* What of a disclosure its officer may see anyway: a preview shows no more, and what is printed or
 * read out passes through their hands. */
#ifndef REGISTER_SEEN_H
#define REGISTER_SEEN_H

#include "register/matter.h"

/* Of the words that the recipient would get, those of which the person signed in sees every value,
 * in full or in the recipient's form. `matter` is decided. */
MUST_USE enum err seen_words(struct op *op, struct fieldset *ret_seen, const struct matter *matter);
/* Why it cannot be printed or read out by the person signed in: something in it lies in custody, or
 * is not theirs to see. ret_why->detail is TEXT_NONE when it can. */
MUST_USE enum err seen_why_not(struct op *op, struct problem *ret_why, const struct matter *matter);

#endif

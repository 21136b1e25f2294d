/* Looking again at what was shared: the day that was weighed for it becomes a notice to the officer
 * who shared it and, once it is overdue, to the data-protection officer. It is answered by why it
 * goes on and another day (on_notice.c), or settled by the recall. */
#ifndef REGISTER_LOOKING_H
#define REGISTER_LOOKING_H

#include "register/matter.h"

/* In the commit of the release; nothing where no day was weighed, nor after break-glass, which has
 * a review of its own. */
MUST_USE enum err looking_begin(struct op *op, const struct matter *matter);
/* It was recalled: there is nothing to look at any more. */
MUST_USE enum err looking_done(struct op *op, const struct matter *matter);

#endif

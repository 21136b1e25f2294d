/* What memory knows of the charges beside the log (charge.h), made again at start; and which of
 * them no budget looks back on any more. */
#ifndef REGISTER_REMEMBER_H
#define REGISTER_REMEMBER_H

#include "register/reg.h"

/* Every charge that is kept, in the order of the log, into reg->budget and reg->repeated. None may
 * be missing between the oldest and the end of a log of `size` entries, and the oldest must be past
 * every window, or the first of all: ERR_CORRUPT, and the trail names the place. */
MUST_USE enum err remember_charges(struct reg *reg, struct charge_marks *ret_marks, uint64_t size,
                                   struct trail *trail);

#endif

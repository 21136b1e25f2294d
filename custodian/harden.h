/* What the process takes from itself before it holds a secret. */
#ifndef CUSTODIAN_HARDEN_H
#define CUSTODIAN_HARDEN_H

#include "base/err.h"

/* No core dump, no tracer of the same user, no new privileges, files for this user only.
 * ERR_INTERNAL when the system refuses one of them: then nothing may start. */
MUST_USE enum err harden(void);

#endif

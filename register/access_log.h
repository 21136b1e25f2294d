/* The newest of a child's entries in the log, as JSON, for operations that show who looked. */
#ifndef REGISTER_ACCESS_LOG_H
#define REGISTER_ACCESS_LOG_H

#include "base/json.h"
#include "register/audit.h"
#include "register/op.h"

/* Into an open array, from the entry before *index down; *index stops at the first that was not
 * looked at, 0 when all were. Only for whoever a rule lets see them: asks nothing itself. */
MUST_USE enum err access_log_write(struct op *op, struct json *json, uint64_t *index,
                                   uint32_t *ret_rows, const struct audit_secret *child);

#endif

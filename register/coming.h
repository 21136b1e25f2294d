/* The policy that waits for the next start: what is told of it, and calling it off (on_coming.c).
 */
#ifndef REGISTER_COMING_H
#define REGISTER_COMING_H

#include "base/json.h"
#include "register/op.h"

/* "next", "number" and "calling_off", for whoever is signed in. */
void policy_write_next(const struct op *op, struct json *json);

#endif

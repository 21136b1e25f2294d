/* Breaking the glass: what the one short grant of immediate protection (rule BG) obliges this
 * register to, in the same commit as the release. Who may break it, and of whom, is the policy's
 * alone; nothing here opens anything. The other obligations are carried out elsewhere: packages are
 * sealed to their recipient and carry the ban on sharing onwards (package.h), tickets end sooner
 * than this (view.h). */
#ifndef REGISTER_GLASS_H
#define REGISTER_GLASS_H

#include "base/json.h"
#include "register/asked.h"

#define GLASS_LIFE_US (INT64_C(4) * 3600 * 1000000) /* obligation expire_4_hours */

/* The decision releases by breaking the glass. */
bool glass_is_broken(const struct op *op, const struct decision *decision);
/* The notice for the safeguarding lead, with its review by the next working day; `to` is who gets
 * the details, empty when it is the person signed in. Nothing for any other decision. */
MUST_USE enum err glass_tell(struct op *op, const struct asked *asked, struct personal necessity,
                             struct str to);
/* "ends": until when what was released may be used. Nothing for any other decision. */
void glass_write_end(struct json *json, const struct op *op, const struct decision *decision);

#endif

/* What is told of a disclosure to the person who handles it and to those who decide on it: who
 * asked for what, for whom and why, and what leaves. Never a value. */
#ifndef REGISTER_TOLD_H
#define REGISTER_TOLD_H

#include "base/json.h"
#include "register/matter.h"

/* Into an open object: "disclosure", "state", "recipient", "policy", what a decision tells
 * (view.h), "agreed", and where nothing has left yet "waits" (why) and, if it is known, "leaves_at"
 * (when). */
void told_state(struct json *json, const struct op *op, const struct matter *matter);
/* That alone, as the answer. Ends the read view. */
MUST_USE enum err told_answer(struct op *op, const struct matter *matter, int status);

/* Into an open object: "to", "by", "second_person" [{"by", "role", "agrees"}], "until",
 * "may_compare", "may_decide", once it has left "expiry", "may_recall" and "recall" {"reason",
 * "at", "by"}; "purposes", "basis", "leaves" [{"field", "form", "rule"}], "means", of a spoken one
 * "told" (telling.h), "text_compared" (there is text in it, which is compared before it leaves),
 * what its receiver owes and sent back (returned.h), "entry", and the words that were given,
 * "said" (weighing_write), which are opened for it. `matter` is from matter_find. */
MUST_USE enum err told_write(struct json *json, struct op *op, const struct matter *matter);
/* A member "fields" where a decision of its own about `ask` grants the person signed in something
 * of the child; with an entry of the log about this child. */
MUST_USE enum err told_child(struct json *json, struct op *op, const struct facts *facts,
                             const struct ask *ask);
/* A member with the name of an account, or none when it is gone; told_by calls it "by". */
void told_account(struct json *json, const struct op *op, const char *key, struct id account);
void told_by(struct json *json, const struct op *op, struct id account);

#endif

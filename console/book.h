/* The policy book: the rules as a document that a data-protection officer reads, prints and signs.
 * Made from the loaded rules, the regimes and register/fields.def alone, so that it cannot say what
 * the program does not do. It reads no register and shows no child. */
#ifndef CONSOLE_BOOK_H
#define CONSOLE_BOOK_H

#include "base/arena.h"
#include "base/text.h"
#include "policy/policy.h"

/* One HTML page, complete in itself and ready for print, in one language. `version` stands on its
 * cover in hexadecimal. The text is in the arena. ERR_MEMORY. */
MUST_USE enum err book_write(const struct policy *policy, struct arena *arena, enum lang lang,
                             struct str version, struct str *ret_html);

#endif

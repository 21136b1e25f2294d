/* The lesser forms of a value, in one place: what leaves in a form can never be turned back into
 * the full one by whoever gets it. Full values pass through untouched. */
#ifndef REGISTER_FORM_H
#define REGISTER_FORM_H

#include "base/arena.h"
#include "crypto/key.h"
#include "register/field.h"
#include "register/redact.h"
#include "register/register.h"

enum form {
  FORM_FULL,
#define M(id) FORM_##id,
#include "register/forms.def"
#undef M
  FORM_COUNT
};
/* False for a word that no code here can make: such a value is not given at all. */
bool form_named(struct str name, enum form *ret_form);

struct form_view {
  struct day today;
  struct id child;
  struct id recipient; /* a pseudonym is the same for one recipient, and another for the next */
  const struct key *secret;
  const struct needles *others; /* what no redacted text may tell; NULL: not known, and then no
                                   redacted text is given at all */
};
enum form_result {
  FORM_GIVEN,    /* the value's text is the reduced one */
  FORM_REDACTED, /* and so it is here, with `removed` */
  FORM_TEXTLESS, /* that a value is held is given, and its day and source; its text is not */
  FORM_NOTHING   /* this value has no such form: it is left out */
};
struct form_given {
  enum form_result result;
  size_t removed; /* places in the text where something stood */
};
/* Changes value->text in place (a new text is in the arena). ERR_MEMORY. */
MUST_USE enum err form_reduce(struct arena *arena, struct form_given *ret_given,
                              struct value *value, enum field field, enum form form,
                              const struct form_view *view);

#endif

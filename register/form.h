/* The lesser forms of a value, in one place: what leaves in a form can never be turned back into
 * the full one by whoever gets it. Full values pass through untouched. */
#ifndef REGISTER_FORM_H
#define REGISTER_FORM_H

#include "base/arena.h"
#include "crypto/key.h"
#include "register/field.h"
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
};
enum form_result {
  FORM_GIVEN,    /* the value's text is the reduced one */
  FORM_TEXTLESS, /* that a value is held is given, and its day and source; a person redacts the text
                  */
  FORM_NOTHING   /* this value has no such form: it is left out */
};
/* Changes value->text in place (a new text is in the arena). ERR_MEMORY. */
MUST_USE enum err form_reduce(struct arena *arena, enum form_result *ret_result,
                              struct value *value, enum field field, enum form form,
                              const struct form_view *view);

#endif

/* A form with a file (multipart/form-data, RFC 7578): the same fields as any form, and the bytes of
 * one file, which are not copied. */
#ifndef CONSOLE_MULTIPART_H
#define CONSOLE_MULTIPART_H

#include "console/form.h"

/* `type` is the Content-Type header with its boundary. A part with a file name is the file,
 * whatever its name or type says; a second file, a part without a name, or a body that does not end
 * as it has to is ERR_INPUT. The values are not checked for control characters in the file, but are
 * elsewhere. */
MUST_USE enum err multipart_parse(struct arena *arena, struct form *ret_form, struct str *ret_file,
                                  struct str type, struct str body);

#endif

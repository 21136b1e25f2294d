/* Why a released disclosure is called back: closed words. They are kept with the disclosure, and
 * the receiver is never told. */
#ifndef REGISTER_RECALL_H
#define REGISTER_RECALL_H

#include "base/str.h"
#include "base/text.h"

enum recall_reason { /* stored */
                     RECALL_NONE,
#define R(id, number, name, text) RECALL_##id = number,
#include "register/recall_reasons.def"
#undef R
                     RECALL_REASONS
};
const char *recall_reason_name(enum recall_reason reason);
enum text_id recall_reason_text(enum recall_reason reason);
/* RECALL_NONE: there is none such. */
enum recall_reason recall_reason_parse(struct str name);

#endif

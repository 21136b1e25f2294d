/* The desk of a signed-in person: what pages (console/) need beside the operations, so that a form
 * sent from elsewhere does nothing and a form sent too late loses nothing. Reads no child's data.
 */
#ifndef REGISTER_DESK_H
#define REGISTER_DESK_H

#include "register/register.h"

/* The CSRF token of a session (OWASP: HMAC-based token pattern), which stands in every form made in
 * it: its own keyed tag, the account, and a tag of the account, which lets a form that comes after
 * the session's end be kept for the same person. */
#define DESK_MARK_TEXT 96 /* hexadecimal digits */
void desk_mark(const struct op *op, char ret_mark[static DESK_MARK_TEXT]);
/* Whether the form was made in the session that sends it. Constant time. */
bool desk_is_mine(const struct op *op, struct str mark);

/* Before there is a session: whether a form's number is its browser's; takes the same time however
 * much of it is right. */
bool desk_same_number(struct id sent, struct id kept);

/* A form that came too late, sealed for the account of its mark and for an hour, as hexadecimal
 * text that goes back to the same browser. ERR_INPUT when the mark is none of ours; ERR_TOO_LARGE
 * past DESK_DRAFT_MAX bytes. */
#define DESK_DRAFT_MAX 65000
MUST_USE enum err desk_keep(const struct op *op, struct str *ret_draft, struct str mark,
                            struct personal form);
/* ERR_OPEN: for another account, too old, or not one of ours. */
MUST_USE enum err desk_take(const struct op *op, struct personal *ret_form, struct str draft);

/* User name of the signed-in person, in the op's arena; empty when nobody is signed in. */
struct str desk_user(const struct op *op);
/* Name of the signed-in person as shown, in the op's arena; empty when nobody is signed in. */
struct personal desk_name(const struct op *op);
/* The same of another account, for a page whose answer names it; empty when there is none. */
struct personal desk_name_of(const struct op *op, struct id id);

#endif

/* Values on their way from a form into a record: which fields, in which place, for which purpose
 * and by which power. A page that writes first looks: it asks for a view of just those fields,
 * which tells the free places and the ETag; then it sends PATCH with that ETag. When the record has
 * changed meanwhile it looks again, and what was typed stands in the form still.
 *
 * The purpose is the first for which the rules would let a role of the person change most of the
 * fields; whether they may, the register decides. */
#ifndef CONSOLE_WRITING_H
#define CONSOLE_WRITING_H

#include "console/parts.h"
#include "register/value.h"

struct writing {
  const enum field *fields;
  size_t count;
  enum text_id necessity; /* why, in one sentence */
};

/* Looks, or sends what `put` writes into "values". */
MUST_USE enum err writing_ask(struct page *page, const struct writing *writing,
                              void (*put)(struct page *page, struct json *json));

/* ---- places ---- */

/* Whether a person writes it; the rest is the register's own, or worked out. */
bool writing_is_open(enum field field);
/* The fields that stand together in one place with this one, the one that names it first; alone
 * when there are none. `alone` is what the answer points to then. */
struct writing writing_group(const enum field *alone);

/* The first place of a field, or of fields that belong together, in which nothing stands. False:
 * there is none, or what stands there was not granted and could be written over. Carried in the
 * form, so that it is known when the form is shown again without the record. */
bool writing_place(struct page *page, const struct writing *together, unsigned *ret_slot);
void writing_place_hidden(struct page *page, const struct writing *together);
/* The value that stands in a place, of the view; NULL: none, or not granted. */
const json_t *writing_value(const struct page *page, enum field field, unsigned slot);
/* Whether all that stands in a field is granted, so that what is not shown is not there. */
bool writing_is_seen(const struct page *page, enum field field);
/* Whether a rule would let the person change any of them. */
bool writing_is_offered(const struct page *page, const struct writing *writing);
/* Whether a rule would let the person change it for the purpose that is asked for, however an adult
 * whom it is about stands to the child. */
bool writing_may(const struct page *page, const struct writing *writing, enum field field);

/* ---- the form ---- */

/* Whose record it is. */
void writing_whose(struct page *page);
/* What happened meanwhile, if anything; then form_begin. */
void writing_begin(struct page *page, enum page_id target);
/* Purpose and power, and the ETag. */
void writing_because(struct page *page, const struct writing *writing);
/* The input that fits the field's type, named by the field. `value`: before anything was typed. */
void writing_input(struct page *page, enum field field, struct str value);
/* The power that a field rests on, and whether a family may decline. */
void writing_power(struct page *page, enum field field);
/* Who said it, since when, and whether somebody disputes it; the value before, or NULL. */
void writing_notes(struct page *page, const char *said_by, const json_t *value);
void writing_said_by(struct page *page, const char *said_by);

/* "field":{"slot","value","said_by","since","contested"} of the inputs above; nothing when the
 * input is empty. */
void writing_put(struct page *page, struct json *json, enum field field, unsigned slot);
/* The same for a text that was put together. */
void writing_put_text(struct page *page, struct json *json, enum field field, unsigned slot,
                      struct str text);

#endif

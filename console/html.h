/* The HTML writer: append-only into the request's arena. Text is escaped wherever it comes from;
 * only literals of the source go out as they stand, so no value can become markup. Errors stick:
 * after the first failure calls do nothing and html_done reports it. */
#ifndef CONSOLE_HTML_H
#define CONSOLE_HTML_H

#include "base/arena.h"
#include "base/text.h"

struct html {
  struct arena *arena;
  enum lang lang; /* of the page */
  char *ptr;
  size_t len, held;
  enum err err;
};

void html_start(struct html *html, struct arena *arena, enum lang lang);
MUST_USE enum err html_done(const struct html *html, struct str *ret_text);

/* Markup. The literal is glued to an empty one, so that nothing but a literal compiles. */
#define H(html, literal) html_literal((html), STR(literal))
void html_literal(struct html *html, struct str markup);

/* What was written apart, with its error. */
void html_append(struct html *html, const struct html *part);

/* Escaped: fit for an element's text and for a quoted attribute. */
void html_text(struct html *html, struct str text);
void html_personal(struct html *html, struct personal text);
void html_number(struct html *html, uint64_t number);

/* <input type="hidden">. */
void html_hidden(struct html *html, struct str name, struct str value);

/* A sentence in the page's language; with its slots filled. */
void html_say(struct html *html, enum text_id id);
void html_say_with(struct html *html, enum text_id id, struct str slot);

#endif

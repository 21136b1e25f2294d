/* One page on its way: what was sent, the API call that it became, and the HTML of the answer.
 * The files on_*.c fill in `ask` and `show` of the rows of pages.def. */
#ifndef CONSOLE_PAGE_H
#define CONSOLE_PAGE_H

#include <jansson.h>

#include "api/request.h"
#include "console/console.h"
#include "console/form.h"
#include "console/html.h"
#include "console/rows.h"

enum page_id {
#define PAGE(id, method, cy, en, title, ask, show, form, cap, query, flags) PAGE_##id,
#include "console/pages.def"
#undef PAGE
  PAGE_COUNT
};

enum page_flag {
  PAGE_OPEN = 1,   /* works without a session */
  PAGE_FAMILY = 2, /* shows a family: has the quick way out */
  PAGE_SLOW = 4,   /* hashes a password */
  PAGE_STILL = 8,  /* a blank form: asks nothing of the register, and has no entry */
  PAGE_ONCE = 16,  /* what it does is done once, however often it is sent */
  PAGE_FILE = 32,  /* a form with a file */
  PAGE_SAVE = 64,  /* its good answer is a file to keep, and no page */
  PAGE_SPENT = 128 /* what was sent is used up: the answer has no other language */
};

struct page;
struct page_row {
  const char *path[2]; /* by enum lang */
  enum text_id title;
  enum err (*ask)(struct page *page); /* page_call, or OK for PAGE_STILL */
  void (*show)(struct page *page);    /* the answer is a good one: the main part, or page_go */
  void (*form)(struct page *page);    /* shown again: refused, stale, or in the other language.
                                         NULL: the refusal is all there is to show */
  unsigned flags;
};
extern const struct page_row page_rows[PAGE_COUNT];

/* Which input of the form stands at which place of the body, so that a fault is shown beside it. */
#define POINTS_MAX 64
struct point {
  struct str pointer; /* JSON pointer */
  struct str input;
  enum text_id asks; /* the question, to name what was not answered; TEXT_NONE: no such */
};

/* The equal API call, for "how this was asked". */
struct call_made {
  const char *method;
  struct str path, body;
};

struct page {
  struct request *request;
  const struct page_row *row; /* NULL: no such page */
  enum page_id id;
  struct form form; /* what was sent, or nothing */
  struct str file;  /* of a PAGE_FILE; in the request's body */
  bool is_again;    /* the form is shown, nothing is done */
  bool is_late;     /* its session is over, or it is another session's */
  struct call_made call;
  struct point points[POINTS_MAX];
  size_t point_count;
  int status;           /* of the answer */
  json_t *answer;       /* NULL: none, or not JSON */
  bool is_refused;      /* the answer is a problem */
  enum text_id problem; /* what the page says of it; TEXT_NONE: the answer's own words */
  bool has_main_form;
  bool has_offered;        /* `offered` is known */
  struct fieldset offered; /* words that the person's roles could change: links to do so */
  bool is_moved;           /* page_go */
  struct html html;
};

/* ---- asking ---- */

/* Hands a JSON body to the API's own handler, as if it had come to `method` and `path`. `args` are
 * the path's {..} in order; they stand in `path` as %1 and %2. */
struct page_call {
  const char *method, *path;
  enum err (*handler)(struct request *request);
  const struct json *body; /* NULL: none */
  struct str bytes;        /* a body that is no JSON, in the place of it */
  struct str args[2];
};
MUST_USE enum err page_call(struct page *page, const struct page_call *call);
/* Whether the page only looks, to show its form: a GET, or a form that came back because the record
 * had changed (query key "stale"). */
bool page_is_looking(struct page *page);
/* A body being written. */
void page_body(struct page *page, struct json *ret_json);
/* "name":"what the form has", when it has any. */
void page_put(struct page *page, struct json *json, const char *name);
/* The same for a member "name" of the body that stands at the input of that name. */
void page_point_named(struct page *page, const char *name);
/* A fault at or below this pointer is shown at that input. */
void page_point(struct page *page, struct str pointer, struct str input);
/* The same where an answer's "lacking" may name the pointer: then the question is named. */
void page_point_asks(struct page *page, struct str pointer, struct str input, enum text_id asks);

/* ---- answers ---- */

struct str json_text(const json_t *object, const char *name); /* empty when there is none */
json_t *json_list(const json_t *object, const char *name);    /* NULL when there is none */

#endif

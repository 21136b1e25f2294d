/* What pages are written with: addresses, forms, lists, refusals. */
#ifndef CONSOLE_PARTS_H
#define CONSOLE_PARTS_H

#include "console/page.h"

/* The answer is another page (303). %1 of the path is `arg`. */
void page_go(struct page *page, enum page_id id, struct str arg, const char *done);
/* Writes the address of a page in the page's language. */
void page_address(struct html *html, enum page_id id, struct str arg);
/* The same, for an address with several places. */
void page_address_of(struct html *html, enum page_id id, const struct str *args, size_t count);

/* <form> with everything that a form of ours carries; ends with form_end. `main` is the form whose
 * input the language button keeps. An address with several places has the page's own in the others.
 */
void form_begin(struct page *page, enum page_id target, struct str arg, bool is_main);
void form_end(struct page *page);
/* The mark of the session that a form is made in, its CSRF token (register/desk.h). */
void form_mark(struct page *page);
/* Hidden field with what was sent, or `value`. */
void form_hidden(struct page *page, const char *name, struct str value);

struct input {
  const char *name;
  enum text_id label, hint; /* TEXT_NONE: no hint */
  struct str says;          /* a label that is no sentence of the table; empty: `label` */
  const char *type;         /* text, password, search, date; NULL: a text area */
  const char *autocomplete; /* NULL: off */
  struct str value;         /* before anything was typed */
  unsigned width;           /* characters; 0: full */
};
void form_input(struct page *page, const struct input *input);

struct choice {
  struct str value, label, hint;
};
/* Radios, or checkboxes for `is_many`, in a fieldset. */
struct choices {
  const char *name;
  enum text_id label, hint;
  const struct choice *at;
  size_t count;
  struct str value; /* chosen before anything was sent */
  bool is_many;
};
void form_choices(struct page *page, const struct choices *choices);
/* One checkbox, inside another group. */
void form_check(struct page *page, const char *name, const struct choice *choice);
void form_select(struct page *page, const struct choices *choices);
/* A day as three numbers, NAME-day, NAME-month and NAME-year. */
void form_day(struct page *page, const char *name, enum text_id label, struct day before);
/* "name":"2026-11-02", when anything was typed; what is no day is refused by the API. */
void form_day_put(struct page *page, struct json *json, const char *name);
/* The same as text; false when nothing was typed. */
bool form_day_text(struct page *page, const char *name, struct str *ret_text);
/* A group of inputs in a fieldset, with the hint and the fault of `name`. */
void form_group_begin(struct page *page, const char *name, enum text_id label, enum text_id hint);
void form_group_end(struct page *page);
void form_button(struct page *page, enum text_id label);
/* Two buttons that send the form with "approve" yes or no; which it was; and that as a call. */
void form_decide(struct page *page);
bool form_approves(const struct page *page);
MUST_USE enum err form_decide_call(struct page *page, const char *path,
                                   enum err (*handler)(struct request *request));

/* The purpose, basis and necessity of a request, asked once and carried on. Its JSON members by
 * form_because_put. */
void form_because(struct page *page);
void form_because_put(struct page *page, struct json *json);

/* ---- what a decision says (decision.c) ---- */

/* The label of a policy word of this kind, as answers name it. */
struct str part_policy_word(const struct page *page, enum policy_kind kind, struct str name);
/* A policy word to choose. */
struct choice part_policy_choice(const struct page *page, enum policy_kind kind, uint8_t word);
/* "withheld" of the answer, with its heading; nothing when there is none. */
void part_withheld(struct page *page);
/* Who has to agree before anything leaves. */
void part_approvals(struct page *page);

/* ---- the rest ---- */

/* What ?done= says has just been done, as a banner. */
void part_done(struct page *page);
void part_heading(struct page *page, struct str text);
void part_paragraph(struct page *page, enum text_id id);
void part_inset(struct page *page, enum text_id id);
void part_inset_text(struct page *page, struct str text);
void part_link(struct page *page, enum page_id target, struct str arg, enum text_id label);
/* A link that stands alone; to an address with several places. */
void part_link_line(struct page *page, enum page_id target, struct str arg, enum text_id label);
void part_link_line_of(struct page *page, enum page_id target, const struct str *args, size_t count,
                       enum text_id label);
/* What can be done with this record by somebody with this person's roles, as links: each to a page
 * that asks the register again. */
void part_doors(struct page *page);
bool note_is_offered(const struct page *page); /* on_note.c */
bool event_is_offered(const struct page *page);
bool danger_is_offered(const struct page *page);        /* on_danger.c */
void deputy_rows(struct page *page, const json_t *one); /* on_deputy.c: who, and when */
bool named_is_offered(const struct page *page);         /* on_named.c */
bool relations_are_offered(const struct page *page);    /* on_relations.c */
/* The page's own entry, for links that change a value of this policy word; empty when no role of
 * the person could. */
struct str part_changeable(struct page *page, struct str word);
void part_rows_begin(struct page *page);
void part_row(struct page *page, struct str key, struct str value);
/* A row whose value is more than a text. */
void part_row_begin(struct page *page, struct str key);
void part_row_end(struct page *page);
void part_rows_end(struct page *page);
/* The heads of a table's columns, and the beginning of its body. */
void part_table_heads(struct page *page, const enum text_id *columns, size_t count);
/* The way to the rest of a list, when the answer has a cursor. */
void part_more(struct page *page, enum page_id id);
/* What the answer obliges its reader to; nothing when it obliges to nothing. */
void part_obligations(struct page *page);
/* The way to sign the ticket in the answer (on_opening.c); nothing when there is none. */
void part_ticket(struct page *page);
/* The refusal in words: sentence, rule, what is missing. */
void part_refusal(struct page *page);
/* The same, to stand inside another box. */
void part_problem(struct page *page);

#endif

/* The form of sharing, whose answers are carried from step to step in hidden fields. */
#ifndef CONSOLE_SHARE_H
#define CONSOLE_SHARE_H

#include "console/parts.h"

/* What was typed so far, hidden: whom it is for always, and these. */
enum share_part {
  SHARE_SAID = 1,   /* what is asked for, and why */
  SHARE_WEIGHED = 2 /* what was weighed */
};
void share_carry(struct page *page, unsigned parts);

/* How it stands with a recipient, in words. */
struct str share_recipient_state(const struct page *page, const json_t *one);

/* ---- weighing (on_weigh.c) ---- */

/* Whether an input of this name belongs to the weighing. */
bool share_is_weighed(struct str name);
/* "alternatives" and "proportionality" of a disclosure, and where their faults stand. */
void share_weighing_put(struct page *page, struct json *json);
/* The same as rows, from "said" of a disclosure's answer. */
void share_weighing_show(struct page *page, const json_t *said);

#endif

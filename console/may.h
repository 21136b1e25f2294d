/* What the rules could let the person who is signed in do, whoever the child is. It decides what a
 * page offers and nothing else: what is asked for, the register decides. It must never look at a
 * child, so that what is offered says nothing of one. */
#ifndef CONSOLE_MAY_H
#define CONSOLE_MAY_H

#include "console/page.h"
#include "policy/policy.h"

/* Some role of the person may do this act (a word of the vocabulary) for some purpose. */
bool may_act(const struct page *page, const char *act);
bool may_share(const struct page *page);
bool may_protect(const struct page *page);
/* Words that a role could change for a purpose. */
struct fieldset may_change(const struct policy *policy, uint8_t role, uint8_t purpose);
/* Words that some role of the person could be granted, or could change, for some purpose. */
struct fieldset may_ask_for(const struct page *page);
/* The same for one purpose, by its name: what could be granted. */
struct fieldset may_ask_for_purpose(const struct page *page, const char *purpose);
bool may_ask(const struct page *page); /* for any of them */
struct fieldset may_write(const struct page *page);
/* Some role of the person can be in a child's circle when looking into its safety. */
bool may_review(const struct page *page);
#endif

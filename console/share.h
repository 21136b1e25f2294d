/* The form of sharing, whose answers are carried from step to step in hidden fields. */
#ifndef CONSOLE_SHARE_H
#define CONSOLE_SHARE_H

#include "console/parts.h"

/* Everything that was typed so far, hidden. */
void share_carry(struct page *page);

#endif

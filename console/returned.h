/* What receivers owe and have sent back, as other pages show it. */
#ifndef CONSOLE_RETURNED_H
#define CONSOLE_RETURNED_H

#include "console/parts.h"

/* On the receipt of a disclosure: what came back, what is owed, and the form to record it. */
void returned_show(struct page *page);
/* "owed" of GET /v1/stop-notices, as a section of its own. */
void returned_show_owed(struct page *page);

#endif

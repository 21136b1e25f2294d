/* The pages: the same operations as the API, shown to people. A page makes the body of one API call
 * from its form, hands it to that call's own handler, and shows the answer; it can ask for nothing
 * that the API would refuse. Works without JavaScript; every page stands at a Welsh and at an
 * English address. */
#ifndef CONSOLE_CONSOLE_H
#define CONSOLE_CONSOLE_H

#include "api/server.h"

/* For struct server_config: two routes for each row of pages.def, English and Welsh. */
extern const struct route console_routes[];
extern const size_t console_routes_count;
/* Makes a page of request->op.answer; never fails: at worst it is a short sentence. */
void console_render(struct request *request);
/* The policy book of the register's policy; for struct server_config. */
enum err console_book(struct request *request);

#endif

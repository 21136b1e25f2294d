/* What stands around every page: headers, head, banner, navigation, the language button, the quick
 * way out, and "how this was asked". */
#ifndef CONSOLE_FRAME_H
#define CONSOLE_FRAME_H

#include "console/parts.h"

/* The path with %1 and %2 in it filled, in the arena. */
MUST_USE enum err path_fill(struct arena *arena, struct str *ret_path, const char *path,
                            const struct str args[2]);
/* A page's path in a language, its {id}s filled with the request's own. */
MUST_USE enum err page_path(const struct page *page, struct str *ret_path, enum lang lang);

/* Content security and the like, on every page. */
void frame_headers(struct request *request);
/* The same for a file that is kept and never shown: the package of a disclosure. */
void frame_file(struct request *request);
/* Signing out: what the browser keeps of these pages goes too. */
void frame_clear(struct request *request);
void frame_begin(struct page *page);
void frame_end(struct page *page);
/* What may wait for a person of these roles, as links with a sentence each; nothing for a role that
 * nothing waits for. */
void frame_tasks(struct page *page);
/* Puts the page, or the way to another, in the place of the answer's JSON. */
void frame_answer(struct page *page);
/* "/": to the list, in the language that the browser asks for. */
enum err on_front_door(struct request *request);
/* The style sheet and script (assets.h), which anybody may have and keep. */
enum err on_asset(struct request *request);
/* on_session.c: sign in first; what was typed is kept. */
void show_late(struct page *page);

#endif

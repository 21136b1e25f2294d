/* One page from its route to its HTML (page.h, console.h). Must never decide anything about a
 * child: that is the operation's, behind the same handler that the API has. */
#include "console/page.h"

#include <microhttpd.h>
#include <string.h>

#include "base/guard.h"
#include "base/json.h"
#include "console/frame.h"
#include "console/multipart.h"
#include "register/desk.h"

#define PAGE(id, method, cy, en, title, ask, show, form, cap, query, flags)                        \
  [PAGE_##id] = {{[LANG_EN] = en, [LANG_CY] = cy}, TEXT_##title, ask, show, form, flags},
const struct page_row page_rows[PAGE_COUNT] = {
#include "console/pages.def"
};
#undef PAGE

static enum err on_page(struct request *request);

#define ROUTE_FLAGS(method, flags)                                                                 \
  (ROUTE_PAGE | (METHOD_##method == METHOD_POST ? ROUTE_FORM : 0) |                                \
   (((flags)&PAGE_OPEN) != 0 ? ROUTE_OPEN : 0) | (((flags)&PAGE_SLOW) != 0 ? ROUTE_SLOW : 0) |     \
   (((flags)&PAGE_FILE) != 0 ? ROUTE_SHEET : 0) | (((flags)&PAGE_STILL) != 0 ? ROUTE_EXEMPT : 0))
#define ROUTE(method, path, cap, query, flags)                                                     \
  {                                                                                                \
    METHOD_##method, path, CALL_PAGE, on_page, cap, query, ROUTE_FLAGS(method, flags)              \
  }
#define PAGE(id, method, cy, en, title, ask, show, form, cap, query, flags)                        \
  ROUTE(method, en, cap, query, flags), ROUTE(method, cy, cap, query, flags),
/* Two for each page, in the order of enum page_id; then what has no language. */
const struct route console_routes[] = {
#include "console/pages.def"
  {METHOD_GET, "/", CALL_PAGE, on_front_door, 0, "", ROUTE_OPEN | ROUTE_EXEMPT},
  {METHOD_GET, "/assets/{name}", CALL_PAGE, on_asset, 0, "", ROUTE_OPEN | ROUTE_EXEMPT},
};
#undef PAGE
const size_t console_routes_count = sizeof console_routes / sizeof console_routes[0];

/* ---- asking ---- */

void page_body(struct page *page, struct json *ret_json)
{
  json_start(ret_json, page->request->op.arena, 2048);
  json_object_start(ret_json);
}

void page_point_asks(struct page *page, struct str pointer, struct str input, enum text_id asks)
{
  if (page->point_count < POINTS_MAX)
    page->points[page->point_count++] = (struct point){pointer, input, asks};
}

void page_point(struct page *page, struct str pointer, struct str input)
{
  page_point_asks(page, pointer, input, TEXT_NONE);
}

/* "/name" in the arena; empty when that is full, and then the fault stands at no input. */
static struct str pointer_to(struct page *page, const char *name)
{
  size_t len = strlen(name);
  char *text = arena_take(page->request->op.arena, len + 1);

  if (text == NULL) return (struct str){"", 0};
  text[0] = '/';
  memcpy(text + 1, name, len);
  return (struct str){text, len + 1};
}

void page_point_named(struct page *page, const char *name)
{
  page_point(page, pointer_to(page, name), str_from(name));
}

void page_put(struct page *page, struct json *json, const char *name)
{
  struct str value = str_trim(form_get(&page->form, name));

  page_point_named(page, name); /* what is not said is lacking at its input */
  if (value.len == 0) return;
  json_key(json, str_from(name));
  json_str(json, value);
}

enum err page_call(struct page *page, const struct page_call *call)
{
  struct request *request = page->request;
  struct str body = {"", 0}, sent = {request->body, request->body_len};
  enum err err;

  page->call.method = call->method;
  TRY(path_fill(request->op.arena, &page->call.path, call->path, call->args));
  if (call->body != NULL) TRY(json_done(call->body, &body));
  page->call.body = body;
  if (call->bytes.len > 0) body = call->bytes;
  request->body = (char *)(uintptr_t)body.ptr; /* read only from here on */
  request->body_len = body.len;
  err = call->handler(request);
  request->body = (char *)(uintptr_t)sent.ptr; /* the page is run again when the state moved */
  request->body_len = sent.len;
  return err;
}

bool page_is_looking(struct page *page)
{
  struct request *request = page->request;
  struct str stale = {"", 0};

  if (request->route->method == METHOD_GET) return true;
  return route_takes_query(request->route, STR("stale")) &&
         request_query(request, "stale", &stale) == OK && stale.len > 0;
}

/* What the form was made from has changed: the same form is sent on by the browser, to be shown
 * with the record as it is now. */
static void look_again(struct page *page)
{
  struct answer *answer = &page->request->op.answer;
  struct str path = page->request->path;

  if (path.len + sizeof "?stale=1" > sizeof answer->location) {
    page->html.err = ERR_MEMORY;
    return;
  }
  memcpy(answer->location, path.ptr, path.len);
  memcpy(answer->location + path.len, "?stale=1", sizeof "?stale=1");
  answer->status = MHD_HTTP_TEMPORARY_REDIRECT;
  page->is_moved = true;
}

/* Form fields that stand for headers of the API. */
static enum err read_conditions(struct page *page)
{
  struct op *op = &page->request->op;
  struct str once = form_get(&page->form, "once");

  op->if_match = form_get(&page->form, "etag");
  if ((page->row->flags & PAGE_ONCE) == 0) return OK;
  if (!hex_read(op->idempotency.b, ID_BYTES, once)) return ERR_INPUT;
  op->has_idempotency = true;
  return OK;
}

static bool is_signed_in(const struct page *page)
{
  static const struct id nobody;

  return memcmp(page->request->op.actor.session.b, nobody.b, ID_BYTES) != 0;
}

/* Every form of ours carries the mark of its session, its CSRF token (desk.h); what another site
 * makes does not. */
static bool is_of_this_session(const struct page *page)
{
  struct str mark = form_get(&page->form, "mark");

  return is_signed_in(page) && (desk_is_mine(&page->request->op, mark) || !GUARD(FORM_MARK));
}

static enum page_id page_of(const struct request *request)
{
  return (enum page_id)((size_t)(request->route - console_routes) / 2);
}

static struct page *page_new(struct request *request)
{
  struct page *page = arena_take(request->op.arena, sizeof *page);

  if (page == NULL) return NULL;
  page->request = request;
  if (request->route != NULL) {
    page->id = page_of(request);
    page->row = &page_rows[page->id];
  }
  return page;
}

static enum err read_form(struct page *page)
{
  struct request *request = page->request;
  struct str body = {request->body, request->body_len};
  struct str type = request_header(request, MHD_HTTP_HEADER_CONTENT_TYPE);

  if ((page->row->flags & PAGE_FILE) == 0) return form_parse(request->op.arena, &page->form, body);
  return multipart_parse(request->op.arena, &page->form, &page->file, type, body);
}

static enum err on_page(struct request *request)
{
  struct page *page = page_new(request);
  bool is_post = request->route->method == METHOD_POST;
  bool is_open = (request->route->flags & ROUTE_OPEN) != 0;

  if (page == NULL) return ERR_MEMORY;
  request->page = page;
  if (is_post) TRY(read_form(page));
  page->is_late = is_post && !is_open && !is_of_this_session(page);
  page->is_again = form_has(&page->form, "again");
  if (page->is_again && page->row->form == NULL && !page->is_late) /* nothing to show it in */
    return request_fault(request, ERR_INPUT, TEXT_NONE);
  if (page->is_late || page->is_again || page->row->ask == NULL) return OK;
  TRY(read_conditions(page));
  return page->row->ask(page);
}

/* ---- the answer ---- */

struct str json_text(const json_t *object, const char *name)
{
  json_t *value = json_object_get(object, name);

  if (!json_is_string(value)) return (struct str){"", 0};
  return (struct str){json_string_value(value), json_string_length(value)};
}

json_t *json_list(const json_t *object, const char *name)
{
  json_t *value = json_object_get(object, name);

  return json_is_array(value) ? value : NULL;
}

static void release(json_t **json)
{
  json_decref(*json);
}

static void show(struct page *page)
{
  // NOLINTBEGIN(bugprone-branch-clone): in the order in which they are asked
  if (page->row != NULL && page->id == PAGE_EXIT)
    page->row->show(page); /* whatever became of the session, and of signing out: away */
  else if (page->is_late || (page->status == 401 && !(page->row && page->id == PAGE_SIGN_IN_DO)))
    show_late(page);
  else if (str_is(json_text(page->answer, "type"), "/problems/must-change"))
    page_go(page, PAGE_PASSWORD, (struct str){0}, NULL); /* nothing else works before */
  else if (page->row != NULL && page->is_again && page->row->form != NULL)
    page->row->form(page);
  else if (page->row != NULL && !page->is_refused)
    page->row->show(page);
  else if (page->row != NULL && page->status == 412 &&
           route_takes_query(page->request->route, STR("stale")))
    look_again(page);
  else if (page->row != NULL && page->row->form != NULL && page->status < 500)
    page->row->form(page);
  else
    part_refusal(page);
  // NOLINTEND(bugprone-branch-clone)
}

/* A file goes to the browser as it came from the operation. */
static bool is_file(const struct page *page)
{
  int status = page->request->op.answer.status;

  return page->row != NULL && (page->row->flags & PAGE_SAVE) != 0 && status == MHD_HTTP_OK;
}

/* The main part first: what stands above it depends on whether there is a form whose input the
 * language button has to carry along. */
static void write_page(struct page *page)
{
  struct op *op = &page->request->op;
  struct html main;

  html_start(&page->html, op->arena, op->lang);
  show(page);
  main = page->html;
  html_start(&page->html, op->arena, op->lang);
  frame_begin(page);
  html_append(&page->html, &main);
  frame_end(page);
}

void console_render(struct request *request)
{
  struct answer *answer = &request->op.answer;
  struct page *page = request->page != NULL ? request->page : page_new(request);
  OWNED(release) json_t *json = NULL;

  if (page != NULL && is_file(page)) {
    frame_file(request);
    return;
  }
  frame_headers(request);
  if (page == NULL) {
    answer->body = text_get(err_text(ERR_MEMORY), request->op.lang);
    answer->type = STR("text/plain; charset=utf-8");
    return;
  }
  request->page = page;
  if (answer->body.len > 0)
    json = json_loadb(answer->body.ptr, answer->body.len, JSON_REJECT_DUPLICATES, NULL);
  page->answer = json;
  page->status = answer->status == 0 ? 200 : answer->status;
  page->is_refused = page->status >= 400;
  if (page->is_late) page->status = 401;
  write_page(page);
  page->answer = NULL;
  frame_answer(page);
}

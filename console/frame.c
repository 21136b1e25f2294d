/* See frame.h. */
#include "console/frame.h"

#include <microhttpd.h>
#include <string.h>

#include "console/assets.h"
#include "console/may.h"
#include "register/desk.h"

/* ---- addresses ---- */

enum err path_fill(struct arena *arena, struct str *ret_path, const char *path,
                   const struct str args[2])
{
  size_t len = strlen(path), to = 0;
  char *text = arena_take(arena, len + args[0].len + args[1].len + 1);

  if (text == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < len; i++) {
    struct str arg = {path + i, 1};

    if (path[i] == '%') {
      i++;
      arg = args[path[i] == '1' ? 0 : 1];
    }
    if (arg.len > 0) memcpy(text + to, arg.ptr, arg.len);
    to += arg.len;
  }
  *ret_path = (struct str){text, to};
  return OK;
}

/* {id} and its like, one after the other, by `args`. */
static enum err fill_braces(struct arena *arena, struct str *ret_path, const char *path,
                            const struct str *args, size_t count)
{
  size_t len = strlen(path), to = 0, room = len + 1;
  char *text;

  for (size_t i = 0; i < count; i++)
    room += args[i].len;
  text = arena_take(arena, room);
  if (text == NULL) return ERR_MEMORY;
  for (size_t i = 0, n = 0; i < len; i++) {
    if (path[i] != '{') {
      text[to++] = path[i];
      continue;
    }
    if (n < count && args[n].len > 0) memcpy(text + to, args[n].ptr, args[n].len);
    if (n < count) to += args[n].len;
    n++;
    while (path[i] != '}')
      i++;
  }
  *ret_path = (struct str){text, to};
  return OK;
}

enum err page_path(const struct page *page, struct str *ret_path, enum lang lang)
{
  return fill_braces(page->request->op.arena, ret_path, page->row->path[lang], page->request->args,
                     ROUTE_ARGS_MAX);
}

void page_address_of(struct html *html, enum page_id id, const struct str *args, size_t count)
{
  struct str path = {"", 0};

  if (html->err != OK) return;
  html->err = fill_braces(html->arena, &path, page_rows[id].path[html->lang], args, count);
  if (html->err == OK) html_text(html, path);
}

void page_address(struct html *html, enum page_id id, struct str arg)
{
  page_address_of(html, id, &arg, 1);
}

void page_go(struct page *page, enum page_id id, struct str arg, const char *done)
{
  struct answer *answer = &page->request->op.answer;
  struct str path = {"", 0};
  size_t done_len = done == NULL ? 0 : strlen(done);

  if (fill_braces(page->request->op.arena, &path, page_rows[id].path[page->html.lang], &arg, 1) !=
        OK ||
      path.len + sizeof "?done=" + done_len > sizeof answer->location) {
    page->html.err = ERR_MEMORY;
    return;
  }
  memcpy(answer->location, path.ptr, path.len);
  answer->location[path.len] = '\0';
  if (done != NULL) {
    memcpy(answer->location + path.len, "?done=", sizeof "?done=" - 1);
    memcpy(answer->location + path.len + sizeof "?done=" - 1, done, done_len + 1);
  }
  answer->status = MHD_HTTP_SEE_OTHER;
  page->is_moved = true;
}

enum err on_front_door(struct request *request)
{
  struct answer *answer = &request->op.answer;
  const char *path = page_rows[PAGE_MY_LIST].path[request->op.lang];

  memcpy(answer->location, path, strlen(path) + 1);
  answer->status = MHD_HTTP_SEE_OTHER;
  return OK;
}

/* ---- headers ---- */

/* The last one is for signing out only. */
static const struct extra_header headers[] = {
  {"Content-Security-Policy",
   "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
   "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
   "require-trusted-types-for 'script'"},
  {"Cross-Origin-Opener-Policy", "same-origin"},
  {"Cross-Origin-Resource-Policy", "same-origin"},
  {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"},
  {"Clear-Site-Data", "\"cache\""},
};
enum { HEADERS_ALL = sizeof headers / sizeof headers[0] };

static const struct extra_header file_headers[] = {
  {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox"},
  {"Content-Disposition", "attachment; filename=\"package.age\""},
  {"Cross-Origin-Resource-Policy", "same-origin"},
};

void frame_file(struct request *request)
{
  request->extra = file_headers;
  request->extra_count = sizeof file_headers / sizeof file_headers[0];
}

void frame_headers(struct request *request)
{
  request->extra = headers;
  request->extra_count = HEADERS_ALL - 1;
}

void frame_clear(struct request *request)
{
  request->extra_count = HEADERS_ALL;
}

/* ---- around the page ---- */

/* Who is offered what: a role that would be refused everything behind a door is not shown the door.
 */
static const struct door {
  enum page_id page;
  enum text_id label;
  enum text_id what; /* what waits there for somebody to do; TEXT_NONE: nothing does */
  const char *act;   /* a role of the person has to be able to do it; NULL: none has to */
  bool (*falls_to)(const struct op *op); /* and something there can be theirs; NULL: or not */
} doors[] = {
  {PAGE_MY_LIST, TEXT_PAGE_MY_LIST, TEXT_NONE, NULL, NULL},
  {PAGE_NOTICES, TEXT_PAGE_NOTICES, TEXT_PAGE_TASK_NOTICES, NULL, notice_may_fall_to},
  {PAGE_FIND, TEXT_PAGE_FIND, TEXT_NONE, NULL, NULL},
  {PAGE_ENTRY_NEW, TEXT_PAGE_ENTRY_NEW, TEXT_NONE, "create", NULL},
  {PAGE_IMPORT, TEXT_PAGE_IMPORT, TEXT_NONE, "import", NULL},
  {PAGE_FIRST, TEXT_PAGE_WAITING, TEXT_PAGE_TASK_FIRST, "first_decision", NULL},
  {PAGE_APPROVALS, TEXT_PAGE_APPROVALS, TEXT_PAGE_TASK_APPROVALS, NULL, approval_may_fall_to},
  {PAGE_DEPUTIES, TEXT_PAGE_DEPUTIES, TEXT_NONE, NULL, deputy_is_of_use},
  {PAGE_BUDGETS, TEXT_PAGE_BUDGETS, TEXT_PAGE_TASK_BUDGETS, "raise_budget", NULL},
  {PAGE_RECIPIENTS, TEXT_PAGE_RECIPIENTS, TEXT_PAGE_TASK_RECIPIENTS, "manage_recipients", NULL},
  {PAGE_STOPS, TEXT_PAGE_STOPS, TEXT_PAGE_TASK_STOPS, "disclose", NULL},
};
enum { DOORS = sizeof doors / sizeof doors[0] };

static bool is_offered(const struct page *page, const struct door *door)
{
  if (door->act != NULL && !may_act(page, door->act)) return false;
  return door->falls_to == NULL || door->falls_to(&page->request->op);
}

void frame_tasks(struct page *page)
{
  struct html *html = &page->html;
  bool is_begun = false;

  if (notice_waiting(&page->request->op).overdue > 0) part_inset(page, TEXT_PAGE_NOTICES_OVERDUE);
  for (size_t i = 0; i < DOORS; i++) {
    if (doors[i].what == TEXT_NONE || !is_offered(page, &doors[i])) continue;
    if (!is_begun) {
      part_heading(page, text_get(TEXT_PAGE_TASKS, html->lang));
      H(html, "<ul class=\"govuk-list\">");
    }
    is_begun = true;
    H(html, "<li>");
    part_link(page, doors[i].page, (struct str){0}, doors[i].label);
    H(html, "<br>");
    html_say(html, doors[i].what);
    H(html, "</li>");
  }
  if (is_begun) H(html, "</ul>\n");
}

static bool is_signed_in(const struct page *page)
{
  return page->request->op.actor.roles != 0 && page->status != 401;
}

/* Loud on every page until somebody has seen to them. */
static void write_count(struct page *page)
{
  struct notice_waiting waiting = notice_waiting(&page->request->op);
  struct html *html = &page->html;

  if (waiting.count == 0) return;
  H(html, " <strong class=\"govuk-tag govuk-tag--red\">");
  html_number(html, waiting.count);
  H(html, "<span class=\"govuk-visually-hidden\"> ");
  html_say(html, TEXT_PAGE_NOTICES_WAIT);
  H(html, "</span></strong>");
}

static void write_doors(struct page *page)
{
  struct html *html = &page->html;

  if (!is_signed_in(page)) return;
  H(html, "<nav class=\"app-nav\" aria-label=\"");
  html_say(html, TEXT_PAGE_NAVIGATION);
  H(html, "\"><ul class=\"app-nav__list\">");
  for (size_t i = 0; i < DOORS; i++) {
    if (!is_offered(page, &doors[i])) continue;
    H(html, "<li><a href=\"");
    page_address(html, doors[i].page, (struct str){0});
    H(html, "\"");
    if (page->row != NULL && page->row->title == page_rows[doors[i].page].title)
      H(html, " aria-current=\"page\"");
    H(html, ">");
    html_say(html, doors[i].label);
    if (doors[i].page == PAGE_NOTICES) write_count(page);
    H(html, "</a></li>");
  }
  H(html, "</ul></nav>");
}

static void write_person(struct page *page)
{
  struct html *html = &page->html;

  if (!is_signed_in(page)) return;
  H(html, "<form class=\"app-header__person\" method=\"post\" action=\"");
  page_address(html, PAGE_SIGN_OUT, (struct str){0});
  H(html, "\"><span>");
  html_personal(html, desk_name(&page->request->op));
  H(html, "</span>");
  form_mark(page);
  H(html, "<button class=\"app-link-button\">");
  html_say(html, TEXT_PAGE_SIGN_OUT);
  H(html, "</button></form>");
}

/* The answer to a form, in the other language: asked again with what was sent. */
static void write_repeat(struct page *page, struct str path, enum lang other)
{
  struct html *html = &page->html;

  H(html, "<form method=\"post\" action=\"");
  html_text(html, path);
  H(html, "\">");
  form_mark(page);
  for (size_t i = 0; i < page->form.count; i++) {
    if (str_is(page->form.at[i].name, "mark")) continue;
    html_hidden(html, page->form.at[i].name, page->form.at[i].value);
  }
  H(html, "<button class=\"app-toggle app-link-button\" lang=\"");
  html_text(html, other == LANG_CY ? STR("cy") : STR("en"));
  H(html, "\">");
  html_text(html, text_get(TEXT_PAGE_THIS_LANGUAGE, other));
  H(html, "</button></form>");
}

/* The other language, at the parallel address: a link where nothing can have been typed, a button
 * of the main form where something can. Enter in a field presses the first button that the form has
 * on the page (HTML, implicit submission), so one that sends the form stands before it, unseen. */
static void write_toggle(struct page *page)
{
  struct html *html = &page->html;
  enum lang other = html->lang == LANG_CY ? LANG_EN : LANG_CY;
  struct str path = {"", 0};

  if (html->err != OK) return;
  html->err = page_path(page, &path, other);
  if (page->is_late || page->status == MHD_HTTP_UNAUTHORIZED) /* the form there is to sign in */
    path = str_from(page_rows[PAGE_SIGN_IN].path[other]);
  if (!page->has_main_form && page->request->route->method == METHOD_POST) {
    if ((page->row->flags & (PAGE_SLOW | PAGE_SPENT)) == 0) write_repeat(page, path, other);
    return; /* a password is not written into a page, and what is used up is not sent again */
  }
  if (page->has_main_form) {
    H(html, "<button type=\"submit\" class=\"govuk-visually-hidden\" form=\"main-form\" "
            "tabindex=\"-1\" aria-hidden=\"true\"></button>");
    H(html, "<button type=\"submit\" class=\"app-toggle app-link-button\" form=\"main-form\" "
            "name=\"again\" value=\"1\" formnovalidate formmethod=\"post\" formaction=\"");
  } else {
    H(html, "<a class=\"app-toggle\" href=\"");
  }
  html_text(html, path);
  H(html, "\"");
  H(html, " hreflang=\"");
  html_text(html, other == LANG_CY ? STR("cy") : STR("en"));
  H(html, "\" lang=\"");
  html_text(html, other == LANG_CY ? STR("cy") : STR("en"));
  H(html, "\">");
  html_text(html, text_get(TEXT_PAGE_THIS_LANGUAGE, other));
  if (page->has_main_form)
    H(html, "</button>");
  else
    H(html, "</a>");
}

static void write_languages(struct page *page)
{
  struct html *html = &page->html;

  if (page->row == NULL) return;
  H(html, "<nav class=\"app-toggle-place\" aria-label=\"");
  html_say(html, TEXT_PAGE_LANGUAGE);
  H(html, "\">");
  write_toggle(page);
  H(html, "</nav>\n");
}

static void write_head(struct page *page)
{
  struct html *html = &page->html;

  H(html, "<!DOCTYPE html>\n<html class=\"govuk-template app-template\" lang=\"");
  html_text(html, html->lang == LANG_CY ? STR("cy") : STR("en"));
  H(html, "\"><head><meta charset=\"utf-8\"><title>");
  if (page->is_refused) {
    html_say(html, TEXT_PAGE_ERROR);
    H(html, ": ");
  }
  html_say(html, page->row == NULL ? TEXT_PAGE_ABSENT : page->row->title);
  H(html, " – ");
  html_say(html, TEXT_PAGE_SERVICE);
  H(html, "</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
          "<meta name=\"robots\" content=\"noindex\"><link rel=\"icon\" href=\"/assets/");
  html_text(html, str_from(asset_icon));
  H(html, "\"><link rel=\"stylesheet\" href=\"/assets/");
  html_text(html, str_from(asset_css));
  H(html, "\"><script type=\"module\" src=\"/assets/");
  html_text(html, str_from(asset_js));
  H(html, "\"></script></head>\n<body class=\"govuk-template__body app-body\"");
  if (is_signed_in(page)) {
    H(html, " data-session-seconds=\"");
    html_number(html, SESSION_IDLE_SECONDS);
    H(html, "\" data-session-words=\"");
    html_say(html, TEXT_PAGE_SESSION_ENDS);
    H(html, "\" data-session-stay=\"");
    html_say(html, TEXT_PAGE_SESSION_STAY);
    H(html, "\" data-session-ended=\"");
    html_say(html, TEXT_PAGE_SESSION_ENDED);
    H(html, "\" data-session-renew=\""); /* a blank form: asks the register nothing */
    page_address(html, PAGE_FIND, (struct str){0});
    H(html, "\"");
  }
  H(html, ">\n");
}

static void write_exit(struct page *page)
{
  struct html *html = &page->html;

  if (page->row == NULL || (page->row->flags & PAGE_FAMILY) == 0) return;
  H(html, "<div class=\"govuk-exit-this-page\" data-module=\"govuk-exit-this-page\" "
          "data-i18n.activated=\"");
  html_say(html, TEXT_PAGE_EXIT_ACTIVATED);
  H(html, "\" data-i18n.timed-out=\"");
  html_say(html, TEXT_PAGE_EXIT_TIMED_OUT);
  H(html, "\" data-i18n.press-two-more-times=\"");
  html_say(html, TEXT_PAGE_EXIT_TWO_MORE);
  H(html, "\" data-i18n.press-one-more-time=\"");
  html_say(html, TEXT_PAGE_EXIT_ONE_MORE);
  H(html, "\"><a href=\"");
  page_address(html, PAGE_EXIT, (struct str){0});
  H(html,
    "\" role=\"button\" draggable=\"false\" class=\"govuk-button govuk-button--warning "
    "govuk-exit-this-page__button govuk-js-exit-this-page-button\" data-module=\"govuk-button\""
    " rel=\"nofollow noreferrer\"><span class=\"govuk-visually-hidden\">");
  html_say(html, TEXT_PAGE_EXIT_KEY);
  H(html, "</span> ");
  html_say(html, TEXT_PAGE_EXIT);
  H(html, "</a></div>");
}

void frame_begin(struct page *page)
{
  struct html *html = &page->html;

  write_head(page);
  H(html, "<a href=\"#main\" class=\"govuk-skip-link\" data-module=\"govuk-skip-link\">");
  html_say(html, TEXT_PAGE_SKIP);
  H(html, "</a>\n");
  write_languages(page);
  H(html, "<header class=\"app-header\"><div class=\"app-header__inner\"><p "
          "class=\"app-header__name\"><a href=\"");
  page_address(html, PAGE_MY_LIST, (struct str){0});
  H(html, "\"><img class=\"app-header__sign\" alt=\"\" width=\"32\" height=\"32\" src=\"/assets/");
  html_text(html, str_from(asset_icon));
  H(html, "\">");
  html_say(html, TEXT_PAGE_SERVICE);
  H(html, "</a> <span class=\"app-header__authority\">");
  html_text(html, reg_authority_name(page->request->op.reg));
  H(html, "</span></p>");
  write_person(page);
  H(html, "</div>");
  write_doors(page);
  if (reg_is_synthetic(page->request->op.reg)) {
    H(html, "<p class=\"app-synthetic\">");
    html_say(html, TEXT_PAGE_SYNTHETIC);
    H(html, "</p>");
  }
  H(html, "</header>\n");
  H(html, "<div class=\"govuk-width-container\">");
  write_exit(page);
  H(html, "<main class=\"govuk-main-wrapper\" id=\"main\">\n<h1 class=\"govuk-heading-l\">");
  html_say(html, page->row == NULL ? TEXT_PAGE_ABSENT : page->row->title);
  H(html, "</h1>\n");
}

static void write_asked(struct page *page)
{
  struct html *html = &page->html;

  if (page->call.method == NULL) return;
  H(html, "<details class=\"govuk-details app-asked\"><summary class=\"govuk-details__summary\">"
          "<span class=\"govuk-details__summary-text\">");
  html_say(html, TEXT_PAGE_ASKED);
  H(html, "</span></summary><div class=\"govuk-details__text\"><pre class=\"app-code\" "
          "tabindex=\"0\" lang=\"zxx\">");
  html_text(html, str_from(page->call.method));
  H(html, " ");
  html_text(html, page->call.path);
  H(html, "\n");
  if (page->row == NULL || (page->row->flags & PAGE_SLOW) == 0) /* a password is shown nowhere */
    html_text(html, page->call.body);
  H(html, "</pre></div></details>");
}

void frame_end(struct page *page)
{
  struct html *html = &page->html;

  write_asked(page);
  H(html, "\n</main></div>\n<footer class=\"app-footer\"><div class=\"govuk-width-container\"><p>");
  html_say(html, TEXT_PAGE_FOOTER);
  H(html, " ");
  part_link(page, PAGE_CHECK_LOG, (struct str){0}, TEXT_PAGE_CHECK_LOG);
  H(html, "</p>");
  if (is_signed_in(page)) {
    H(html, "<p>");
    part_link(page, PAGE_MY_KEY, (struct str){0}, TEXT_PAGE_MY_KEY);
    H(html, " ");
    part_link(page, PAGE_POLICY, (struct str){0}, TEXT_PAGE_POLICY);
    H(html, "</p>");
  }
  H(html, "</div></footer></body></html>\n");
}

void frame_answer(struct page *page)
{
  struct answer *answer = &page->request->op.answer;

  answer->etag[0] = '\0';
  answer->body = (struct str){"", 0};
  if (page->is_moved) return;
  answer->location[0] = '\0';
  answer->status = page->status;
  answer->type = STR("text/html; charset=utf-8");
  if (html_done(&page->html, &answer->body) != OK) {
    answer->status = MHD_HTTP_SERVICE_UNAVAILABLE;
    answer->body = text_get(err_text(ERR_MEMORY), page->html.lang);
    answer->type = STR("text/plain; charset=utf-8");
  }
}

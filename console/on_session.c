/* Signing in and out, and what happens to a form whose session is over: it is sealed for its person
 * (register/desk.h), goes back to the same browser, and is there again after signing in. */
#include <stdio.h>
#include <string.h>

#include "api/handlers.h"
#include "base/guard.h"
#include "base/json.h"
#include "console/frame.h"
#include "register/desk.h"

#define OUTSIDE_PAGE "https://www.bbc.co.uk/weather" /* where the quick way out leads */

/* ---- cookies ---- */

struct cookie {
  const char *name, *name_secure;
  const char *attributes;
};

static const struct cookie session_cookie = {SESSION_COOKIE, SESSION_COOKIE_SECURE,
                                             "SameSite=Strict"};
/* Lax: somebody who follows a link to this page keeps the number that their other tabs have. Only
 * its secrecy counts, so it does not matter which requests it comes with. It stays for as long as
 * browsers keep anything (400 days): two people who sign in one after the other in one browser are
 * known by it (register/second.h). It is random, and says nothing of anybody. */
static const struct cookie form_cookie = {FORM_COOKIE, FORM_COOKIE_SECURE,
                                          "SameSite=Lax; Max-Age=34560000"};

/* An empty value takes it away. */
static void set_cookie(struct page *page, const struct cookie *cookie, struct str value)
{
  bool is_secure = page->request->is_secure;
  char text[160];
  int len =
    snprintf(text, sizeof text, "%s=%.*s; Path=/; HttpOnly; %s%s%s",
             is_secure ? cookie->name_secure : cookie->name, (int)value.len, value.ptr,
             cookie->attributes, is_secure ? "; Secure" : "", value.len == 0 ? "; Max-Age=0" : "");

  if (len < 0 || (size_t)len >= sizeof text ||
      arena_copy(page->request->op.arena, &page->request->set_cookie,
                 (struct str){text, (size_t)len}) != OK)
    page->html.err = ERR_MEMORY;
}

/* ---- signing in ---- */

static bool read_number(struct id *ret_number, struct str text)
{
  return text.len == (size_t)2 * ID_BYTES && hex_read(ret_number->b, ID_BYTES, text);
}

/* Before there is a session to mark it, a form is its browser's by a random number that stands in
 * it and in a cookie. Another site can neither read that cookie nor, over TLS, set it (__Host-), so
 * it cannot sign somebody in as the person it likes. */
static bool is_of_this_browser(const struct page *page)
{
  struct id sent, kept;

  return (read_number(&sent, form_get(&page->form, "browser")) &&
          read_number(&kept, request_form_cookie(page->request)) && desk_same_number(sent, kept)) ||
         !GUARD(SIGN_IN_MARK);
}

/* The browser keeps the one it has: forms in several tabs are good. */
static void write_number(struct page *page)
{
  struct outside outside = request_outside(page->request);
  char digits[2 * ID_BYTES];
  struct id number;

  if (!read_number(&number, request_form_cookie(page->request))) {
    outside.random(outside.self, number.b, ID_BYTES);
    hex_write(digits, number.b, ID_BYTES);
    set_cookie(page, &form_cookie, (struct str){digits, sizeof digits});
  }
  hex_write(digits, number.b, ID_BYTES);
  html_hidden(&page->html, STR("browser"), (struct str){digits, sizeof digits});
}

enum err ask_sign_in(struct page *page)
{
  struct json body;

  if (!is_of_this_browser(page))
    return request_fault(page->request, ERR_REFUSED, TEXT_PAGE_SIGN_IN_OTHER);
  (void)read_number(&page->request->op.browser, request_form_cookie(page->request));
  page_body(page, &body);
  page_put(page, &body, "user");
  JSON_KEY(&body, "password");
  json_str(&body, form_get(&page->form, "password"));
  json_object_end(&body);
  return page_call(
    page, &(struct page_call){
            .method = "POST", .path = "/v1/sessions", .handler = on_session_make, .body = &body});
}

enum err ask_sign_out(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "DELETE",
                                             .path = "/v1/sessions/current",
                                             .handler = on_session_end});
}

static void write_sign_in(struct page *page, struct str to, struct str draft)
{
  form_begin(page, PAGE_SIGN_IN_DO, (struct str){0}, true);
  write_number(page);
  form_hidden(page, "to", to);
  form_hidden(page, "draft", draft);
  form_input(page, &(struct input){.name = "user",
                                   .label = TEXT_PAGE_USER,
                                   .type = "text",
                                   .autocomplete = "username",
                                   .width = 20});
  form_input(page, &(struct input){.name = "password",
                                   .label = TEXT_PAGE_PASSWORD,
                                   .type = "password",
                                   .autocomplete = "current-password",
                                   .width = 20});
  form_button(page, TEXT_PAGE_SIGN_IN);
  form_end(page);
}

void show_sign_in(struct page *page)
{
  struct str done = {0};

  if (page->request->route->method == METHOD_GET &&
      request_query(page->request, "done", &done) == OK && str_is(done, "out"))
    part_inset(page, TEXT_PAGE_SIGNED_OUT);
  if (page->status == 401)
    page->problem = TEXT_PAGE_WRONG_PASSWORD; /* and never which of the two */
  write_sign_in(page, (struct str){"", 0}, (struct str){"", 0});
}

/* Only a form that can be shown again is worth keeping; no sheet, and no password. */
static bool is_kept(const struct page *page)
{
  if (!page->is_late || page->row == NULL || page->row->form == NULL) return false;
  return (page->row->flags & (PAGE_FILE | PAGE_SLOW)) == 0;
}

/* What came without a session, or with another one's mark. Kept only for the person whose form it
 * was; the address it came to goes with it. */
void show_late(struct page *page)
{
  struct request *request = page->request;
  struct str draft = {"", 0}, to = {"", 0};

  if (request->route != NULL && request->route->method == METHOD_GET) to = request->path;
  if (is_kept(page)) {
    size_t len = request->path.len + 1 + request->body_len;
    char *kept = arena_take(request->op.arena, len);

    if (kept != NULL) {
      memcpy(kept, request->path.ptr, request->path.len);
      kept[request->path.len] = '\n';
      if (request->body_len > 0)
        memcpy(kept + request->path.len + 1, request->body, request->body_len);
    }
    if (kept == NULL || desk_keep(&request->op, &draft, form_get(&page->form, "mark"),
                                  (struct personal){kept, len}) != OK)
      draft = (struct str){"", 0};
  }
  part_inset(page, draft.len > 0 ? TEXT_PAGE_KEPT : TEXT_PAGE_SIGN_IN_FIRST);
  page->is_refused = false; /* it is no fault to have been away */
  page->form = (struct form){0};
  write_sign_in(page, to, draft);
}

/* ---- signed in ---- */

/* An address of ours that can be gone to; nothing that came from outside is followed further. */
static bool is_page_to_get(struct str path, enum method method)
{
  struct route_match match =
    route_find(console_routes, console_routes_count, false, str_from(method_name(method)), path);

  return match.route != NULL && (match.route->flags & ROUTE_PAGE) != 0;
}

/* The form that was kept, behind one button: it is shown again where it was, and not yet done. */
static bool show_kept(struct page *page)
{
  struct html *html = &page->html;
  struct personal kept = {0};
  struct form form;
  const char *end;

  if (desk_take(&page->request->op, &kept, form_get(&page->form, "draft")) != OK) return false;
  end = memchr(kept.ptr, '\n', kept.len);
  if (end == NULL) return false;
  struct str path = {kept.ptr, (size_t)(end - kept.ptr)};
  struct str body = {end + 1, kept.len - path.len - 1};
  if (!is_page_to_get(path, METHOD_POST)) return false;
  if (form_parse(page->request->op.arena, &form, body) != OK) return false;
  part_inset(page, TEXT_PAGE_KEPT_AGAIN);
  H(html, "<form method=\"post\" action=\"");
  html_text(html, path);
  H(html, "\">");
  html_hidden(html, STR("again"), STR("1"));
  form_mark(page);
  for (size_t i = 0; i < form.count; i++) {
    if (str_is(form.at[i].name, "mark") || str_is(form.at[i].name, "again")) continue;
    html_hidden(html, form.at[i].name, form.at[i].value);
  }
  form_button(page, TEXT_PAGE_CONTINUE);
  form_end(page);
  return true;
}

void show_signed_in(struct page *page)
{
  struct str to = form_get(&page->form, "to");
  struct answer *answer = &page->request->op.answer;

  set_cookie(page, &session_cookie, json_text(page->answer, "token"));
  page->status = 200;
  if (json_is_true(json_object_get(page->answer, "must_change_password"))) {
    page_go(page, PAGE_PASSWORD, (struct str){0}, NULL);
    return;
  }
  if (form_get(&page->form, "draft").len > 0 && show_kept(page)) return;
  page_go(page, PAGE_MY_LIST, (struct str){0}, NULL);
  if (to.len > 0 && to.len < sizeof answer->location && is_page_to_get(to, METHOD_GET)) {
    memcpy(answer->location, to.ptr, to.len);
    answer->location[to.len] = '\0';
  }
}

void show_signed_out(struct page *page)
{
  set_cookie(page, &session_cookie, (struct str){"", 0});
  frame_clear(page->request);
  page_go(page, PAGE_SIGN_IN, (struct str){0}, "out");
}

void show_exit(struct page *page)
{
  set_cookie(page, &session_cookie, (struct str){"", 0});
  frame_clear(page->request);
  page_go(page, PAGE_SIGN_IN, (struct str){0}, NULL);
  memcpy(page->request->op.answer.location, OUTSIDE_PAGE, sizeof OUTSIDE_PAGE);
}

/* ---- one's own password ---- */

void show_password(struct page *page)
{
  part_paragraph(page, TEXT_PAGE_PASSWORD_WHY);
  form_begin(page, PAGE_PASSWORD_DO, (struct str){0}, true);
  form_input(page, &(struct input){.name = "old",
                                   .label = TEXT_PAGE_PASSWORD_OLD,
                                   .type = "password",
                                   .autocomplete = "current-password",
                                   .width = 20});
  form_input(page, &(struct input){.name = "password",
                                   .label = TEXT_PAGE_PASSWORD_NEW,
                                   .hint = TEXT_PAGE_PASSWORD_HINT,
                                   .type = "password",
                                   .autocomplete = "new-password",
                                   .width = 20});
  form_button(page, TEXT_PAGE_PASSWORD_CHANGE);
  form_end(page);
}

enum err ask_password(struct page *page)
{
  struct json body;

  page->request->args[0] = desk_user(&page->request->op);
  page_body(page, &body);
  page_point_named(page, "old");
  page_point_named(page, "password");
  JSON_KEY(&body, "old");
  json_str(&body, form_get(&page->form, "old"));
  JSON_KEY(&body, "password");
  json_str(&body, form_get(&page->form, "password"));
  json_object_end(&body);
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/users/%1/password",
                                             .handler = on_user_password,
                                             .body = &body,
                                             .args = {page->request->args[0]}});
}

void show_password_changed(struct page *page)
{
  page_go(page, PAGE_MY_LIST, (struct str){0}, "password");
}

/* A recipient: a body's officer and the key that packages are sealed to. It can be sent nothing
 * until a second person has agreed, and so it is with another key; one person stops a key at once.
 */
#include "api/handlers.h"
#include "base/json.h"
#include "console/may.h"
#include "console/share.h"
#include "console/words.h"

#define ROLES_MAX 64
#define OBLIGATIONS_MAX 64

/* ---- a new one ---- */

static void write_cannot(struct page *page)
{
  const struct policy *policy = reg_policy(page->request->op.reg);
  struct choice words[OBLIGATIONS_MAX];
  size_t count = 0;

  for (unsigned i = 1; i <= policy_word_count(policy, POLICY_OBLIGATION) && count < OBLIGATIONS_MAX;
       i++)
    words[count++] = part_policy_choice(page, POLICY_OBLIGATION, (uint8_t)i);
  form_choices(page, &(struct choices){.name = "cannot",
                                       .label = TEXT_PAGE_RECIPIENT_CANNOT,
                                       .hint = TEXT_PAGE_RECIPIENT_CANNOT_HINT,
                                       .at = words,
                                       .count = count,
                                       .is_many = true});
}

static void write_key(struct page *page)
{
  form_input(page, &(struct input){.name = "age_key",
                                   .label = TEXT_PAGE_AGE_KEY,
                                   .hint = TEXT_PAGE_AGE_KEY_HINT,
                                   .type = "text"});
}

void show_recipient_new(struct page *page)
{
  const struct policy *policy = reg_policy(page->request->op.reg);
  struct choice roles[ROLES_MAX];
  size_t count = 0;

  for (unsigned i = 1; i <= policy_word_count(policy, POLICY_ROLE) && count < ROLES_MAX; i++) {
    if (policy_role_is_staff(policy, (uint8_t)i)) continue;
    roles[count++] = part_policy_choice(page, POLICY_ROLE, (uint8_t)i);
  }
  part_paragraph(page, TEXT_PAGE_RECIPIENT_HOW);
  form_begin(page, PAGE_RECIPIENT_MAKE, (struct str){0}, true);
  form_input(page, &(struct input){.name = "name", .label = TEXT_PAGE_NAME, .type = "text"});
  form_input(
    page, &(struct input){.name = "organisation", .label = TEXT_PAGE_ORGANISATION, .type = "text"});
  form_select(
    page, &(struct choices){.name = "role", .label = TEXT_PAGE_ROLE, .at = roles, .count = count});
  write_key(page);
  form_input(page, &(struct input){.name = "phone",
                                   .label = TEXT_PAGE_RECIPIENT_PHONE,
                                   .hint = TEXT_PAGE_RECIPIENT_PHONE_HINT,
                                   .type = "text"});
  write_cannot(page);
  form_button(page, TEXT_PAGE_RECIPIENT_ADD);
  form_end(page);
}

static void put_cannot(struct page *page, struct json *body)
{
  page_point_named(page, "cannot");
  json_key(body, STR("cannot"));
  json_array_start(body);
  for (size_t i = 0; i < page->form.count; i++)
    if (str_is(page->form.at[i].name, "cannot")) json_str(body, page->form.at[i].value);
  json_array_end(body);
}

enum err ask_recipient_make(struct page *page)
{
  static const char *const names[] = {"name", "organisation", "role", "age_key", "phone"};
  struct json body;

  page_body(page, &body);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    page_point_named(page, names[i]);
    json_key(&body, str_from(names[i]));
    json_str(&body, str_trim(form_get(&page->form, names[i])));
  }
  put_cannot(page, &body);
  json_object_end(&body);
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/recipients",
                                             .handler = on_recipient_make,
                                             .body = &body});
}

void show_recipient_made(struct page *page)
{
  page_go(page, PAGE_RECIPIENTS, (struct str){0}, "recipient");
}

/* ---- one that is there ---- */

enum err ask_recipient(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "GET",
                                             .path = "/v1/recipients/%1",
                                             .handler = on_recipient_get,
                                             .args = {page->request->args[0]}});
}

static void write_row(struct page *page, enum text_id key, struct str value)
{
  if (value.len > 0) part_row(page, text_get(key, page->html.lang), value);
}

static void write_who(struct page *page)
{
  const json_t *row = page->answer;
  enum lang lang = page->html.lang;
  char since[WORD_INSTANT_MAX];
  json_t *one;
  size_t i;

  write_row(page, TEXT_PAGE_NAME, json_text(row, "name"));
  write_row(page, TEXT_PAGE_ORGANISATION, json_text(row, "organisation"));
  write_row(page, TEXT_PAGE_ROLE, part_policy_word(page, POLICY_ROLE, json_text(row, "role")));
  write_row(page, TEXT_PAGE_STATE, share_recipient_state(page, row));
  write_row(page, TEXT_PAGE_FINGERPRINT, json_text(row, "fingerprint"));
  write_row(page, TEXT_PAGE_RECIPIENT_BY, json_text(row, "by"));
  write_row(page, TEXT_PAGE_RECIPIENT_SINCE, word_when(since, json_text(row, "since"), lang));
  write_row(page, TEXT_PAGE_RECIPIENT_PHONE, json_text(row, "phone"));
  json_array_foreach(json_list(row, "cannot"), i, one)
  {
    write_row(page, TEXT_PAGE_RECIPIENT_CANNOT,
              part_policy_word(page, POLICY_OBLIGATION, str_from(json_string_value(one))));
  }
  json_array_foreach(json_list(row, "same_key"), i, one)
  {
    write_row(page, TEXT_PAGE_RECIPIENT_SAME_KEY, json_text(one, "name"));
  }
}

static void write_next(struct page *page)
{
  const json_t *next = json_object_get(page->answer, "next");

  if (next == NULL) return;
  part_heading(page, text_get(TEXT_PAGE_RECIPIENT_NEXT, page->html.lang));
  part_rows_begin(page);
  write_row(page, TEXT_PAGE_AGE_KEY, json_text(next, "age_key"));
  write_row(page, TEXT_PAGE_FINGERPRINT, json_text(next, "fingerprint"));
  write_row(page, TEXT_PAGE_ASKED_BY, json_text(next, "by"));
  part_rows_end(page);
}

static void write_key_form(struct page *page)
{
  part_heading(page, text_get(TEXT_PAGE_RECIPIENT_KEY, page->html.lang));
  part_paragraph(page, TEXT_PAGE_RECIPIENT_KEY_HOW);
  form_begin(page, PAGE_RECIPIENT_KEY, page->request->args[0], true);
  write_key(page);
  form_button(page, TEXT_PAGE_RECIPIENT_KEY);
  form_end(page);
}

/* One button, which does what it says. */
static void write_button(struct page *page, enum page_id target, enum text_id label,
                         enum text_id what)
{
  part_heading(page, text_get(label, page->html.lang));
  part_paragraph(page, what);
  form_begin(page, target, page->request->args[0], false);
  form_button(page, label);
  form_end(page);
}

void show_recipient(struct page *page)
{
  const json_t *row = page->answer;

  part_done(page);
  part_rows_begin(page);
  write_who(page);
  part_rows_end(page);
  write_next(page);
  if (!may_act(page, "manage_recipients") || json_is_true(json_object_get(row, "ended"))) return;
  if (json_is_true(json_object_get(row, "approved"))) write_key_form(page);
  if (json_is_true(json_object_get(row, "has_key")))
    write_button(page, PAGE_RECIPIENT_STOP_KEY, TEXT_PAGE_RECIPIENT_STOP,
                 TEXT_PAGE_RECIPIENT_STOP_WHAT);
  write_button(page, PAGE_RECIPIENT_END, TEXT_PAGE_RECIPIENT_END, TEXT_PAGE_RECIPIENT_END_WHAT);
}

void show_recipient_key_again(struct page *page)
{
  write_key_form(page);
}

enum err ask_recipient_key(struct page *page)
{
  struct json body;

  page_body(page, &body);
  page_point_named(page, "age_key");
  JSON_KEY(&body, "age_key");
  json_str(&body, str_trim(form_get(&page->form, "age_key")));
  json_object_end(&body);
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/recipients/%1/keys",
                                             .handler = on_recipient_key,
                                             .args = {page->request->args[0]},
                                             .body = &body});
}

enum err ask_recipient_stop_key(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/recipients/%1/key-stop",
                                             .handler = on_recipient_stop_key,
                                             .args = {page->request->args[0]}});
}

enum err ask_recipient_end(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/recipients/%1/end",
                                             .handler = on_recipient_end,
                                             .args = {page->request->args[0]}});
}

void show_recipient_key(struct page *page)
{
  page_go(page, PAGE_RECIPIENT, page->request->args[0], "key");
}

void show_recipient_stopped(struct page *page)
{
  page_go(page, PAGE_RECIPIENT, page->request->args[0], "key-stopped");
}

void show_recipient_ended(struct page *page)
{
  page_go(page, PAGE_RECIPIENT, page->request->args[0], "ended");
}

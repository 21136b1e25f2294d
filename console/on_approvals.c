/* My approvals: everything that waits for this person, each with what it takes to decide, and one
 * button for yes and one for no. A disclosure and a lowering have a page of their own. */
#include "api/handlers.h"
#include "base/json.h"
#include "console/parts.h"
#include "console/values.h"
#include "console/words.h"

enum err ask_approvals(struct page *page)
{
  return page_call(page, &(struct page_call){
                           .method = "GET", .path = "/v1/approvals", .handler = on_approval_list});
}

/* ---- what each is about ---- */

static void write_row(struct page *page, enum text_id key, struct str value)
{
  if (value.len > 0) part_row(page, text_get(key, page->html.lang), value);
}

static void write_child(struct page *page, const json_t *one)
{
  const json_t *fields = json_object_get(one, "fields");

  if (json_text(one, "entry").len == 0) return;
  part_row_begin(page, text_get(TEXT_PAGE_CHILD, page->html.lang));
  value_name(&page->html, fields);
  part_row_end(page);
}

static void write_to(struct page *page, const json_t *to)
{
  write_row(page, TEXT_PAGE_SHARE_TO, json_text(to, "name"));
  write_row(page, TEXT_PAGE_ORGANISATION, json_text(to, "organisation"));
  write_row(page, TEXT_PAGE_ROLE, part_policy_word(page, POLICY_ROLE, json_text(to, "role")));
}

static void write_roles(struct page *page, const json_t *one, const char *name)
{
  const json_t *role;
  size_t i;

  json_array_foreach(json_list(one, name), i, role)
  {
    write_row(page, TEXT_PAGE_ROLE,
              part_policy_word(page, POLICY_ROLE, str_from(json_string_value(role))));
  }
}

static void tell_disclosure(struct page *page, const json_t *one)
{
  json_t *purpose;
  size_t i;

  write_to(page, json_object_get(one, "to"));
  json_array_foreach(json_list(one, "purposes"), i, purpose)
  {
    write_row(page, TEXT_PAGE_SHARE_PURPOSE,
              part_policy_word(page, POLICY_PURPOSE, str_from(json_string_value(purpose))));
  }
  write_row(page, TEXT_PAGE_SHARE_NECESSITY, json_text(json_object_get(one, "said"), "necessity"));
}

static void tell_lowering(struct page *page, const json_t *one)
{
  enum lang lang = page->html.lang;

  write_row(page, TEXT_PAGE_LOWER_FROM, word_level(json_text(one, "level"), lang));
  write_row(page, TEXT_PAGE_LOWER_TO, word_level(json_text(one, "to_level"), lang));
}

static void tell_relation(struct page *page, const json_t *one)
{
  write_to(page, json_object_get(one, "to"));
  write_row(page, TEXT_PAGE_RELATION,
            part_policy_word(page, POLICY_RELATION, json_text(one, "relation")));
  write_row(page, TEXT_PAGE_RELATION_EVIDENCE, json_text(one, "evidence"));
}

static void tell_named(struct page *page, const json_t *one)
{
  char text[WORD_INSTANT_MAX];

  write_row(page, TEXT_PAGE_NAMED_OFFICER, json_text(one, "officer"));
  write_row(page, TEXT_PAGE_NAMED_UNTIL, word_when(text, json_text(one, "until"), page->html.lang));
  if (json_text(one, "purpose").len > 0)
    write_row(page, TEXT_PAGE_NAMED_PURPOSE,
              part_policy_word(page, POLICY_PURPOSE, json_text(one, "purpose")));
  write_row(page, TEXT_PAGE_NAMED_REASON, json_text(one, "reason"));
}

static void tell_recipient(struct page *page, const json_t *one)
{
  write_to(page, one);
  write_row(page, TEXT_PAGE_AGE_KEY, json_text(one, "age_key"));
  write_row(page, TEXT_PAGE_FINGERPRINT, json_text(one, "fingerprint"));
  write_row(page, TEXT_PAGE_RECIPIENT_PHONE, json_text(one, "phone"));
}

static void tell_account(struct page *page, const json_t *one)
{
  write_row(page, TEXT_PAGE_NAME, json_text(one, "name"));
  write_row(page, TEXT_PAGE_USER, json_text(one, "user"));
  write_roles(page, one, "roles");
  write_roles(page, one, "roles_waiting");
}

/* ---- deciding ---- */

static void open_disclosure(struct page *page, const json_t *one)
{
  part_link_line(page, PAGE_DISCLOSURE, json_text(one, "id"), TEXT_PAGE_OPEN_IT);
}

static void open_lowering(struct page *page, const json_t *one)
{
  const struct str args[] = {json_text(one, "entry"), json_text(one, "id")};

  part_link_line_of(page, PAGE_LOWER, args, 2, TEXT_PAGE_OPEN_IT);
}

static void decide(struct page *page, enum page_id target, struct str id, struct str user)
{
  form_begin(page, target, id, false);
  if (user.len > 0) form_hidden(page, "user", user);
  form_decide(page);
  form_end(page);
}

static void decide_relation(struct page *page, const json_t *one)
{
  decide(page, PAGE_RELATION_DECIDE, json_text(one, "id"), (struct str){0});
}

static void decide_named(struct page *page, const json_t *one)
{
  decide(page, PAGE_NAMED_DECIDE, json_text(one, "id"), (struct str){0});
}

static void decide_deputy(struct page *page, const json_t *one)
{
  decide(page, PAGE_DEPUTY_DECIDE, json_text(one, "id"), (struct str){0});
}

static void decide_recipient(struct page *page, const json_t *one)
{
  decide(page, PAGE_RECIPIENT_DECIDE, json_text(one, "id"), (struct str){0});
}

static void decide_account(struct page *page, const json_t *one)
{
  decide(page, PAGE_ACCOUNT_DECIDE, json_text(one, "id"), json_text(one, "user"));
}

static const struct kind {
  const char *name;
  enum text_id title;
  void (*tell)(struct page *page, const json_t *one);
  void (*decide)(struct page *page, const json_t *one);
} kinds[] = {
  {"disclosure", TEXT_PAGE_WAITS_DISCLOSURE, tell_disclosure, open_disclosure},
  {"lowering", TEXT_PAGE_WAITS_LOWERING, tell_lowering, open_lowering},
  {"relation", TEXT_PAGE_WAITS_RELATION, tell_relation, decide_relation},
  {"named_worker", TEXT_PAGE_WAITS_NAMED, tell_named, decide_named},
  {"recipient", TEXT_PAGE_WAITS_RECIPIENT, tell_recipient, decide_recipient},
  {"account", TEXT_PAGE_WAITS_ACCOUNT, tell_account, decide_account},
  {"deputy", TEXT_PAGE_WAITS_DEPUTY, deputy_rows, decide_deputy},
};

/* Since when, how long that is, and whose word it takes. */
static void write_waiting(struct page *page, const json_t *one)
{
  struct html *html = &page->html;
  json_int_t hours = json_integer_value(json_object_get(one, "hours"));
  char text[WORD_INSTANT_MAX];
  json_t *role;
  size_t i;

  if (json_text(one, "since").len > 0) {
    part_row_begin(page, text_get(TEXT_PAGE_WAITS_SINCE, html->lang));
    html_text(html, word_when(text, json_text(one, "since"), html->lang));
    H(html, " (");
    html_number(html, (uint64_t)(hours < 48 ? hours : hours / 24));
    H(html, " ");
    html_say(html, hours < 48 ? TEXT_PAGE_WAITS_HOURS : TEXT_PAGE_WAITS_DAYS);
    H(html, ")");
    part_row_end(page);
  }
  part_row_begin(page, text_get(TEXT_PAGE_WAITS_FOR, html->lang));
  json_array_foreach(json_list(one, "for"), i, role)
  {
    if (i > 0) H(html, ", ");
    html_text(html, part_policy_word(page, POLICY_ROLE, str_from(json_string_value(role))));
  }
  part_row_end(page);
}

static void write_one(struct page *page, const json_t *one)
{
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    if (!str_is(json_text(one, "kind"), kinds[i].name)) continue;
    part_heading(page, text_get(kinds[i].title, page->html.lang));
    part_rows_begin(page);
    write_child(page, one);
    kinds[i].tell(page, one);
    write_row(page, TEXT_PAGE_ASKED_BY, json_text(one, "by"));
    write_waiting(page, one);
    part_rows_end(page);
    kinds[i].decide(page, one);
  }
}

void show_approvals(struct page *page)
{
  json_t *approvals = json_list(page->answer, "approvals"), *one;
  size_t i;

  part_done(page);
  if (json_array_size(approvals) == 0) part_inset(page, TEXT_PAGE_APPROVALS_NONE);
  json_array_foreach(approvals, i, one)
  {
    write_one(page, one);
  }
  part_more(page, PAGE_APPROVALS);
}

/* ---- the word ---- */

enum err ask_relation_decide(struct page *page)
{
  return form_decide_call(page, "/v1/relations/%1/approvals", on_relation_approve);
}

enum err ask_recipient_decide(struct page *page)
{
  return form_decide_call(page, "/v1/recipients/%1/approvals", on_recipient_approve);
}

/* A user name is personal: it does not stand in the page's address, as it does in the API's. */
enum err ask_account_decide(struct page *page)
{
  page->request->args[0] = form_get(&page->form, "user");
  return form_decide_call(page, "/v1/users/%1/approvals", on_user_confirm);
}

void show_decided(struct page *page)
{
  page_go(page, PAGE_APPROVALS, (struct str){0}, form_approves(page) ? "agreed" : "declined");
}

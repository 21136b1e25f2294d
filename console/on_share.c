/* Sharing with somebody outside, in steps: to whom; why and what; what exactly would leave and what
 * stays; then it is released, or waits for a second person. Each step carries what was typed, so it
 * works without a script and nothing is kept before the last one. It offers what some rule could
 * give this recipient, and decides nothing: the preview and the release are the same decision. */
#include <string.h>

#include "api/handlers.h"
#include "base/json.h"
#include "console/parts.h"
#include "console/share.h"
#include "console/values.h"
#include "register/value.h"

#define WORDS_MAX 128

static struct str typed(const struct page *page, const char *name)
{
  return str_trim(form_get(&page->form, name));
}

static bool is_among(struct str name, const char *const *names, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (str_is(name, names[i])) return true;
  return false;
}

void share_carry(struct page *page, unsigned parts)
{
  static const char *const own[] = {"mark", "once", "again"};
  static const char *const whom[] = {"recipient", "role", "to", "at", "means"};

  for (size_t i = 0; i < page->form.count; i++) {
    const struct form_field *field = &page->form.at[i];
    unsigned part = share_is_weighed(field->name) ? SHARE_WEIGHED : SHARE_SAID;

    if (is_among(field->name, own, sizeof own / sizeof own[0])) continue;
    if ((parts & part) == 0 && !is_among(field->name, whom, sizeof whom / sizeof whom[0])) continue;
    html_hidden(&page->html, field->name, field->value);
  }
}

/* ---- to whom ---- */

enum err ask_recipients(struct page *page)
{
  return page_call(
    page,
    &(struct page_call){.method = "GET", .path = "/v1/recipients", .handler = on_recipient_list});
}

/* `means` as POST /v1/disclosures takes it. */
static void write_choose(struct page *page, const json_t *one, const char *means,
                         enum text_id label)
{
  struct html *html = &page->html;

  form_begin(page, PAGE_SHARE_ASK, page->request->args[0], false);
  form_hidden(page, "recipient", json_text(one, "recipient"));
  form_hidden(page, "role", json_text(one, "role"));
  form_hidden(page, "to", json_text(one, "name"));
  form_hidden(page, "at", json_text(one, "organisation"));
  form_hidden(page, "means", str_from(means));
  H(html, "<button type=\"submit\" class=\"govuk-button app-button--small\">");
  html_say(html, label);
  H(html, " <span class=\"govuk-visually-hidden\">");
  html_text(html, json_text(one, "name"));
  H(html, "</span></button>");
  form_end(page);
}

static enum text_id state_of(const json_t *one)
{
  if (json_is_true(json_object_get(one, "ended"))) return TEXT_PAGE_RECIPIENT_ENDED;
  if (!json_is_true(json_object_get(one, "approved"))) return TEXT_PAGE_RECIPIENT_WAITS;
  if (json_is_true(json_object_get(one, "key_stopped"))) return TEXT_PAGE_RECIPIENT_STOPPED;
  if (json_object_get(one, "next") != NULL) return TEXT_PAGE_RECIPIENT_KEY_WAITS;
  if (!json_is_true(json_object_get(one, "has_key"))) return TEXT_PAGE_RECIPIENT_PAPER;
  return TEXT_PAGE_RECIPIENT_APPROVED;
}

struct str share_recipient_state(const struct page *page, const json_t *one)
{
  return text_get(state_of(one), page->html.lang);
}

/* A button for each means by which this recipient can be served; false: there is none. */
static bool write_means(struct page *page, const json_t *one)
{
  enum text_id state = state_of(one);
  bool is_open = state == TEXT_PAGE_RECIPIENT_APPROVED || state == TEXT_PAGE_RECIPIENT_KEY_WAITS ||
                 state == TEXT_PAGE_RECIPIENT_PAPER;

  if (!is_open) return false;
  if (json_is_true(json_object_get(one, "has_key")))
    write_choose(page, one, "package", TEXT_PAGE_SHARE_CHOOSE);
  else
    write_choose(page, one, "paper", TEXT_PAGE_SHARE_ON_PAPER);
  if (json_text(one, "phone").len > 0) write_choose(page, one, "spoken", TEXT_PAGE_SHARE_BY_PHONE);
  return true;
}

static void write_name(struct page *page, const json_t *one)
{
  struct html *html = &page->html;

  if (page->id == PAGE_SHARE) {
    html_text(html, json_text(one, "name"));
    return;
  }
  H(html, "<a class=\"govuk-link\" href=\"");
  page_address(html, PAGE_RECIPIENT, json_text(one, "recipient"));
  H(html, "\">");
  html_text(html, json_text(one, "name"));
  H(html, "</a>");
}

static void write_recipient(struct page *page, const json_t *one)
{
  struct html *html = &page->html;

  H(html, "<tr class=\"govuk-table__row\"><th scope=\"row\" class=\"govuk-table__header\">");
  write_name(page, one);
  H(html, "</th><td class=\"govuk-table__cell\">");
  html_text(html, json_text(one, "organisation"));
  H(html, "</td><td class=\"govuk-table__cell\">");
  html_text(html, part_policy_word(page, POLICY_ROLE, json_text(one, "role")));
  H(html, "</td><td class=\"govuk-table__cell\">");
  if (page->id != PAGE_SHARE || !write_means(page, one))
    html_text(html, share_recipient_state(page, one));
  H(html, "</td></tr>\n");
}

static void write_recipients(struct page *page)
{
  static const enum text_id columns[] = {TEXT_PAGE_NAME, TEXT_PAGE_ORGANISATION, TEXT_PAGE_ROLE,
                                         TEXT_PAGE_STATE};
  struct html *html = &page->html;
  json_t *recipients = json_list(page->answer, "recipients"), *one;
  size_t i;

  H(html, "<div class=\"app-scroll\" tabindex=\"0\"><table class=\"govuk-table\"><caption "
          "class=\"govuk-visually-hidden\">");
  html_say(html, TEXT_PAGE_RECIPIENTS);
  H(html, "</caption>");
  part_table_heads(page, columns, sizeof columns / sizeof columns[0]);
  json_array_foreach(recipients, i, one)
  {
    write_recipient(page, one);
  }
  H(html, "</tbody></table></div>\n");
}

void show_share(struct page *page)
{
  part_paragraph(page, TEXT_PAGE_SHARE_WHOM);
  if (json_array_size(json_list(page->answer, "recipients")) == 0)
    part_inset(page, TEXT_PAGE_RECIPIENTS_NONE);
  else
    write_recipients(page);
}

void show_recipients(struct page *page)
{
  part_done(page);
  if (json_array_size(json_list(page->answer, "recipients")) == 0)
    part_inset(page, TEXT_PAGE_RECIPIENTS_NONE);
  else
    write_recipients(page);
  part_link_line(page, PAGE_RECIPIENT_NEW, (struct str){0}, TEXT_PAGE_RECIPIENT_NEW);
}

/* ---- why and what ---- */

static struct fieldset reach(const struct page *page, uint8_t purpose)
{
  const struct policy *policy = reg_policy(page->request->op.reg);
  uint8_t role = policy_word(policy, POLICY_ROLE, form_get(&page->form, "role"));
  struct fieldset all = {{0, 0}};

  for (unsigned i = 1; i <= policy_word_count(policy, POLICY_RELATION); i++)
    all = fieldset_or(all, policy_reach(policy, role, (uint8_t)i, purpose));
  return all;
}

static size_t list_words(const struct page *page, enum policy_kind kind, struct choice *ret_choices)
{
  const struct policy *policy = reg_policy(page->request->op.reg);
  size_t count = 0;

  for (unsigned i = 1; i <= policy_word_count(policy, kind) && count < WORDS_MAX; i++) {
    uint8_t word = (uint8_t)i;

    if (kind == POLICY_PURPOSE && fieldset_is_empty(reach(page, word))) continue;
    ret_choices[count++] = part_policy_choice(page, kind, word);
  }
  return count;
}

static void write_select(struct page *page, enum policy_kind kind, const char *name,
                         enum text_id label, enum text_id hint)
{
  struct choice choices[WORDS_MAX];

  form_select(page, &(struct choices){.name = name,
                                      .label = label,
                                      .hint = hint,
                                      .at = choices,
                                      .count = list_words(page, kind, choices)});
}

/* Why a field needs more care than its neighbours. */
static struct str care(const struct page *page, uint8_t word)
{
  const struct policy *policy = reg_policy(page->request->op.reg);

  switch (policy_field_category(policy, word)) {
  case POLICY_PLAIN:
    break;
  case POLICY_LOCATING:
    return text_get(TEXT_PAGE_CARE_LOCATING, page->html.lang);
  case POLICY_SAFETY:
    return text_get(TEXT_PAGE_CARE_SAFETY, page->html.lang);
  case POLICY_SPECIAL:
    return text_get(TEXT_PAGE_CARE_SPECIAL, page->html.lang);
  }
  return (struct str){"", 0};
}

static bool is_by_hand(const struct page *page)
{
  struct str means = form_get(&page->form, "means");

  return means.len > 0 && !str_is(means, "package");
}

/* Free text leaves in packages alone. */
static struct fieldset without_texts(const struct policy *policy, struct fieldset offered)
{
  struct fieldset texts = {{0, 0}};

  for (enum field field = 0; field < FIELD_COUNT; field++)
    if (field_is_free_text(field))
      texts =
        fieldset_with(texts, policy_word(policy, POLICY_FIELD, str_from(field_row(field)->word)));
  return fieldset_less(offered, texts);
}

static void write_fields(struct page *page)
{
  const struct policy *policy = reg_policy(page->request->op.reg);
  struct choice choices[WORDS_MAX];
  struct fieldset offered = {{0, 0}};
  size_t count = 0;

  for (unsigned i = 1; i <= policy_word_count(policy, POLICY_PURPOSE); i++)
    offered = fieldset_or(offered, reach(page, (uint8_t)i));
  if (is_by_hand(page)) offered = without_texts(policy, offered);
  while (!fieldset_is_empty(offered) && count < WORDS_MAX) {
    uint8_t word = (uint8_t)fieldset_take(&offered);

    choices[count] = part_policy_choice(page, POLICY_FIELD, word);
    choices[count++].hint = care(page, word);
  }
  form_choices(page, &(struct choices){.name = "fields",
                                       .label = TEXT_PAGE_SHARE_FIELDS,
                                       .hint = is_by_hand(page) ? TEXT_PAGE_SHARE_FIELDS_BY_HAND
                                                                : TEXT_PAGE_SHARE_FIELDS_HINT,
                                       .at = choices,
                                       .count = count,
                                       .is_many = true});
}

static void write_grounds(struct page *page)
{
  static const struct input inputs[] = {
    {.name = "basis_text",
     .label = TEXT_PAGE_BASIS_TEXT,
     .hint = TEXT_PAGE_BASIS_TEXT_HINT,
     .type = "text",
     .width = 20},
    {.name = "necessity",
     .label = TEXT_PAGE_SHARE_NECESSITY,
     .hint = TEXT_PAGE_SHARE_NECESSITY_HINT,
     .type = NULL},
    {.name = "condition",
     .label = TEXT_PAGE_CONDITION,
     .hint = TEXT_PAGE_CONDITION_HINT,
     .type = "text"},
  };

  write_select(page, POLICY_PURPOSE, "purposes", TEXT_PAGE_SHARE_PURPOSE,
               TEXT_PAGE_SHARE_PURPOSE_HINT);
  write_select(page, POLICY_BASIS, "basis", TEXT_PAGE_BASIS, TEXT_NONE);
  for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
    form_input(page, &inputs[i]);
  write_select(page, POLICY_URGENCY, "urgency", TEXT_PAGE_URGENCY, TEXT_NONE);
}

static void write_order(struct page *page)
{
  const struct choice named = {.value = STR("yes"),
                               .label = text_get(TEXT_PAGE_ORDER_NAMES, page->html.lang)};

  form_choices(
    page, &(struct choices){
            .name = "order", .label = TEXT_PAGE_ORDER, .at = &named, .count = 1, .is_many = true});
}

void show_share_ask(struct page *page)
{
  form_begin(page, PAGE_SHARE_WEIGH, page->request->args[0], true);
  share_carry(page, SHARE_WEIGHED);
  part_rows_begin(page);
  part_row(page, text_get(TEXT_PAGE_SHARE_TO, page->html.lang), typed(page, "to"));
  part_row(page, text_get(TEXT_PAGE_ORGANISATION, page->html.lang), typed(page, "at"));
  part_rows_end(page);
  write_grounds(page);
  write_order(page);
  write_fields(page);
  form_button(page, TEXT_PAGE_WEIGH_GO);
  form_end(page);
  part_link_line(page, PAGE_SHARE, page->request->args[0], TEXT_PAGE_SHARE_OTHER);
}

/* ---- the call ---- */

static void put_fields(struct page *page, struct json *json)
{
  json_array_start(json);
  for (size_t i = 0; i < page->form.count; i++)
    if (str_is(page->form.at[i].name, "fields")) json_str(json, page->form.at[i].value);
  json_array_end(json);
}

static void put_basis(struct page *page, struct json *json)
{
  page_point(page, STR("/basis"), STR("basis"));
  page_point(page, STR("/basis/text"), STR("basis_text"));
  page_point(page, STR("/basis/special_category_condition"), STR("condition"));
  JSON_KEY(json, "basis");
  json_object_start(json);
  JSON_KEY(json, "kind");
  json_str(json, form_get(&page->form, "basis"));
  JSON_KEY(json, "text");
  json_str(json, typed(page, "basis_text"));
  if (typed(page, "condition").len > 0) {
    JSON_KEY(json, "special_category_condition");
    json_str(json, typed(page, "condition"));
  }
  if (form_has(&page->form, "order")) {
    JSON_KEY(json, "order_fields");
    put_fields(page, json);
  }
  json_object_end(json);
}

static void write_body(struct page *page, struct json *ret_json)
{
  page_body(page, ret_json);
  JSON_KEY(ret_json, "id");
  json_str(ret_json, page->request->args[0]);
  page_put(page, ret_json, "recipient");
  page_put(page, ret_json, "means");
  page_point(page, STR("/purposes"), STR("purposes"));
  JSON_KEY(ret_json, "purposes");
  json_array_start(ret_json);
  if (typed(page, "purposes").len > 0) json_str(ret_json, typed(page, "purposes"));
  json_array_end(ret_json);
  put_basis(page, ret_json);
  page_put(page, ret_json, "necessity");
  share_weighing_put(page, ret_json);
  page_put(page, ret_json, "urgency");
  page_point(page, STR("/fields"), STR("fields"));
  JSON_KEY(ret_json, "fields");
  put_fields(page, ret_json);
  json_object_end(ret_json);
}

enum err ask_share_preview(struct page *page)
{
  struct json body;

  write_body(page, &body);
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/disclosures/previews",
                                             .handler = on_disclosure_preview,
                                             .body = &body});
}

enum err ask_share(struct page *page)
{
  struct json body;

  write_body(page, &body);
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/disclosures",
                                             .handler = on_disclosure_make,
                                             .body = &body});
}

/* Refused: the step in which it can be mended. */
void show_share_again(struct page *page)
{
  struct str pointer = json_text(page->answer, "pointer");
  json_t *lacking = json_list(page->answer, "lacking");
  struct str first = str_from(json_string_value(json_array_get(lacking, 0)));
  struct str at = pointer.len > 0 ? pointer : first;

  for (size_t i = 0; i < page->point_count; i++) {
    struct str point = page->points[i].pointer;

    if (point.len > at.len || memcmp(point.ptr, at.ptr, point.len) != 0) continue;
    if (!share_is_weighed(page->points[i].input)) continue;
    show_share_weigh(page);
    return;
  }
  show_share_ask(page);
}

void show_shared(struct page *page)
{
  bool waits = str_is(json_text(page->answer, "state"), "pending");

  page_go(page, PAGE_DISCLOSURE, json_text(page->answer, "disclosure"),
          waits ? "share-waits" : "share");
}

/* Weighing what is to be shared, between saying what and why and seeing what would leave: the aim,
 * a question for each field, what else could do, and the harm on both sides. What was typed goes on
 * in hidden fields; the closed words are the register's (register/weighing.h). */
#include <string.h>

#include "base/json.h"
#include "console/parts.h"
#include "console/share.h"
#include "console/values.h"
#include "console/words.h"
#include "register/weighing.h"

#define OWN "weigh-"
enum { ALTERNATIVES = 3, WORDS_MAX = 16 };

bool share_is_weighed(struct str name)
{
  return name.len >= sizeof OWN - 1 && memcmp(name.ptr, OWN, sizeof OWN - 1) == 0;
}

/* OWN, what it is and of which: in the arena, for as long as the page. */
static const char *named(const struct page *page, const char *what, struct str of)
{
  size_t own = sizeof OWN - 1, n = strlen(what);
  char *name = arena_take(page->request->op.arena, own + n + of.len + 1);

  if (name == NULL) return OWN;
  memcpy(name, OWN, own);
  memcpy(name + own, what, n);
  memcpy(name + own + n, of.ptr, of.len);
  name[own + n + of.len] = '\0';
  return name;
}

static struct str digit(size_t i)
{
  static const char digits[] = "123456789";

  return (struct str){&digits[i], 1};
}

/* ---- the form ---- */

static void write_words(struct page *page, enum weighing_set set, const struct choices *like)
{
  struct choice all[WORDS_MAX];
  struct choices choices = *like;

  choices.at = all;
  choices.count = weighing_word_count(set);
  for (size_t i = 0; i < choices.count; i++) {
    uint8_t word = (uint8_t)(i + 1);

    all[i] = (struct choice){.value = weighing_code(set, word),
                             .label = text_get(weighing_text(set, word), page->html.lang)};
  }
  form_choices(page, &choices);
}

static void write_questions(struct page *page)
{
  H(&page->html, "<div id=\"" OWN "connection\">");
  form_group_begin(page, OWN "connection", TEXT_PAGE_WEIGH_CONNECTION,
                   TEXT_PAGE_WEIGH_CONNECTION_HINT);
  for (size_t i = 0; i < page->form.count; i++) {
    struct str field = page->form.at[i].value;

    if (!str_is(page->form.at[i].name, "fields")) continue;
    form_input(page, &(struct input){.name = named(page, "question-", field),
                                     .says = value_label(page, field),
                                     .type = "text"});
  }
  form_group_end(page);
  H(&page->html, "</div>\n");
}

static struct str filled(struct page *page, enum text_id id, struct str slot)
{
  struct str text = {"", 0};
  enum err err = text_fill(page->request->op.arena, &text, id, page->html.lang, &slot, 1);

  return err == OK ? text : slot;
}

static void write_alternative(struct page *page, size_t i)
{
  const struct choice tried = {.value = STR("yes"),
                               .label = filled(page, TEXT_PAGE_WEIGH_TRIED, digit(i))};

  form_input(page, &(struct input){.name = named(page, "option-", digit(i)),
                                   .says = filled(page, TEXT_PAGE_WEIGH_ALTERNATIVE, digit(i)),
                                   .hint = i == 0 ? TEXT_PAGE_WEIGH_ALTERNATIVE_HINT : TEXT_NONE,
                                   .type = "text"});
  form_check(page, named(page, "tried-", digit(i)), &tried);
  form_input(page, &(struct input){.name = named(page, "why-", digit(i)),
                                   .says = filled(page, TEXT_PAGE_WEIGH_WHY_NOT, digit(i)),
                                   .type = "text"});
}

static void write_balance(struct page *page)
{
  static const struct input texts[] = {
    {.name = OWN "view-why", .label = TEXT_PAGE_WEIGH_CHILD_VIEW_WHY, .type = "text"},
    {.name = OWN "harm-shared", .label = TEXT_PAGE_WEIGH_HARM_SHARED, .type = NULL},
    {.name = OWN "harm-unshared", .label = TEXT_PAGE_WEIGH_HARM_UNSHARED, .type = NULL},
  };

  write_words(page, WEIGHING_INTERFERENCE,
              &(struct choices){.name = OWN "interference", .label = TEXT_PAGE_WEIGH_INTERFERENCE});
  write_words(
    page, WEIGHING_AFFECTED,
    &(struct choices){.name = OWN "affected", .label = TEXT_PAGE_WEIGH_AFFECTED, .is_many = true});
  write_words(page, WEIGHING_CHILD_VIEW,
              &(struct choices){.name = OWN "view", .label = TEXT_PAGE_WEIGH_CHILD_VIEW});
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    form_input(page, &texts[i]);
  write_words(page, WEIGHING_MORE_HARM,
              &(struct choices){.name = OWN "more-harm", .label = TEXT_PAGE_WEIGH_MORE_HARM});
  write_words(page, WEIGHING_SAFEGUARD,
              &(struct choices){
                .name = OWN "safeguards", .label = TEXT_PAGE_WEIGH_SAFEGUARDS, .is_many = true});
}

void show_share_weigh(struct page *page)
{
  struct str id = page->request->args[0];

  part_paragraph(page, TEXT_PAGE_WEIGH_WHY);
  form_begin(page, PAGE_SHARE_PREVIEW, id, true);
  share_carry(page, SHARE_SAID);
  write_words(page, WEIGHING_AIM,
              &(struct choices){.name = OWN "aim", .label = TEXT_PAGE_WEIGH_AIM});
  form_input(page, &(struct input){
                     .name = OWN "aim-text", .label = TEXT_PAGE_WEIGH_AIM_TEXT, .type = "text"});
  write_questions(page);
  H(&page->html, "<div id=\"" OWN "alternatives\">");
  form_group_begin(page, OWN "alternatives", TEXT_PAGE_ALTERNATIVES, TEXT_NONE);
  for (size_t i = 0; i < ALTERNATIVES; i++)
    write_alternative(page, i);
  form_group_end(page);
  H(&page->html, "</div>\n");
  write_balance(page);
  form_day(page, OWN "review", TEXT_PAGE_WEIGH_REVIEW_BY, DAY_NONE);
  form_input(page, &(struct input){.name = OWN "judgement",
                                   .label = TEXT_PAGE_WEIGH_JUDGEMENT,
                                   .hint = TEXT_PAGE_WEIGH_JUDGEMENT_HINT,
                                   .type = NULL});
  form_button(page, TEXT_PAGE_SHARE_PREVIEW);
  form_end(page);
  form_begin(page, PAGE_SHARE_ASK, id, false);
  share_carry(page, SHARE_SAID | SHARE_WEIGHED);
  H(&page->html, "<button type=\"submit\" class=\"govuk-button govuk-button--secondary\">");
  html_say(&page->html, TEXT_PAGE_WEIGH_BACK);
  H(&page->html, "</button>");
  form_end(page);
}

/* ---- as JSON ---- */

static struct str typed(const struct page *page, const char *name)
{
  return str_trim(form_get(&page->form, name));
}

static void put_text(struct page *page, struct json *json, struct str key, const char *name)
{
  if (typed(page, name).len == 0) return;
  json_key(json, key);
  json_str(json, typed(page, name));
}

static void put_words(struct page *page, struct json *json, struct str key, const char *name)
{
  json_key(json, key);
  json_array_start(json);
  for (size_t i = 0; i < page->form.count; i++)
    if (str_is(page->form.at[i].name, name)) json_str(json, page->form.at[i].value);
  json_array_end(json);
}

static void put_questions(struct page *page, struct json *json)
{
  JSON_KEY(json, "connection");
  json_array_start(json);
  for (size_t i = 0; i < page->form.count; i++) {
    struct str field = page->form.at[i].value;
    struct str question;

    if (!str_is(page->form.at[i].name, "fields")) continue;
    question = typed(page, named(page, "question-", field));
    if (question.len == 0) continue;
    json_object_start(json);
    JSON_KEY(json, "field");
    json_str(json, field);
    JSON_KEY(json, "question");
    json_str(json, question);
    json_object_end(json);
  }
  json_array_end(json);
}

static void put_balance(struct page *page, struct json *json)
{
  JSON_KEY(json, "balance");
  json_object_start(json);
  put_text(page, json, STR("interference"), OWN "interference");
  put_words(page, json, STR("affected"), OWN "affected");
  put_text(page, json, STR("child_view"), OWN "view");
  put_text(page, json, STR("child_view_why"), OWN "view-why");
  put_text(page, json, STR("harm_if_shared"), OWN "harm-shared");
  put_text(page, json, STR("harm_if_not_shared"), OWN "harm-unshared");
  put_text(page, json, STR("more_harm_by_sharing"), OWN "more-harm");
  put_words(page, json, STR("safeguards"), OWN "safeguards");
  json_object_end(json);
}

static void put_alternatives(struct page *page, struct json *json)
{
  JSON_KEY(json, "alternatives");
  json_array_start(json);
  for (size_t i = 0; i < ALTERNATIVES; i++) {
    struct str option = typed(page, named(page, "option-", digit(i)));
    const char *why = named(page, "why-", digit(i));

    if (option.len == 0 && typed(page, why).len == 0) continue;
    json_object_start(json);
    JSON_KEY(json, "option");
    json_str(json, option);
    JSON_KEY(json, "tried");
    json_bool(json, form_has(&page->form, named(page, "tried-", digit(i))));
    put_text(page, json, STR("why_not"), why);
    json_object_end(json);
  }
  json_array_end(json);
}

void share_weighing_put(struct page *page, struct json *json)
{
  static const struct {
    const char *pointer, *input;
    enum text_id asks;
  } points[] = {
    {"/alternatives", OWN "alternatives", TEXT_PAGE_ALTERNATIVES},
    {"/proportionality/aim", OWN "aim", TEXT_PAGE_WEIGH_AIM},
    {"/proportionality/aim_text", OWN "aim-text", TEXT_PAGE_WEIGH_AIM_TEXT},
    {"/proportionality/connection", OWN "connection", TEXT_PAGE_WEIGH_CONNECTION},
    {"/proportionality/balance/interference", OWN "interference", TEXT_PAGE_WEIGH_INTERFERENCE},
    {"/proportionality/balance/affected", OWN "affected", TEXT_PAGE_WEIGH_AFFECTED},
    {"/proportionality/balance/child_view", OWN "view", TEXT_PAGE_WEIGH_CHILD_VIEW},
    {"/proportionality/balance/child_view_why", OWN "view-why", TEXT_PAGE_WEIGH_CHILD_VIEW_WHY},
    {"/proportionality/balance/harm_if_shared", OWN "harm-shared", TEXT_PAGE_WEIGH_HARM_SHARED},
    {"/proportionality/balance/harm_if_not_shared", OWN "harm-unshared",
     TEXT_PAGE_WEIGH_HARM_UNSHARED},
    {"/proportionality/balance/more_harm_by_sharing", OWN "more-harm", TEXT_PAGE_WEIGH_MORE_HARM},
    {"/proportionality/balance/safeguards", OWN "safeguards", TEXT_PAGE_WEIGH_SAFEGUARDS},
    {"/proportionality/review_by", OWN "review", TEXT_PAGE_WEIGH_REVIEW_BY},
    {"/proportionality/judgement", OWN "judgement", TEXT_PAGE_WEIGH_JUDGEMENT},
  };
  struct str day;

  for (size_t i = 0; i < sizeof points / sizeof points[0]; i++)
    page_point_asks(page, str_from(points[i].pointer), str_from(points[i].input), points[i].asks);
  put_alternatives(page, json);
  JSON_KEY(json, "proportionality");
  json_object_start(json);
  put_text(page, json, STR("aim"), OWN "aim");
  put_text(page, json, STR("aim_text"), OWN "aim-text");
  put_questions(page, json);
  put_balance(page, json);
  if (form_day_text(page, OWN "review", &day)) {
    JSON_KEY(json, "review_by");
    json_str(json, day);
  }
  put_text(page, json, STR("judgement"), OWN "judgement");
  json_object_end(json);
}

/* ---- shown back ---- */

static void show_text(struct page *page, enum text_id label, struct str text)
{
  if (text.len > 0) part_row(page, text_get(label, page->html.lang), text);
}

static struct str word_text(const struct page *page, enum weighing_set set, struct str code)
{
  return text_get(weighing_text(set, weighing_word(set, code)), page->html.lang);
}

static void show_word(struct page *page, enum text_id label, enum weighing_set set, struct str code)
{
  show_text(page, label, word_text(page, set, code));
}

static void show_words(struct page *page, enum text_id label, enum weighing_set set,
                       const json_t *codes)
{
  struct html *html = &page->html;

  if (json_array_size(codes) == 0) return;
  part_row_begin(page, text_get(label, html->lang));
  for (size_t i = 0; i < json_array_size(codes); i++) {
    if (i > 0) H(html, "<br>");
    html_text(html, word_text(page, set, str_from(json_string_value(json_array_get(codes, i)))));
  }
  part_row_end(page);
}

static void show_alternatives(struct page *page, const json_t *said)
{
  struct html *html = &page->html;
  json_t *alternatives = json_list(said, "alternatives"), *one;
  size_t i;

  json_array_foreach(alternatives, i, one)
  {
    part_row_begin(page, text_get(TEXT_PAGE_ALTERNATIVES, html->lang));
    html_text(html, json_text(one, "option"));
    if (json_is_true(json_object_get(one, "tried"))) {
      H(html, "<br>");
      html_text(html, filled(page, TEXT_PAGE_WEIGH_TRIED, digit(i)));
    }
    H(html, "<br>");
    html_text(html, json_text(one, "why_not"));
    part_row_end(page);
  }
}

static void show_questions(struct page *page, const json_t *weighed)
{
  struct html *html = &page->html;
  json_t *one;
  size_t i;

  part_row_begin(page, text_get(TEXT_PAGE_WEIGH_CONNECTION, html->lang));
  json_array_foreach(json_list(weighed, "connection"), i, one)
  {
    if (i > 0) H(html, "<br>");
    html_text(html, value_label(page, json_text(one, "field")));
    H(html, ": ");
    html_text(html, json_text(one, "question"));
  }
  part_row_end(page);
}

void share_weighing_show(struct page *page, const json_t *said)
{
  const json_t *weighed = json_object_get(said, "proportionality");
  const json_t *balance = json_object_get(weighed, "balance");
  char day[WORD_INSTANT_MAX];

  show_alternatives(page, said);
  if (weighed == NULL) return;
  show_word(page, TEXT_PAGE_WEIGH_AIM, WEIGHING_AIM, json_text(weighed, "aim"));
  show_text(page, TEXT_PAGE_WEIGH_AIM_TEXT, json_text(weighed, "aim_text"));
  show_questions(page, weighed);
  show_word(page, TEXT_PAGE_WEIGH_INTERFERENCE, WEIGHING_INTERFERENCE,
            json_text(balance, "interference"));
  show_words(page, TEXT_PAGE_WEIGH_AFFECTED, WEIGHING_AFFECTED, json_list(balance, "affected"));
  show_word(page, TEXT_PAGE_WEIGH_CHILD_VIEW, WEIGHING_CHILD_VIEW,
            json_text(balance, "child_view"));
  show_text(page, TEXT_PAGE_WEIGH_CHILD_VIEW_WHY, json_text(balance, "child_view_why"));
  show_text(page, TEXT_PAGE_WEIGH_HARM_SHARED, json_text(balance, "harm_if_shared"));
  show_text(page, TEXT_PAGE_WEIGH_HARM_UNSHARED, json_text(balance, "harm_if_not_shared"));
  show_word(page, TEXT_PAGE_WEIGH_MORE_HARM, WEIGHING_MORE_HARM,
            json_text(balance, "more_harm_by_sharing"));
  show_words(page, TEXT_PAGE_WEIGH_SAFEGUARDS, WEIGHING_SAFEGUARD,
             json_list(balance, "safeguards"));
  show_text(page, TEXT_PAGE_WEIGH_REVIEW_BY,
            word_when(day, json_text(weighed, "review_by"), page->html.lang));
  show_text(page, TEXT_PAGE_WEIGH_JUDGEMENT, json_text(weighed, "judgement"));
}

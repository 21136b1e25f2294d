/* One disclosure: what left, to whom, under which rules, what the recipient has to do, who agreed
 * or has to; and the package itself. Values are in the package alone. */
#include "api/handlers.h"
#include "base/json.h"
#include "console/frame.h"
#include "console/returned.h"
#include "console/share.h"
#include "console/values.h"
#include "console/words.h"
#include "register/recall.h"

enum err ask_disclosure(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "GET",
                                             .path = "/v1/disclosures/%1",
                                             .handler = on_disclosure_get,
                                             .args = {page->request->args[0]}});
}

/* ---- the receipt ---- */

static struct str state_text(const struct page *page)
{
  static const struct {
    const char *state;
    enum text_id text;
  } states[] = {
    {"pending", TEXT_PAGE_STATE_PENDING}, {"released", TEXT_PAGE_STATE_RELEASED},
    {"refused", TEXT_PAGE_STATE_REFUSED}, {"recalled", TEXT_PAGE_STATE_RECALLED},
    {"expired", TEXT_PAGE_STATE_EXPIRED}, {"comparing", TEXT_PAGE_STATE_COMPARING},
  };
  struct str state = json_text(page->answer, "state");

  for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
    if (str_is(state, states[i].state)) return text_get(states[i].text, page->html.lang);
  return state;
}

static bool has_left(const struct page *page)
{
  return json_text(page->answer, "expiry").len > 0;
}

static struct str word_recall(const json_t *recall, enum lang lang)
{
  enum recall_reason reason = recall_reason_parse(json_text(recall, "reason"));

  return text_get(recall_reason_text(reason), lang);
}

/* Who has spoken as the second person; of a deputy, in whose stead. */
static void write_second(struct page *page)
{
  enum lang lang = page->html.lang;
  const json_t *one;
  size_t i;

  json_array_foreach(json_list(page->answer, "second_person"), i, one)
  {
    bool agrees = json_is_true(json_object_get(one, "agrees"));

    part_row(page, text_get(agrees ? TEXT_PAGE_SECOND_AGREED : TEXT_PAGE_SECOND_DECLINED, lang),
             json_text(one, "by"));
    if (json_text(one, "deputy_for").len > 0)
      part_row(page, text_get(TEXT_PAGE_DEPUTY_COVERS, lang), json_text(one, "deputy_for"));
  }
}

static void write_who(struct page *page)
{
  json_t *to = json_object_get(page->answer, "to");
  enum lang lang = page->html.lang;
  char until[WORD_INSTANT_MAX];

  part_row(page, text_get(TEXT_PAGE_STATE, lang), state_text(page));
  part_row(page, text_get(TEXT_PAGE_SHARE_TO, lang), json_text(to, "name"));
  part_row(page, text_get(TEXT_PAGE_ORGANISATION, lang), json_text(to, "organisation"));
  part_row(page, text_get(TEXT_PAGE_ROLE, lang),
           part_policy_word(page, POLICY_ROLE, json_text(to, "role")));
  part_row(page, text_get(TEXT_PAGE_ASKED_BY, lang), json_text(page->answer, "by"));
  write_second(page);
  if (json_text(page->answer, "leaves_at").len > 0)
    part_row(page, text_get(TEXT_PAGE_LEAVES_ON, lang),
             word_when(until, json_text(page->answer, "leaves_at"), lang));
  part_row(page, text_get(TEXT_PAGE_UNTIL, lang),
           word_when(until, json_text(page->answer, has_left(page) ? "expiry" : "until"), lang));
}

static void write_recalled(struct page *page)
{
  json_t *recall = json_object_get(page->answer, "recall");
  enum lang lang = page->html.lang;
  char at[WORD_INSTANT_MAX];

  if (recall == NULL) return;
  part_row(page, text_get(TEXT_PAGE_RECALLED_WHY, lang), word_recall(recall, lang));
  part_row(page, text_get(TEXT_PAGE_RECALLED_AT, lang),
           word_when(at, json_text(recall, "at"), lang));
  part_row(page, text_get(TEXT_PAGE_RECALLED_BY, lang), json_text(recall, "by"));
}

static void write_why(struct page *page)
{
  json_t *said = json_object_get(page->answer, "said"), *one;
  enum lang lang = page->html.lang;
  size_t i;

  json_array_foreach(json_list(page->answer, "purposes"), i, one)
  {
    part_row(page, text_get(TEXT_PAGE_SHARE_PURPOSE, lang),
             part_policy_word(page, POLICY_PURPOSE, str_from(json_string_value(one))));
  }
  part_row(page, text_get(TEXT_PAGE_BASIS, lang),
           part_policy_word(page, POLICY_BASIS, json_text(page->answer, "basis")));
  if (said == NULL) return;
  part_row(page, text_get(TEXT_PAGE_BASIS_TEXT, lang), json_text(said, "basis"));
  part_row(page, text_get(TEXT_PAGE_SHARE_NECESSITY, lang), json_text(said, "necessity"));
  share_weighing_show(page, said);
}

static void write_leaves(struct page *page)
{
  struct html *html = &page->html;
  json_t *one;
  size_t i;

  part_heading(
    page, text_get(has_left(page) ? TEXT_PAGE_SHARE_LEFT : TEXT_PAGE_SHARE_LEAVES, html->lang));
  part_rows_begin(page);
  json_array_foreach(json_list(page->answer, "leaves"), i, one)
  {
    part_row_begin(page, value_label(page, json_text(one, "field")));
    html_text(html, part_policy_word(page, POLICY_FORM, json_text(one, "form")));
    H(html, ". ");
    html_say_with(html, TEXT_PAGE_RULE, json_text(one, "rule"));
    part_row_end(page);
  }
  part_rows_end(page);
}

static void write_package(struct page *page)
{
  struct html *html = &page->html;

  if (!json_is_true(json_object_get(page->answer, "package"))) return;
  part_heading(page, text_get(TEXT_PAGE_PACKAGE, html->lang));
  part_paragraph(page, TEXT_PAGE_PACKAGE_HOW);
  part_link_line(page, PAGE_PACKAGE, page->request->args[0], TEXT_PAGE_PACKAGE_FETCH);
  part_paragraph(page, TEXT_PAGE_PACKAGE_CHECK);
  H(html, "<pre class=\"app-code\" tabindex=\"0\" lang=\"zxx\">age -d -i KEY package.age > "
          "package.json\ncnis-verify proof --key custodian.pub --package package.json</pre>\n");
}

/* What is printed or read out; and to whom it was. */
static void write_paper(struct page *page)
{
  json_t *told = json_list(page->answer, "told"), *one;
  bool is_package = str_is(json_text(page->answer, "means"), "package");
  char at[WORD_INSTANT_MAX];
  size_t i;

  if (json_array_size(told) > 0) part_rows_begin(page);
  json_array_foreach(told, i, one)
  {
    part_row_begin(page, text_get(TEXT_PAGE_TOLD, page->html.lang));
    html_text(&page->html, json_text(one, "to"));
    H(&page->html, ", ");
    html_text(&page->html, word_when(at, json_text(one, "at"), page->html.lang));
    part_row_end(page);
  }
  if (json_array_size(told) > 0) part_rows_end(page);
  if (!is_package && str_is(json_text(page->answer, "state"), "released"))
    part_link_line(page, PAGE_PAPER, page->request->args[0], TEXT_PAGE_PAPER_OPEN);
}

static void write_decide(struct page *page)
{
  if (!json_is_true(json_object_get(page->answer, "may_decide"))) return;
  part_heading(page, text_get(TEXT_PAGE_YOUR_DECISION, page->html.lang));
  part_paragraph(page, TEXT_PAGE_YOUR_DECISION_WHAT);
  form_begin(page, PAGE_DISCLOSURE_DECIDE, page->request->args[0], false);
  form_decide(page);
  form_end(page);
}

static void write_compare(struct page *page)
{
  if (!json_is_true(json_object_get(page->answer, "may_compare"))) return;
  form_begin(page, PAGE_DISCLOSURE_COMPARE, page->request->args[0], false);
  form_button(page, TEXT_PAGE_COMPARE_AGAIN);
  form_end(page);
}

void show_disclosure(struct page *page)
{
  part_done(page);
  part_rows_begin(page);
  write_who(page);
  write_recalled(page);
  write_why(page);
  part_rows_end(page);
  if (!str_is(json_text(page->answer, "state"), "pending") &&
      json_text(page->answer, "waits").len > 0)
    part_inset_text(page, json_text(page->answer, "waits"));
  write_compare(page);
  write_leaves(page);
  if (json_is_true(json_object_get(page->answer, "text_compared")))
    part_inset(page, TEXT_PAGE_TEXT_COMPARED);
  part_withheld(page);
  part_obligations(page);
  part_approvals(page);
  write_package(page);
  write_paper(page);
  part_ticket(page);
  write_decide(page);
  returned_show(page);
  if (json_is_true(json_object_get(page->answer, "may_recall")))
    part_link_line(page, PAGE_RECALL, page->request->args[0], TEXT_PAGE_RECALL);
  if (json_text(page->answer, "entry").len == 0) return;
  part_link_line(page, PAGE_RECORD, json_text(page->answer, "entry"), TEXT_PAGE_TO_RECORD);
}

/* ---- the package ---- */

enum err ask_package(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "GET",
                                             .path = "/v1/disclosures/%1/package",
                                             .handler = on_disclosure_package,
                                             .args = {page->request->args[0]}});
}

/* ---- compared again ---- */

enum err ask_disclosure_compare(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/disclosures/%1/comparison",
                                             .handler = on_disclosure_compare,
                                             .args = {page->request->args[0]}});
}

void show_disclosure_compared(struct page *page)
{
  bool is_released = str_is(json_text(page->answer, "state"), "released");

  page_go(page, PAGE_DISCLOSURE, page->request->args[0], is_released ? "share" : NULL);
}

/* ---- the second person ---- */

enum err ask_disclosure_decide(struct page *page)
{
  return form_decide_call(page, "/v1/disclosures/%1/approvals", on_disclosure_approve);
}

void show_disclosure_decided(struct page *page)
{
  page_go(page, PAGE_DISCLOSURE, page->request->args[0],
          form_approves(page) ? "agreed" : "declined");
}

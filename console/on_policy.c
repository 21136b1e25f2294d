/* The policy in force: which it is, who signed it, and the way to its book. */
#include "api/handlers.h"
#include "console/book.h"
#include "console/parts.h"
#include "console/words.h"

/* The book has a style of its own inside it, and nothing else: no script, nothing from elsewhere.
 */
static const struct extra_header book_headers[] = {
  {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                              "form-action 'none'; frame-ancestors 'none'"},
};

enum err console_book(struct request *request)
{
  const struct reg *reg = request->op.reg;
  char digits[2 * POLICY_VERSION_BYTES];

  if (reg == NULL) return ERR_BUSY;
  hex_write(digits, reg_policy_version(reg), POLICY_VERSION_BYTES);
  request->extra = book_headers;
  request->extra_count = sizeof book_headers / sizeof book_headers[0];
  return book_write(reg_policy(reg), request->op.arena, request->op.lang,
                    (struct str){digits, sizeof digits}, &request->op.answer.body);
}

/* ---- the page ---- */

enum err ask_policy(struct page *page)
{
  return page_call(
    page, &(struct page_call){.method = "GET", .path = "/v1/policy", .handler = on_policy_state});
}

static void write_version(struct page *page, enum text_id label, struct str version)
{
  part_row_begin(page, text_get(label, page->html.lang));
  H(&page->html, "<code>");
  html_text(&page->html, version);
  H(&page->html, "</code>");
  part_row_end(page);
}

static void write_signers(struct page *page)
{
  json_t *one;
  size_t i;

  json_array_foreach(json_list(page->answer, "signed"), i, one)
  {
    part_row_begin(page, part_policy_word(page, POLICY_ROLE, json_text(one, "role")));
    html_text(&page->html, json_text(one, "name"));
    H(&page->html, " <code>");
    html_text(&page->html, json_text(one, "key"));
    H(&page->html, "</code>");
    part_row_end(page);
  }
}

/* The book is a document of its own, in the language of the page. */
static void write_book_link(struct page *page)
{
  struct html *html = &page->html;

  part_heading(page, text_get(TEXT_PAGE_POLICY_BOOK, html->lang));
  part_paragraph(page, TEXT_PAGE_POLICY_BOOK_WHAT);
  H(html, "<p class=\"govuk-body\"><a class=\"govuk-link\" href=\"/v1/policy/book?lang=");
  html_text(html, html->lang == LANG_CY ? STR("cy") : STR("en"));
  H(html, "\">");
  html_say(html, TEXT_PAGE_POLICY_BOOK_READ);
  H(html, "</a></p>\n");
}

/* For those who could call it off; the others are told only that it waits. */
static void write_calling_off(struct page *page)
{
  const json_t *calling = json_object_get(page->answer, "calling_off");
  enum lang lang = page->html.lang;

  if (json_text(calling, "asked_by").len > 0) {
    part_rows_begin(page);
    part_row(page, text_get(TEXT_PAGE_POLICY_OFF_BY, lang), json_text(calling, "asked_by"));
    part_rows_end(page);
  }
  if (!json_is_true(json_object_get(calling, "may_decide"))) return;
  part_paragraph(page, TEXT_PAGE_POLICY_OFF_HOW);
  if (json_is_true(json_object_get(calling, "takes_two")))
    part_paragraph(page, TEXT_PAGE_POLICY_OFF_TWO);
  form_begin(page, PAGE_POLICY_OFF, json_text(page->answer, "next"), false);
  form_button(page, TEXT_PAGE_POLICY_OFF);
  form_end(page);
}

enum err ask_policy_off(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "DELETE",
                                             .path = "/v1/policy/activations/%1",
                                             .handler = on_policy_call_off,
                                             .args = {page->request->args[0]}});
}

void show_policy_off(struct page *page)
{
  page_go(page, PAGE_POLICY, (struct str){0}, page->status == 202 ? "off-asked" : "called-off");
}

void show_policy(struct page *page)
{
  bool is_signed = json_array_size(json_list(page->answer, "signed")) > 0;
  struct str next = json_text(page->answer, "next");
  enum lang lang = page->html.lang;
  char since[WORD_INSTANT_MAX];

  part_done(page);
  part_paragraph(page, TEXT_PAGE_POLICY_WHAT);
  if (next.len > 0) part_inset(page, TEXT_PAGE_POLICY_WAITS);
  part_rows_begin(page);
  write_version(page, TEXT_PAGE_POLICY_VERSION, json_text(page->answer, "version"));
  if (is_signed)
    part_row(page, text_get(TEXT_PAGE_POLICY_SINCE, lang),
             word_when(since, json_text(page->answer, "since"), lang));
  write_signers(page);
  if (next.len > 0) write_version(page, TEXT_PAGE_POLICY_NEXT, next);
  part_rows_end(page);
  write_calling_off(page);
  if (!is_signed) part_inset(page, TEXT_PAGE_POLICY_UNSIGNED);
  if (!json_is_true(json_object_get(page->answer, "builtin")))
    part_paragraph(page, TEXT_PAGE_POLICY_NOT_BUILTIN);
  write_book_link(page);
}

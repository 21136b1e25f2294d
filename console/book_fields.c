/* The policy book: from register/fields.def the privacy notice per regime and source, the record of
 * processing, and a draft of the impact assessment that says what people must still decide. */
#include <stdio.h>
#include <string.h>

#include "console/book_parts.h"
#include "policy/regime.h"
#include "register/value.h"

/* ---- Privacy notice ---------------------------------------------------------------------------
 */

enum source { FAMILY = 1, BODIES = 2, AUTHORITY = 4 };

static const struct {
  enum source source;
  enum text_id title;
} source_titles[] = {
  {FAMILY, TEXT_BOOK_SOURCE_FAMILY},
  {BODIES, TEXT_BOOK_SOURCE_BODIES},
  {AUTHORITY, TEXT_BOOK_SOURCE_AUTHORITY},
};

static const struct {
  const char *power;
  unsigned sources;
} power_sources[] = {
#define S(power, sources) {power, sources},
#include "console/sources.def"
#undef S
};

static unsigned sources_of(const char *power)
{
  for (size_t i = 0; i < sizeof(power_sources) / sizeof(power_sources[0]); i++)
    if (strcmp(power_sources[i].power, power) == 0) return power_sources[i].sources;
  return AUTHORITY;
}

/* The policy word of a field; of a person slot that of the other adult, which is the stricter. */
static uint8_t word_of(const struct policy *policy, const struct field_row *row)
{
  char name[64];

  if (strncmp(row->word, "PERSON", 6) != 0)
    return policy_word(policy, POLICY_FIELD, str_from(row->word));
  (void)snprintf(name, sizeof(name), "other_parent%s", row->word + 6);
  return policy_word(policy, POLICY_FIELD, str_from(name));
}

static const struct {
  enum text_id from;
  unsigned months;
} keeps[] = {
#define R(id, months, from) [KEEP_##id] = {TEXT_BOOK_KEEP_##id, months},
#include "register/retain.def"
#undef R
};

static void kept(struct html *html, enum field_keep keep)
{
  char months[16];
  struct str slots[2], text = STR("");

  (void)snprintf(months, sizeof(months), "%u", keeps[keep].months);
  slots[0] = str_from(months);
  slots[1] = text_get(keeps[keep].from, html->lang);
  if (html->err == OK)
    html->err = text_fill(html->arena, &text, TEXT_BOOK_MONTHS, html->lang, slots, 2);
  if (html->err == OK) html_text(html, text);
}

static enum text_id must_give(const struct regime *regime, const struct field_row *row,
                              struct str word)
{
  if (!regime_field_has_power(regime, str_from(row->power), word)) return TEXT_BOOK_NOT_TAKEN;
  return regime_is_voluntary(regime, str_from(row->power)) ? TEXT_BOOK_VOLUNTARY
                                                           : TEXT_BOOK_REQUIRED;
}

static void notice_row(struct book *book, const struct regime *regime, const struct field_row *row,
                       uint8_t word)
{
  struct html *html = &book->html;

  H(html, "<tr><th scope=\"row\">");
  book_word(book, POLICY_FIELD, word);
  H(html, "</th><td>");
  html_text(html, str_from(row->power));
  H(html, "</td><td>");
  html_say(html, must_give(regime, row, policy_word_name(book->policy, POLICY_FIELD, word)));
  H(html, "</td><td>");
  kept(html, row->keep);
  H(html, "</td><td>");
  book_words(book, POLICY_ROLE, book_roles_for(book, word));
  H(html, "</td></tr>\n");
}

/* A word that several fields share stands once for one power. */
static void notice_of_source(struct book *book, const struct regime *regime, enum source source)
{
  struct fieldset told = {{0, 0}};

  book_table(book, BOOK_COLUMNS(TEXT_BOOK_FIELD, TEXT_BOOK_POWER, TEXT_BOOK_MUST, TEXT_BOOK_KEPT,
                                TEXT_BOOK_MAY_GET));
  for (enum field field = 0; field < FIELD_COUNT; field++) {
    const struct field_row *row = field_row(field);
    uint8_t word = word_of(book->policy, row);

    if (word == POLICY_NO_WORD || (sources_of(row->power) & source) == 0) continue;
    if (!fieldset_has(told, word)) notice_row(book, regime, row, word);
    told = fieldset_with(told, word);
  }
  book_table_end(book);
}

void book_notices(struct book *book)
{
  struct html *html = &book->html;

  for (unsigned i = 0; i < policy_regime_count(book->policy); i++) {
    const struct regime *regime = policy_regime_at(book->policy, i);

    H(html, "<h2 class=\"page\">");
    html_say_with(html, TEXT_BOOK_NOTICE, regime_title(regime, html->lang));
    H(html, "</h2>\n");
    if (!regime_claims_duty(regime)) book_paragraph(book, TEXT_BOOK_NOTICE_NO_DUTY);
    for (size_t j = 0; j < sizeof(source_titles) / sizeof(source_titles[0]); j++) {
      H(html, "<h3>");
      html_say(html, source_titles[j].title);
      H(html, "</h3>\n");
      notice_of_source(book, regime, source_titles[j].source);
    }
  }
}

/* ---- Record of processing ---------------------------------------------------------------------
 */

/* Who may get what for a purpose, over every grant that names it. */
static void gather(const struct book *book, uint8_t purpose, uint64_t *ret_roles,
                   struct fieldset *ret_fields)
{
  *ret_roles = 0;
  *ret_fields = (struct fieldset){{0, 0}};
  for (uint16_t rule = 1; rule <= book_rule_count(book->policy); rule++) {
    struct policy_named named;

    if (policy_rule_sort(book->policy, rule) != POLICY_SORT_GRANT) continue;
    policy_rule_named_by(book->policy, &named, rule);
    if ((named.purposes & POLICY_BIT(purpose)) == 0) continue;
    *ret_roles |= named.roles;
    *ret_fields = fieldset_or(*ret_fields, named.fields);
  }
}

void book_processing(struct book *book)
{
  struct html *html = &book->html;

  book_heading(book, TEXT_BOOK_PROCESSING);
  book_paragraph(book, TEXT_BOOK_CONTROLLER);
  book_paragraph(book, TEXT_BOOK_SECURITY);
  book_table(
    book, BOOK_COLUMNS(TEXT_BOOK_PURPOSE, TEXT_BOOK_BASIS, TEXT_BOOK_RECIPIENT, TEXT_BOOK_GROUPS));
  for (uint8_t purpose = 1; purpose <= book_word_count(book->policy, POLICY_PURPOSE); purpose++) {
    struct fieldset fields;
    uint64_t roles;

    gather(book, purpose, &roles, &fields);
    if (roles == 0) continue;
    H(html, "<tr><th scope=\"row\">");
    book_word(book, POLICY_PURPOSE, purpose);
    H(html, "</th><td>");
    book_words(book, POLICY_BASIS, policy_bases_of(book->policy, purpose));
    H(html, "</td><td>");
    book_words(book, POLICY_ROLE, roles);
    H(html, "</td><td>");
    book_fields(book, fields, NULL);
    H(html, "</td></tr>\n");
  }
  book_table_end(book);
}

/* ---- Impact assessment ------------------------------------------------------------------------
 */

static void count_line(struct book *book)
{
  const struct policy *policy = book->policy;
  struct fieldset held =
    fieldset_or(policy_fields_of(policy, POLICY_LOCATING), policy_fields_of(policy, POLICY_SAFETY));
  unsigned grants = 0, purposes = 0;
  unsigned counts[4];
  char digits[4][16];
  struct str slots[4], text = STR("");
  struct html *html = &book->html;

  for (uint16_t rule = 1; rule <= book_rule_count(policy); rule++)
    grants += policy_rule_sort(policy, rule) == POLICY_SORT_GRANT;
  for (uint8_t purpose = 1; purpose <= book_word_count(policy, POLICY_PURPOSE); purpose++)
    purposes += policy_bases_of(policy, purpose) != 0;
  counts[0] = policy_word_count(policy, POLICY_FIELD);
  counts[1] = grants;
  counts[2] = purposes;
  counts[3] = fieldset_count(held);
  for (size_t i = 0; i < 4; i++) {
    (void)snprintf(digits[i], sizeof(digits[i]), "%u", counts[i]);
    slots[i] = str_from(digits[i]);
  }
  if (html->err == OK)
    html->err = text_fill(html->arena, &text, TEXT_BOOK_DPIA_NEED_1, html->lang, slots, 4);
  if (html->err != OK) return;
  H(html, "<p>");
  html_text(html, text);
  H(html, "</p>\n");
}

static void risks(struct book *book)
{
  static const enum text_id pairs[][2] = {
    {TEXT_BOOK_RISK_1, TEXT_BOOK_MEASURE_1}, {TEXT_BOOK_RISK_2, TEXT_BOOK_MEASURE_2},
    {TEXT_BOOK_RISK_3, TEXT_BOOK_MEASURE_3}, {TEXT_BOOK_RISK_4, TEXT_BOOK_MEASURE_4},
    {TEXT_BOOK_RISK_5, TEXT_BOOK_MEASURE_5}, {TEXT_BOOK_RISK_6, TEXT_BOOK_MEASURE_6},
  };
  struct html *html = &book->html;

  book_table(book, BOOK_COLUMNS(TEXT_BOOK_RISK, TEXT_BOOK_MEASURE));
  for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
    H(html, "<tr><th scope=\"row\">");
    html_say(html, pairs[i][0]);
    H(html, "</th><td>");
    html_say(html, pairs[i][1]);
    H(html, "</td></tr>\n");
  }
  book_table_end(book);
}

static void title(struct book *book, enum text_id id)
{
  H(&book->html, "<h3>");
  html_say(&book->html, id);
  H(&book->html, "</h3>\n");
}

void book_assessment(struct book *book)
{
  struct html *html = &book->html;

  book_heading(book, TEXT_BOOK_DPIA);
  book_paragraph(book, TEXT_BOOK_DPIA_WHAT);
  title(book, TEXT_BOOK_DPIA_NEED);
  count_line(book);
  book_paragraph(book, TEXT_BOOK_DPIA_NEED_2);
  title(book, TEXT_BOOK_DPIA_RISKS);
  risks(book);
  title(book, TEXT_BOOK_OPEN);
  H(html, "<ol>\n");
  for (unsigned id = TEXT_BOOK_OPEN_1; id <= TEXT_BOOK_OPEN_7; id++) {
    H(html, "<li>");
    html_say(html, (enum text_id)id);
    H(html, "<p class=\"line\"></p></li>\n");
  }
  H(html, "</ol>\n");
}

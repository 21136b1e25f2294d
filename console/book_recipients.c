/* The policy book: a page for each recipient, and what a parent can expect. */
#include <stdio.h>

#include "console/book_parts.h"
#include "policy/regime.h"

static bool names_role(const struct policy_named *named, uint8_t role)
{
  return (named->roles & POLICY_BIT(role & 63)) != 0;
}

unsigned book_grants_of(const struct book *book, uint8_t role)
{
  unsigned count = 0;

  for (uint16_t rule = 1; rule <= book_rule_count(book->policy); rule++) {
    struct policy_named named;

    policy_rule_named_by(book->policy, &named, rule);
    count += policy_rule_sort(book->policy, rule) == POLICY_SORT_GRANT && names_role(&named, role);
  }
  return count;
}

uint64_t book_roles_for(const struct book *book, uint8_t field)
{
  uint64_t roles = 0;

  for (uint16_t rule = 1; rule <= book_rule_count(book->policy); rule++) {
    struct policy_named named;

    if (policy_rule_sort(book->policy, rule) != POLICY_SORT_GRANT) continue;
    policy_rule_named_by(book->policy, &named, rule);
    if (fieldset_has(named.fields, field)) roles |= named.roles;
  }
  return roles;
}

static void line(struct book *book, enum text_id what)
{
  H(&book->html, "<dt>");
  html_say(&book->html, what);
  H(&book->html, "</dt><dd>");
}

static void words_line(struct book *book, enum text_id what, enum policy_kind kind, uint64_t words)
{
  line(book, what);
  book_words(book, kind, words);
  H(&book->html, "</dd>\n");
}

static void text_line(struct book *book, enum text_id what, struct str text)
{
  line(book, what);
  html_text(&book->html, text);
  H(&book->html, "</dd>\n");
}

static void waits_line(struct book *book, enum text_id what, uint8_t role, uint8_t relation,
                       uint8_t purpose, bool when_shielded)
{
  uint64_t approvers = 0;

  for (uint16_t rule = 1; rule <= book_rule_count(book->policy); rule++)
    if (policy_waits_for(book->policy, rule, role, relation, purpose, when_shielded))
      approvers |= policy_rule_approvers(book->policy, rule);
  if (approvers != 0) words_line(book, what, POLICY_ROLE, approvers);
}

static void relation_line(struct book *book, const struct policy_named *named)
{
  if (!named->any_relation) {
    words_line(book, TEXT_BOOK_RELATION, POLICY_RELATION, named->relations);
    return;
  }
  line(book, TEXT_BOOK_RELATION);
  html_say(&book->html, TEXT_BOOK_ANY_RELATION);
  H(&book->html, "</dd>\n");
}

static void duties_lines(struct book *book, uint8_t role, uint8_t relation, uint8_t purpose)
{
  uint64_t always = policy_duties_of(book->policy, role, relation, purpose, false);
  uint64_t shielded = policy_duties_of(book->policy, role, relation, purpose, true);

  words_line(book, TEXT_BOOK_COMES_WITH, POLICY_OBLIGATION, always);
  if (shielded != 0)
    words_line(book, TEXT_BOOK_WHEN_SHIELDED, POLICY_OBLIGATION, shielded & ~always);
}

static void grant(struct book *book, uint16_t rule, const struct policy_named *named, uint8_t role)
{
  const struct policy *policy = book->policy;
  uint8_t relation = (uint8_t)__builtin_ctzll(named->relations);
  uint8_t purpose = (uint8_t)__builtin_ctzll(named->purposes);

  H(&book->html, "<h4>");
  html_text(&book->html, policy_rule_id(policy, rule));
  H(&book->html, "</h4>\n<p>");
  html_text(&book->html, policy_rule_why(policy, rule, book->html.lang));
  H(&book->html, "</p>\n<dl>\n");
  words_line(book, TEXT_BOOK_PURPOSE, POLICY_PURPOSE, named->purposes);
  relation_line(book, named);
  words_line(book, TEXT_BOOK_BASIS, POLICY_BASIS, policy_bases_of(policy, purpose));
  text_line(book, TEXT_BOOK_LAW, policy_rule_law(policy, rule));
  line(book, TEXT_BOOK_FIELDS);
  if (named->only_order_fields) html_say(&book->html, TEXT_BOOK_ORDER_ONLY);
  if (named->is_break_glass) html_say(&book->html, TEXT_BOOK_BREAKS_GLASS);
  book_fields(book, named->fields, named->form);
  H(&book->html, "</dd>\n");
  duties_lines(book, role, relation, purpose);
  waits_line(book, TEXT_BOOK_WAITS_FOR, role, relation, purpose, false);
  waits_line(book, TEXT_BOOK_WAITS_SHIELDED, role, relation, purpose, true);
  text_line(book, TEXT_BOOK_OWNER, policy_rule_owner_text(policy, rule, book->html.lang));
  line(book, TEXT_BOOK_REVIEW);
  book_day(book, policy_rule_review(policy, rule));
  H(&book->html, "</dd></dl>\n");
}

static void recipient(struct book *book, uint8_t role)
{
  struct fieldset never = policy_all_fields(book->policy);

  H(&book->html, "<section class=\"page\"><h3>");
  book_word(book, POLICY_ROLE, role);
  H(&book->html, "</h3>\n");
  book_paragraph(book,
                 policy_role_is_staff(book->policy, role) ? TEXT_BOOK_STAFF : TEXT_BOOK_OUTSIDE);
  for (uint16_t rule = 1; rule <= book_rule_count(book->policy); rule++) {
    struct policy_named named;

    if (policy_rule_sort(book->policy, rule) != POLICY_SORT_GRANT) continue;
    policy_rule_named_by(book->policy, &named, rule);
    if (!names_role(&named, role)) continue;
    grant(book, rule, &named, role);
    never = fieldset_less(never, named.fields);
  }
  H(&book->html, "<h4>");
  html_say(&book->html, TEXT_BOOK_NEVER);
  H(&book->html, "</h4>\n");
  book_fields(book, never, NULL);
  H(&book->html, "</section>\n");
}

void book_recipients(struct book *book)
{
  book_heading(book, TEXT_BOOK_RECIPIENTS);
  for (uint8_t role = 1; role <= book_word_count(book->policy, POLICY_ROLE); role++)
    if (book_grants_of(book, role) > 0) recipient(book, role);
}

/* ---- What a parent can expect -----------------------------------------------------------------
 */

/* Purposes that rest on nothing: no rule opens anything for them. */
static uint64_t barred(const struct policy *policy)
{
  uint64_t purposes = 0;

  for (uint8_t purpose = 1; purpose <= book_word_count(policy, POLICY_PURPOSE); purpose++)
    if (policy_bases_of(policy, purpose) == 0) purposes |= POLICY_BIT(purpose);
  return purposes;
}

static void what_a_parent_gets(struct book *book)
{
  const struct policy *policy = book->policy;
  uint64_t parent = POLICY_BIT(policy_word(policy, POLICY_ROLE, STR("parent")));
  uint64_t resident = POLICY_BIT(policy_word(policy, POLICY_RELATION, STR("resident")));

  H(&book->html, "<h3>");
  html_say(&book->html, TEXT_BOOK_PARENT_GETS);
  H(&book->html, "</h3>\n");
  for (uint16_t rule = 1; rule <= book_rule_count(policy); rule++) {
    struct policy_named named;

    policy_rule_named_by(policy, &named, rule);
    if (policy_rule_sort(policy, rule) != POLICY_SORT_GRANT || (named.roles & parent) == 0 ||
        (named.relations & resident) == 0)
      continue;
    H(&book->html, "<p>");
    html_text(&book->html, policy_rule_why(policy, rule, book->html.lang));
    H(&book->html, "</p>\n");
    book_fields(book, named.fields, named.form);
  }
}

/* How long an answer may take, as each regime has it. */
static void months_to_answer(struct book *book)
{
  for (unsigned i = 0; i < policy_regime_count(book->policy); i++) {
    const struct regime *regime = policy_regime_at(book->policy, i);
    char digits[16];
    int months;

    if (!regime_number(regime, STR("subject_access_months"), &months)) continue;
    (void)snprintf(digits, sizeof(digits), "%d", months);
    H(&book->html, "<p>");
    html_text(&book->html, regime_title(regime, book->html.lang));
    H(&book->html, ". ");
    html_say_with(&book->html, TEXT_BOOK_PARENT_MONTHS, str_from(digits));
    H(&book->html, "</p>\n");
  }
}

void book_parent(struct book *book)
{
  book_heading(book, TEXT_BOOK_PARENT);
  for (unsigned id = TEXT_BOOK_PARENT_1; id <= TEXT_BOOK_PARENT_6; id++)
    book_paragraph(book, (enum text_id)id);
  months_to_answer(book);
  what_a_parent_gets(book);
  H(&book->html, "<h3>");
  html_say(&book->html, TEXT_BOOK_PARENT_BARRED);
  H(&book->html, "</h3>\n<p>");
  book_words(book, POLICY_PURPOSE, barred(book->policy));
  H(&book->html, "</p>\n");
}

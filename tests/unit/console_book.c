/* The policy book says what the rules say, all of it, in both languages. */
#include <criterion/criterion.h>

#include "console/book.h"
#include "policy/regime.h"
#include "policy/tell.h"
#include "tests/unit/policy_world.h"

static struct policy *policy;
static struct arena *arena;
static struct str book[2];

static void make(void)
{
  policy = builtin_policy();
  cr_assert_eq(arena_new(&arena, 64u << 20), OK);
  cr_assert_eq(book_write(policy, arena, LANG_EN, STR("0123abcd"), &book[LANG_EN]), OK);
  cr_assert_eq(book_write(policy, arena, LANG_CY, STR("0123abcd"), &book[LANG_CY]), OK);
}
static void drop(void)
{
  arena_free(&arena);
  policy_free(&policy);
}
TestSuite(book, .init = make, .fini = drop);

/* How often a text stands in a part of the book, as HTML writes it. */
static unsigned count(struct str part, struct str text)
{
  char escaped[1024];
  size_t n = 0;
  unsigned found = 0;

  for (size_t i = 0; i < text.len; i++) {
    bool is_quote = text.ptr[i] == '\'';

    cr_assert_lt(n + 6, sizeof(escaped));
    n += (size_t)snprintf(escaped + n, sizeof(escaped) - n, is_quote ? "&#39;" : "%c", text.ptr[i]);
  }
  for (const char *at = part.ptr; (at = memmem(at, (size_t)(part.ptr + part.len - at), escaped, n));
       at += n)
    found++;
  return found;
}

/* From one mark to the next of the same kind. */
static struct str part_from(struct str text, const char *mark, unsigned which)
{
  const char *at = text.ptr, *end = text.ptr + text.len, *next;

  for (unsigned i = 0; at != NULL && i <= which; i++)
    at = memmem(at + (i > 0), (size_t)(end - at) - (i > 0), mark, strlen(mark));
  if (at == NULL) return (struct str){text.ptr, 0};
  next = memmem(at + 1, (size_t)(end - at) - 1, mark, strlen(mark));
  return (struct str){at, (size_t)((next == NULL ? end : next) - at)};
}

Test(book, has_every_rule_with_its_sentence_in_its_language)
{
  for (unsigned lang = 0; lang < 2; lang++)
    for (uint16_t rule = 1; rule <= policy_rule_count(policy); rule++) {
      enum policy_sort sort = policy_rule_sort(policy, rule);
      struct str id = policy_rule_id(policy, rule);

      if (sort == POLICY_SORT_FIT || sort == POLICY_SORT_OBLIGE || sort == POLICY_SORT_OTHERWISE)
        continue;
      cr_assert_gt(count(book[lang], policy_rule_why(policy, rule, (enum lang)lang)), 0, "%.*s",
                   (int)id.len, id.ptr);
      cr_assert_gt(count(book[lang], policy_rule_law(policy, rule)), 0, "%.*s", (int)id.len,
                   id.ptr);
    }
}

/* The page of each recipient names the grants of that recipient, and no others. */
Test(book, gives_each_recipient_a_page_with_its_grants_alone)
{
  unsigned page = 0;

  for (uint8_t role = 1; role <= policy_word_count(policy, POLICY_ROLE); role++) {
    struct str text = part_from(book[LANG_EN], "<section class=\"page\">", page);
    bool has_any = false;

    for (uint16_t rule = 1; rule <= policy_rule_count(policy); rule++) {
      struct policy_named named;
      char mark[32];
      struct str id = policy_rule_id(policy, rule);
      bool is_its;

      if (policy_rule_sort(policy, rule) != POLICY_SORT_GRANT) continue;
      policy_rule_named_by(policy, &named, rule);
      is_its = (named.roles & POLICY_BIT(role)) != 0;
      has_any = has_any || is_its;
      snprintf(mark, sizeof(mark), "<h4>%.*s</h4>", (int)id.len, id.ptr);
      if (is_its) cr_assert(memmem(text.ptr, text.len, mark, strlen(mark)) != NULL, "%s", mark);
    }
    if (!has_any) continue;
    cr_assert_eq(count(text, policy_word_text(policy, POLICY_ROLE, role, LANG_EN)) > 0, true);
    page++;
  }
  cr_assert_eq(part_from(book[LANG_EN], "<section class=\"page\">", page).len, 0);
}

Test(book, names_who_answers_for_a_rule_in_its_language)
{
  for (uint16_t rule = 1; rule <= policy_rule_count(policy); rule++) {
    struct str cy = policy_rule_owner_text(policy, rule, LANG_CY);
    struct str id = policy_rule_id(policy, rule);

    cr_assert(!str_equal(cy, policy_rule_owner(policy, rule)), "%.*s: the owner is no role",
              (int)id.len, id.ptr);
  }
  cr_assert_eq(count(book[LANG_CY], STR("data-protection officer")), 0);
}

Test(book, says_the_forms_the_duties_and_who_is_waited_for)
{
  cr_assert_gt(count(book[LANG_EN], STR("Date of birth <em>(Age in years)</em>")), 0);
  cr_assert_gt(count(book[LANG_CY], STR("Dyddiad geni <em>(Oed mewn blynyddoedd)</em>")), 0);
  cr_assert_eq(policy_duties_of(policy, word(policy, POLICY_ROLE, "police_officer"),
                                word(policy, POLICY_RELATION, "named_case"),
                                word(policy, POLICY_PURPOSE, "immediate_protection"), false) &
                 POLICY_BIT(word(policy, POLICY_OBLIGATION, "expire_28_days")),
               0, "break-glass ends sooner");
  cr_assert(policy_waits_for(policy, policy_rule_named(policy, STR("A-02")),
                             word(policy, POLICY_ROLE, "attendance_officer"),
                             word(policy, POLICY_RELATION, "assigned"),
                             word(policy, POLICY_PURPOSE, "school_attendance_order"), false));
}

Test(book, has_a_privacy_notice_for_every_regime)
{
  for (unsigned lang = 0; lang < 2; lang++)
    for (unsigned i = 0; i < policy_regime_count(policy); i++)
      cr_assert_gt(count(book[lang], regime_title(policy_regime_at(policy, i), (enum lang)lang)),
                   1);
  cr_assert_gt(count(book[LANG_EN], STR("not taken in: no power under this regime")), 0);
}

Test(book, has_the_same_shape_in_both_languages)
{
  static const char *const marks[] = {"<section", "<h2", "<h3", "<h4", "<table>", "<tr>", "<li>"};

  for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
    cr_assert_eq(count(book[LANG_EN], str_from(marks[i])), count(book[LANG_CY], str_from(marks[i])),
                 "%s", marks[i]);
}

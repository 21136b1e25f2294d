/* What a changed policy would show of a shielded child, one kind of loss a row: each row changes
 * one file, and the loss that is named is the one that the change brings. */
#include <criterion/criterion.h>

#include "policy/compare.h"
#include "tests/unit/policy_world.h"

#define FILES_MAX 256
#define WORDS "vocabulary.json"

static const struct {
  const char *file, *find, *put;
  enum policy_loss loss;
  enum policy_kind kind;
  const char *word; /* "": none is named */
  const char *role; /* who would gain by it; "": whoever it is */
} lost[] = {
  {WORDS, "\"name\": \"urgent\"", "\"name\": \"pressing\"", POLICY_LOSS_WORD, POLICY_URGENCY,
   "urgent", ""},
  {WORDS, "\"gp_practice\", \"group\": \"health\", \"category\": \"@locating\"",
   "\"gp_practice\", \"group\": \"health\", \"category\": \"plain\"", POLICY_LOSS_CATEGORY,
   POLICY_FIELD, "gp_practice", ""},
  {WORDS, "\"en\": \"Of the authority the child moves to\", \"confirmed\": true",
   "\"en\": \"Of the authority the child moves to\"", POLICY_LOSS_PERSONS, POLICY_RELATION,
   "receiving", ""},
  {"rules/W-04a.json", "\"second_person\": true", "\"second_person\": false", POLICY_LOSS_ACT,
   POLICY_ACT, "lower_protection", "safeguarding_lead"},
  {"rules/F-05.json", "\"@locating\", \"@safety\"", "\"@locating\"", POLICY_LOSS_FIELD,
   POLICY_FIELD, "shield_exists", NULL},
  {"rules/G-12.json", "\"date_of_birth:age_in_years\"", "\"date_of_birth\"", POLICY_LOSS_FORM,
   POLICY_FIELD, "date_of_birth", "welsh_ministers_official"},
  {"rules/A-05.json", "\"contact_protected\", \"hidden\"", "\"hidden\"", POLICY_LOSS_APPROVAL,
   POLICY_FIELD, "child_name", "other_la_safeguarding_lead"},
  {"rules/O-01.json", "\"research\"", "\"research\", \"direct_care\"", POLICY_LOSS_DUTY,
   POLICY_OBLIGATION, "use_safe_contact_route", "health_practitioner"},
  {"rules/F-06.json", "\"child\"", "\"gate\"", POLICY_LOSS_EXISTENCE, POLICY_FIELD, "", NULL},
};
#define LOST_COUNT (sizeof(lost) / sizeof(lost[0]))

/* The text with the first `find` replaced. */
static char *changed(const char *text, const char *find, const char *put)
{
  const char *at = strstr(text, find);
  size_t room = strlen(text) + strlen(put) + 1;
  char *made = malloc(room);

  cr_assert(at != NULL && made != NULL, "not there: %s", find);
  snprintf(made, room, "%.*s%s%s", (int)(at - text), text, put, at + strlen(find));
  return made;
}

static struct policy *policy_with(const char *name, const char *find, const char *put)
{
  struct policy_file files[FILES_MAX];
  struct policy *policy = NULL;
  struct trail trail = {0};
  char *text = NULL;
  enum err err;

  cr_assert_leq(policy_builtin_count, FILES_MAX);
  for (size_t i = 0; i < policy_builtin_count; i++) {
    files[i] = policy_builtin_files[i];
    if (strcmp(files[i].name, name) != 0) continue;
    text = changed(files[i].text, find, put);
    files[i].text = text;
    files[i].len = strlen(text);
  }
  cr_assert_not_null(text, "no file %s", name);
  err = policy_load(&policy, files, policy_builtin_count, &trail);
  cr_assert_eq(err, OK, "%s: %s", name, trail.where);
  free(text);
  return policy;
}

Test(compare, names_each_kind_of_loss)
{
  struct policy *before = builtin_policy();
  bool is_named[POLICY_LOSS_EXISTENCE + 1] = {[POLICY_LOSS_NONE] = true};

  for (size_t i = 0; i < LOST_COUNT; i++) {
    struct policy *after = policy_with(lost[i].file, lost[i].find, lost[i].put);
    struct policy_loss_of loss = {.loss = POLICY_LOSS_NONE};
    const char *role = lost[i].role;

    cr_expect(policy_loses(before, after, &loss), "%s: nothing lost", lost[i].file);
    cr_expect_eq(loss.loss, lost[i].loss, "%s: %d", lost[i].file, (int)loss.loss);
    cr_expect_eq(loss.kind, lost[i].kind, "%s: kind %d", lost[i].file, (int)loss.kind);
    cr_expect(str_is(policy_word_name(before, loss.kind, loss.word), lost[i].word), "%s: %.*s",
              lost[i].file, (int)policy_word_name(before, loss.kind, loss.word).len,
              policy_word_name(before, loss.kind, loss.word).ptr);
    if (role != NULL)
      cr_expect(str_is(policy_word_name(before, POLICY_ROLE, loss.role), role), "%s: %.*s",
                lost[i].file, (int)policy_word_name(before, POLICY_ROLE, loss.role).len,
                policy_word_name(before, POLICY_ROLE, loss.role).ptr);
    is_named[loss.loss] = true;
    policy_free(&after);
  }
  for (size_t i = 0; i <= POLICY_LOSS_EXISTENCE; i++)
    cr_expect(is_named[i], "no row for loss %zu", i);
  policy_free(&before);
}

Test(compare, finds_no_loss_in_a_lesser_form)
{
  struct policy *before =
    policy_with("rules/G-12.json", "\"date_of_birth:age_in_years\"", "\"date_of_birth\"");
  struct policy *after = builtin_policy();
  struct policy_loss_of loss;

  cr_expect_not(policy_loses(before, after, &loss));
  policy_free(&after);
  policy_free(&before);
}

Test(compare, leaves_alone_what_is_said_and_what_no_shield_concerns)
{
  struct policy *before = builtin_policy();
  struct policy *sentence = policy_with("rules/F-05.json", "This could show", "This may show");
  struct policy *stricter = policy_with("rules/F-05.json", "\"once_approved\", \"yes\"", "\"yes\"");
  struct policy_loss_of loss;

  cr_expect_not(policy_loses(before, before, &loss));
  cr_expect_not(policy_loses(before, sentence, &loss));
  cr_expect_not(policy_loses(before, stricter, &loss));
  policy_free(&stricter);
  policy_free(&sentence);
  policy_free(&before);
}

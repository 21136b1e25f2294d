/* The loader takes a whole and sound policy or nothing. Each row of the table spoils one thing. */
#include <criterion/criterion.h>

#include "tests/unit/policy_world.h"

#define FILES_MAX 256

static struct policy_file files[FILES_MAX];
static size_t count;

static void copy_builtin(void)
{
  cr_assert_leq(policy_builtin_count + 2, FILES_MAX);
  memcpy(files, policy_builtin_files, policy_builtin_count * sizeof(files[0]));
  count = policy_builtin_count;
}
TestSuite(load, .init = copy_builtin);

static size_t index_of(const char *name)
{
  for (size_t i = 0; i < policy_builtin_count; i++)
    if (strcmp(files[i].name, name) == 0) return i;
  fprintf(stderr, "no file %s\n", name);
  abort();
}

static enum err load(struct trail *trail)
{
  struct policy *policy = NULL;
  enum err err = policy_load(&policy, files, count, trail);

  cr_assert_eq(err == OK, policy != NULL, "all or nothing");
  policy_free(&policy);
  return err;
}

/* The text of a file with the first `find` replaced by `put`; NULL `find`: `put` is the whole text.
 */
static char *spoil(const char *text, const char *find, const char *put)
{
  const char *at = find == NULL ? text : strstr(text, find);
  size_t room = strlen(text) + strlen(put) + 1;
  char *spoilt = malloc(room);

  cr_assert(at != NULL && spoilt != NULL, "nothing to spoil: %s", find);
  if (find == NULL)
    snprintf(spoilt, room, "%s", put);
  else
    snprintf(spoilt, room, "%.*s%s%s", (int)(at - text), text, put, at + strlen(find));
  return spoilt;
}

#define LONG_40 "0123456789012345678901234567890123456789"
#define LONG_161 LONG_40 LONG_40 LONG_40 LONG_40 "0"

static const struct {
  const char *file, *find, *put, *where;
  long long line; /* 0: the whole file */
} bad[] = {
  /* form */
  {"rules/G-11.json", NULL, "", "not JSON, or a key stands twice", 1},
  {"rules/G-11.json", NULL, "[]", "not an object", 0},
  {"rules/G-11.json", "\"law\"", "\"id\": \"G-11\", \"law\"", "not JSON, or a key stands twice", 9},
  {"rules/G-11.json", "\"law\"", "\"colour\": \"red\", \"law\"", "unknown key", 9},
  {"rules/G-11.json", "\"owner\": \"data-protection officer\", ", "", "a key is missing", 0},
  {"rules/G-11.json", "\"G-11\"", "\"G-99\"", "the file is not named after the rule", 2},
  {"rules/G-11.json", "2027-05-01", "2027-02-30", "a date is wanted", 10},
  {"rules/G-11.json", "[\"PC-008\", \"PC-009\", \"PC-010\"]", "[]", "a list is wanted", 11},
  /* words */
  {"rules/G-11.json", "\"grant\"", "\"allow\"", "unknown effect", 2},
  {"rules/G-11.json", "\"on_register\"", "\"on_registers\"", "unknown field or group", 3},
  {"rules/G-11.json", "other_la_officer", "other_officer", "unknown word", 4},
  {"rules/G-11.json", "\"purpose\"", "\"purposes\"", "unknown fact", 4},
  {"rules/G-11.json", "[\"none\"]", "[\"none\", \"none\"]", "a word stands twice", 4},
  {"rules/G-11.json", "[\"none\"]", "\"none\"", "a list is wanted", 4},
  {"rules/G-03.json", "date_of_birth:age_in_years", "date_of_birth:pseudonym",
   "not a lesser form of the field", 4},
  {"rules/G-03.json", "date_of_birth:age_in_years", "support_requests:full", "a field stands twice",
   4},
  {"rules/G-01.json", "[\"suitability_outcome\"]", "[\"case_notes\"]",
   "an exception is in no group of the rule", 8},
  {"rules/F-06.json", "\"hidden\"", "\"veiled\"", "unknown value of a fact", 4},
  {"rules/F-06.json", "\"child\"", "\"last\"", "not one of the words that may stand here", 3},
  {"rules/O-03.json", "receipt_required", "receipt_wanted", "unknown word", 3},
  /* languages */
  {"rules/G-11.json", "\"cy\"", "\"fr\"", "unknown key", 6},
  {"rules/G-11.json", "In tracing a child, the least answer is yes or no.", "", "a text is wanted",
   7},
  {"rules/G-11.json", "In tracing a child, the least answer is yes or no.", "  ",
   "a language is missing", 5},
  {"rules/G-11.json", "In tracing a child, the least answer is yes or no.", LONG_161,
   "a sentence is too long", 5},
  {"rules/F-08.json", "This could show where a person is. It is not shared by this route.",
   "Gallai hyn ddangos ble mae person. Ni chaiff ei rannu drwy'r llwybr hwn.",
   "Welsh and English are the same", 11},
  {"vocabulary.json", "\"en\": \"In full\"", "\"en\": \"Yn llawn\"",
   "Welsh and English are the same", 0},
  /* the language of rules stays small */
  {"rules/G-11.json", "\"why\"", "\"unless\": {\"relation\": [\"none\"]}, \"why\"", "unknown key",
   5},
  {"rules/G-11.json", "\"purpose\"", "\"own_detail\": [\"yes\"], \"purpose\"",
   "this fact cannot stand here", 4},
  {"rules/F-10.json", "\"special_condition\"", "\"result\"", "unknown value of a fact", 4},
  {"rules/F-10.json", "{\"special_condition\": [\"no\"]}", "{\"result\": [\"released\"]}",
   "this fact cannot stand here", 4},
  {"rules/F-10.json", "{\"special_condition\": [\"no\"]}", "{}", "conditions are wanted", 4},
  /* reachable, and each different */
  {"rules/F-06.json", "\"in_circle\": [\"yes\"]", "\"shield\": [\"hidden\"]",
   "a rule that cannot be reached", 0},
  {"rules/G-11.json", "\"missing_child\"", "\"marketing\"",
   "a grant for a barred purpose cannot be reached", 0},
  {"rules/G-11.json", "{\"role\": [\"other_la_officer\"], ", "{", "a grant without role or purpose",
   0},
  {"rules/F-04.json", "\"when\": {", "\"when\": {\"shield\": [\"hidden\"], ",
   "a refusal of the request that asks about the child", 0},
  {"rules/F-00.json", "{\"on_register\": [\"no\"]}", "{\"special_condition\": [\"no\"]}",
   "a refusal after the look-up that rests on the request", 0},
  {"rules/C-01.json", ", \"against_requester\": [\"no\"]", "",
   "a circle open to the person it was drawn against", 0},
  {"rules/B-06.json", ", \"basis\": [\"data_subject_right\"]", "", "a fit is of purposes to bases",
   0},
  /* what can never decide */
  {"rules/F-16.json", "\"role_kind\": [\"body\", \"family\"]",
   "\"role_kind\": [\"staff\"], \"role\": [\"court\"]",
   "a rule for a role of another kind can never decide", 0},
  {"rules/G-23a.json", "\"child_view\"", "\"child_name\"", "another rule always decides the same",
   0},
  {"rules/F-06a.json",
   "\"purpose\": [\"research\"], \"any_shield\": [\"contact_protected\", \"hidden\"]",
   "\"purpose\": [\"research\"], \"on_register\": [\"no\"]", "another rule always decides the same",
   0},
  {"rules/F-08.json", "\"household\": [", "\"shield\": [\"hidden\"], \"household\": [",
   "another rule always decides the same", 0},
  {"rules/O-04.json", "no_onward_sharing\"],\n  \"when\": {\"role\": [\"social_worker\"]",
   "no_onward_sharing\"],\n  \"when\": {\"role_kind\": [\"body\"]",
   "another rule always decides the same", 0},
  {"rules/O-04.json", "\"social_worker\"", "\"provider_contact\"",
   "a rule that meets no grant can never decide", 0},
  {"rules/A-05.json", "\"receiving\"", "\"named_case\"",
   "a rule that meets no grant can never decide", 0},
  {"rules/C-04.json", "\"protected_parent_consent\"", "\"on_roll\"",
   "a rule that meets no grant can never decide", 0},
  {"rules/F-10.json", "{\"special_condition\"",
   "{\"role\": [\"court\"], \"relation\": [\"none\"], \"special_condition\"",
   "a rule that meets no grant can never decide", 0},
  /* nothing is flattened */
  {"vocabulary.json", "\"full\"], \"cy\": \"Amgylchiadau, fel set",
   "\"full\", \"broad_group\"], \"cy\": \"Amgylchiadau, fel set",
   "a set that a form would make one code of", 29},
  {"vocabulary.json", "\"full\"], \"new\": true, \"cy\": \"Sail y cofrestru",
   "\"yes_no\"], \"new\": true, \"cy\": \"Sail y cofrestru",
   "a set that a form would make one code of", 70},
  /* vocabulary */
  {"vocabulary.json", "\"category\": \"plain\"", "\"category\": \"secret\"", "unknown category", 0},
  {"vocabulary.json", "\"category\": \"plain\", ", "", "a key is missing", 0},
  {"vocabulary.json", "\"name\": \"sex\"", "\"name\": \"child_name\"", "a word stands twice", 0},
  {"vocabulary.json", "\"yes_no\", \"cy\"", "\"full\", \"cy\"", "a word stands twice", 0},
  {"vocabulary.json", "\"kind\": \"staff\"", "\"kind\": \"friend\"", "unknown kind of role", 0},
  {"vocabulary.json", "\"confirmed\": true", "\"confirmed\": \"yes\"", "true or false is wanted",
   0},
  {"vocabulary.json", "\"alone\": true", "\"alone\": 1", "true or false is wanted", 0},
  {"vocabulary.json", "\"confirmed\": true", "\"trusted\": true", "unknown key", 0},
  {"vocabulary.json", "\"apart\": [\"case_officer\"", "\"apart\": [\"case_officers\"",
   "unknown word", 0},
  {"vocabulary.json", "\"apart\": [\"case_officer\"", "\"apart\": [\"data_protection_officer\"",
   "a role cannot be apart from itself", 0},
  {"vocabulary.json", "\"en\": \"A named case\", \"confirmed\": true",
   "\"en\": \"A named case\", \"confirmed\": 1", "true or false is wanted", 0},
  {"vocabulary.json", "[other_parent]", "[another]", "unknown field or group", 0},
  {"vocabulary.json", "\"acts\"", "\"deeds\"", "unknown key", 0},
  /* budgets */
  {"budgets.json", "\"case_officer\"", "\"case_officers\"", "unknown role", 0},
  {"budgets.json", "\"case_officer\"", "\"support_officer\"", "a budget stands twice for one day",
   0},
  {"budgets.json", "\"hour\": 25, \"day\": 50", "\"hour\": 51, \"day\": 50",
   "a longer time allows fewer children", 0},
  {"budgets.json", "\"hour\": 25", "\"hour\": 0", "a whole number is wanted", 0},
  {"budgets.json", "\"hour\": 25", "\"hour\": 25, \"minute\": 2", "unknown key", 0},
  {"budgets.json", "2026-01-01", "2026-02-30", "a date is wanted", 0},
  {"budgets.json", "\"near_percent\": 80", "\"near_percent\": 101", "a whole number is wanted", 0},
  {"budgets.json", "\"cy\": \"", "\"cy\": \"\", \"x\": \"", "unknown key", 0},
  {"budgets.json", "\"raise_days\": 31,", "", "a key is missing", 0},
  {"budgets.json",
   "\n    {\"role\": \"case_officer\", \"from\": \"2026-01-01\","
   " \"hour\": 25, \"day\": 50, \"month\": 500},",
   "", "a role has no budget", 0},
  /* regimes */
  {"regimes/pre-cnis-wales.json", "\"ethnicity\"", "\"ethnicities\"", "unknown field", 0},
  {"regimes/pre-cnis-wales.json", "08-31", "02-29", "a day of the year is wanted, as 08-31", 0},
  {"regimes/pre-cnis-wales.json", "\"436C(2)\"", "\"436C(1)\"", "a power stands twice", 0},
  {"regimes/pre-cnis-wales.json", "15", "\"15\"", "a whole number is wanted", 0},
};

Test(load, takes_the_built_in_policy)
{
  struct trail trail = {0};

  cr_assert_eq(load(&trail), OK, "%s", trail.where);
}

/* Loads with one file spoilt, and puts it back. */
static enum err load_spoilt(const char *file, const char *find, const char *put,
                            struct trail *trail)
{
  size_t at = index_of(file);
  const struct policy_file whole = files[at];
  char *text = spoil(whole.text, find, put);
  enum err err;

  files[at].text = text;
  files[at].len = strlen(text);
  err = load(trail);
  files[at] = whole;
  free(text);
  return err;
}

Test(load, refuses_a_policy_that_is_spoilt_anywhere_and_names_the_place)
{
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
    struct trail trail = {0};
    enum err err = load_spoilt(bad[i].file, bad[i].find, bad[i].put, &trail);

    cr_assert_eq(err, ERR_POLICY, "row %zu: %s", i, err_name(err));
    cr_assert_str_eq(trail.where, bad[i].where, "row %zu: %s", i, trail.where);
    cr_assert_eq(trail.a, (long long)index_of(bad[i].file), "row %zu: file %lld", i, trail.a);
    if (bad[i].line != 0) cr_assert_eq(trail.b, bad[i].line, "row %zu: line %lld", i, trail.b);
  }
}

/* What is wrong only beside another file is named where it shows. */
static const struct {
  const char *file, *find, *put, *where, *named;
} bad_together[] = {
  {"vocabulary.json", "\"confirmed\": true, \"cy\": \"Arweinydd", "\"cy\": \"Arweinydd",
   "a second person whose account nobody confirms", "rules/A-01.json"},
  {"vocabulary.json", "\"confirmed\": true, \"cy\": \"Swyddog diogelu data",
   "\"cy\": \"Swyddog diogelu data", "a second person whose account nobody confirms",
   "rules/A-01.json"},
  {"rules/B-08.json", "\"constituent_casework\"", "\"audit\"",
   "a grant for a purpose that rests on nothing", "rules/G-31.json"},
  {"rules/A-03.json", "\"research\"", "\"subject_access\"", "two rules say the same",
   "rules/A-04.json"},
};

Test(load, refuses_rules_that_do_not_go_together)
{
  for (size_t i = 0; i < sizeof(bad_together) / sizeof(bad_together[0]); i++) {
    struct trail trail = {0};

    cr_assert_eq(
      load_spoilt(bad_together[i].file, bad_together[i].find, bad_together[i].put, &trail),
      ERR_POLICY);
    cr_assert_str_eq(trail.where, bad_together[i].where);
    cr_assert_eq(trail.a, (long long)index_of(bad_together[i].named));
  }
}

static const struct {
  const char *name;
  const char *where;
} missing[] = {
  {"vocabulary.json", "there is no vocabulary"},
  {"rules/F-02.json", "F-02, F-14 or R-00 is missing"},
  {"rules/R-00.json", "F-02, F-14 or R-00 is missing"},
};

Test(load, refuses_a_policy_without_its_necessary_files)
{
  for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
    struct trail trail = {0};

    copy_builtin();
    count--;
    files[index_of(missing[i].name)] = files[count];
    cr_assert_eq(load(&trail), ERR_POLICY);
    cr_assert_str_eq(trail.where, missing[i].where);
  }
}

Test(load, refuses_files_it_does_not_know_and_ids_that_stand_twice)
{
  struct trail trail = {0};

  files[count++] = (struct policy_file){"notes.txt", "{}", 2};
  cr_assert_eq(load(&trail), ERR_POLICY);
  cr_assert_str_eq(trail.where, "not a file of a policy");
  copy_builtin();
  trail = (struct trail){0};
  files[count] = files[index_of("rules/G-11.json")];
  count++;
  cr_assert_eq(load(&trail), ERR_POLICY);
  cr_assert_str_eq(trail.where, "an id stands twice");
}

/* A stand-in of 32 bytes is enough to see what goes into the version. */
static void fold_digest(uint8_t ret_digest[static 32], const void *bytes, size_t n)
{
  const uint8_t *byte = bytes;
  uint64_t mixed[4] = {1, 2, 3, 4};

  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < 4; j++)
      mixed[j] = (mixed[j] ^ byte[i]) * (UINT64_C(1099511628211) + 2 * j);
  memcpy(ret_digest, mixed, 32);
}

Test(load, gives_a_version_that_depends_on_names_and_texts_and_not_on_order)
{
  struct policy_hash hash = {fold_digest};
  uint8_t version[32], again[32];
  struct policy_file swapped = files[0];

  cr_assert_eq(policy_version(version, files, count, hash), OK);
  files[0] = files[count - 1];
  files[count - 1] = swapped;
  cr_assert_eq(policy_version(again, files, count, hash), OK);
  cr_assert_arr_eq(version, again, 32);
  files[0].len--;
  cr_assert_eq(policy_version(again, files, count, hash), OK);
  cr_assert_neq(memcmp(version, again, 32), 0, "a text has changed");
  files[0].len++;
  files[0].name = "rules/other.json";
  cr_assert_eq(policy_version(again, files, count, hash), OK);
  cr_assert_neq(memcmp(version, again, 32), 0, "a name has changed");
}

/* The words of the baseline: 52, and 16 that each reader is named for. */
Test(load, knows_all_words_and_their_categories)
{
  struct policy *policy = builtin_policy();

  cr_assert_eq(policy_word_count(policy, POLICY_FIELD), 52 + 16);
  cr_assert(fieldset_equal(policy_fields_of(policy, POLICY_SPECIAL),
                           fields(policy, "ethnicity religion disability health_needs "
                                          "communication_needs")));
  cr_assert(fieldset_equal(policy_fields_of(policy, POLICY_SAFETY),
                           fields(policy, "shield_exists shield_reason alleged_abuser "
                                          "safe_contact_plan not_asked_safety")));
  cr_assert(fieldset_equal(
    policy_fields_of(policy, POLICY_LOCATING),
    fields(policy,
           "home_address postcode previous_address additional_address home_la child_contact "
           "resident_parent_address resident_parent_contact other_parent_address "
           "other_parent_contact provider_names provider_addresses school_name last_school "
           "social_worker_contact gp_practice record_history disclosure_history "
           "last_changed")));
  cr_assert_eq(policy_word(policy, POLICY_FIELD, STR("single_status_code")), POLICY_NO_WORD);
  policy_free(&policy);
}

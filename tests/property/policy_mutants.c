/* Rules changed one at a time: each taken away, each exception widened by each word that it does
 * not name, what a grant leaves out or gives in a lesser form let in, a second person left out.
 * Something must notice: the loader, a case, or (of an act) the agreed matrix. What nothing notices
 * is walked through a share of all worlds: if an answer differs, a case is missing and the test
 * fails; if none does, the change is equivalent and must stand in the list below with the reason.
 *
 *   property_policy_mutants         for ./test; the list is believed
 *   property_policy_mutants all     walks what is listed too (target `proof`) and writes the page
 *                                   docs/evidence/policy-mutants.md */
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "policy/check.h"
#include "tests/property/policy_space.h"

#define FILES_MAX 256
#define CASES_MAX 512
#define LABEL_MAX 160
#define WORLDS_OF_A_SPACE 20000 /* at most; smaller spaces whole */

#define BARRED "immigration_enforcement debt_recovery benefit_fraud marketing media"

/* Changes that no answer shows, and why; `words` is empty or the last word is among them. */
static const struct {
  const char *change, *words, *why;
} equivalent[] = {
  {"F-04: taken away", "", "no grant names a barred purpose; only the sentence differs"},
  {"F-05: exception also for purpose", BARRED, "the purpose is barred (F-04)"},
  {"F-05: exception also for purpose", "immediate_protection",
   "its one grant is break-glass, which is excepted already"},
  {"F-05: exception also for purpose", "inspection complaint_or_appeal constituent_casework",
   "no grant for it gives a place or @safety"},
  {"F-05: exception also for purpose", "research", "F-06a refuses the whole"},
  {"F-06: exception also for purpose", BARRED, "the purpose is barred (F-04)"},
  {"F-06: exception also for purpose", "immediate_protection",
   "its one grant is break-glass, which is excepted already"},
  {"F-06: exception also for purpose", "research", "F-06a refuses the whole"},
  {"F-08: exception also for purpose", BARRED, "the purpose is barred (F-04)"},
  {"F-08: exception also for purpose", "immediate_protection",
   "its one grant is break-glass, which is excepted already"},
  {"F-08: exception also for purpose", "inspection complaint_or_appeal constituent_casework",
   "no grant for it gives a place"},
  {"F-08: exception also for purpose", "research", "F-06a refuses the whole"},
  {"F-10: exception also for purpose", BARRED, "the purpose is barred (F-04)"},
  {"F-10: exception also for purpose", "immediate_protection",
   "its one grant is break-glass, which is excepted already"},
  {"F-10: exception also for purpose",
   "register_maintenance school_attendance_order missing_child statutory_return inspection audit "
   "crime_investigation direct_care complaint_or_appeal constituent_casework",
   "no grant for it gives a special category"},
  {"F-16: exception also for purpose", BARRED, "the purpose is barred (F-04)"},
  {"F-16: exception also for purpose", "immediate_protection",
   "its one grant is break-glass, which is excepted already"},
  {"F-16: exception also for purpose",
   "education_suitability support_provision school_attendance_order audit",
   "only staff, or the circle, have a grant for it"},
  {"O-01: exception also for purpose", BARRED, "the purpose is barred (F-04)"},
};

enum noticed { BY_LOADER, BY_CASE, BY_MATRIX, EQUIVALENT, NOTICED_COUNT };

struct mutants {
  struct policy *policy;
  struct str matrix;
  struct str cases[CASES_MAX];
  size_t case_count;
  struct arena *arena, *scratch;
  unsigned count[NOTICED_COUNT], missed;
  bool is_page;
};

/* ---- Who notices ------------------------------------------------------------------------------
 */

static struct policy *load_with(const char *name, const char *text)
{
  struct policy_file files[FILES_MAX] = {0};
  struct policy *policy = NULL;
  struct trail trail = {0};
  size_t count = 0;

  for (size_t i = 0; i < policy_builtin_count; i++) {
    files[count] = policy_builtin_files[i];
    if (strcmp(files[count].name, name) == 0) {
      if (text == NULL) continue;
      files[count].text = text;
      files[count].len = strlen(text);
    }
    count++;
  }
  return policy_load(&policy, files, count, &trail) == OK ? policy : NULL;
}

/* The first case that comes out otherwise; empty when there is none. */
static struct str failing_case(struct mutants *mutants, const struct policy *policy)
{
  for (size_t i = 0; i < mutants->case_count; i++) {
    struct check_result result = {0};
    struct trail trail = {0};

    arena_reset(mutants->scratch);
    if (policy_check_line(policy, &result, mutants->cases[i], mutants->scratch, &trail) != OK ||
        result.verdict == CHECK_FAILED)
      return result.id;
  }
  return STR("");
}

static bool is_same_matrix(struct mutants *mutants, const struct policy *policy)
{
  struct str text = STR("");

  arena_reset(mutants->scratch);
  return policy_matrix(policy, mutants->scratch, &text) == OK && str_equal(text, mutants->matrix);
}

/* What the requester gets; which of two rules brought it about is left aside. */
static bool answers_alike(const struct decision *a, const struct decision *b)
{
  return a->outcome == b->outcome && a->answer == b->answer && a->obligations == b->obligations &&
         a->missing_steps == b->missing_steps && fieldset_equal(a->granted, b->granted) &&
         fieldset_equal(a->denied, b->denied) && fieldset_equal(a->pending, b->pending) &&
         memcmp(a->form, b->form, sizeof(a->form)) == 0;
}

static bool space_shows(const struct mutants *mutants, const struct policy *policy,
                        const struct space *space)
{
  uint64_t step = space->size <= WORLDS_OF_A_SPACE ? 1 : space->size / WORLDS_OF_A_SPACE | 1;

  for (uint64_t i = 0; i < space->size; i += step) {
    struct decision one, other;
    struct world world;

    space_world(space, &world, i);
    policy_decide(mutants->policy, &one, &world.request, &world.child);
    policy_decide(policy, &other, &world.request, &world.child);
    if (answers_alike(&one, &other)) continue;
    fprintf(stderr, "  role %u relation %u purposes %llx: world %llu of %llu differs\n",
            space->role, space->relation, (unsigned long long)space->purposes,
            (unsigned long long)i, (unsigned long long)space->size);
    return true;
  }
  return false;
}

/* A world, of every role, relation and purpose, where the changed policy answers otherwise. */
static bool some_world_shows(const struct mutants *mutants, const struct policy *policy)
{
  const struct policy *from = mutants->policy;

  for (uint8_t role = 1; role <= policy_word_count(from, POLICY_ROLE); role++)
    for (uint8_t relation = 0; relation <= policy_word_count(from, POLICY_RELATION); relation++)
      for (uint8_t purpose = 1; purpose <= policy_word_count(from, POLICY_PURPOSE); purpose++) {
        struct space space;

        if (fieldset_is_empty(policy_reach(from, role, relation, purpose)) &&
            fieldset_is_empty(policy_reach(policy, role, relation, purpose)))
          continue;
        if (space_relation(from, role, relation, POLICY_BIT(purpose)) != relation) continue;
        space_of(&space, from, role, relation, POLICY_BIT(purpose));
        if (space_shows(mutants, policy, &space)) return true;
      }
  return false;
}

static bool is_word_of(const char *list, const char *word)
{
  size_t n = strlen(word);

  for (; *list != '\0'; list += strcspn(list, " "), list += *list == ' ')
    if (strcspn(list, " ") == n && memcmp(list, word, n) == 0) return true;
  return false;
}

static const char *reason_of(const char *change)
{
  for (size_t i = 0; i < sizeof(equivalent) / sizeof(equivalent[0]); i++) {
    size_t n = strlen(equivalent[i].change);

    if (strncmp(equivalent[i].change, change, n) != 0) continue;
    if (change[n] == '\0' || (change[n] == ' ' && is_word_of(equivalent[i].words, change + n + 1)))
      return equivalent[i].why;
  }
  return NULL;
}

static void say(const struct mutants *mutants, const char *change, const char *how,
                struct str detail)
{
  if (mutants->is_page) printf("| %s | %s%.*s |\n", change, how, (int)detail.len, detail.ptr);
}

static void judge(struct mutants *mutants, const char *name, const char *text, const char *change)
{
  struct policy *policy = load_with(name, text);
  struct str found = policy == NULL ? STR("") : failing_case(mutants, policy);
  const char *why = reason_of(change);

  if (policy == NULL) {
    mutants->count[BY_LOADER]++;
    say(mutants, change, "refused by the loader", STR(""));
  } else if (found.len > 0) {
    mutants->count[BY_CASE]++;
    say(mutants, change, "case ", found);
  } else if (!is_same_matrix(mutants, policy)) {
    mutants->count[BY_MATRIX]++;
    say(mutants, change, "the agreed matrix", STR(""));
  } else if (why != NULL && !(mutants->is_page && some_world_shows(mutants, policy))) {
    mutants->count[EQUIVALENT]++;
    say(mutants, change, "equivalent: ", str_from(why));
  } else {
    fprintf(stderr, "nothing notices: %s\n", change);
    if (!some_world_shows(mutants, policy))
      fprintf(stderr, "  no world shows it either: give the reason\n");
    mutants->missed++;
  }
  policy_free(&policy);
}

/* ---- Changes ----------------------------------------------------------------------------------
 */

/* One rule being changed: `root` is changed, judged, and put back by making it anew. */
struct change {
  struct mutants *mutants;
  const struct policy_file *file;
  const struct rule *rule;
};

static json_t *parsed(const struct change *change)
{
  return json_loadb(change->file->text, change->file->len, 0, NULL);
}

static void judge_changed(const struct change *change, json_t *root, const char *what,
                          const char *key, const char *word)
{
  char label[LABEL_MAX];
  char *text = json_dumps(root, 0);

  snprintf(label, sizeof(label), "%.*s: %s %s%s%s", (int)change->rule->id.len, change->rule->id.ptr,
           what, key, word[0] != '\0' ? " " : "", word);
  judge(change->mutants, change->file->name, text, label);
  free(text);
  json_decref(root);
}

/* A list at the top of a rule, without each of its words. */
static void without_each_word(const struct change *change, const char *key)
{
  json_t *first = parsed(change);
  size_t count = json_array_size(json_object_get(first, key));

  json_decref(first);
  for (size_t i = 0; count > 1 && i < count; i++) {
    json_t *root = parsed(change), *list = json_object_get(root, key);
    char word[64];

    snprintf(word, sizeof(word), "%s", json_string_value(json_array_get(list, i)));
    json_array_remove(list, i);
    judge_changed(change, root, "without", key, word);
  }
}

static void without_key(const struct change *change, const char *key)
{
  json_t *root = parsed(change);

  if (json_object_get(root, key) == NULL) {
    json_decref(root);
    return;
  }
  json_object_del(root, key);
  judge_changed(change, root, "without", key, "");
}

/* The exception lets one word more through. */
static void widen(const struct change *change, const struct fact_row *row, const char *word)
{
  json_t *root = parsed(change);
  json_t *list = json_object_get(json_object_get(root, "unless"), row->name);
  char key[64];

  for (size_t i = 0; i < json_array_size(list); i++)
    if (strcmp(json_string_value(json_array_get(list, i)), word) == 0) {
      json_decref(root);
      return;
    }
  snprintf(key, sizeof(key), "%s", row->name);
  json_array_append_new(list, json_string(word));
  judge_changed(change, root, "exception also for", key, word);
}

static void widen_by_each_word(const struct change *change, const struct fact_row *row)
{
  const struct policy *policy = change->mutants->policy;
  char word[64];

  if (row->kind >= 0) {
    for (uint8_t i = 1; i <= policy_word_count(policy, (enum policy_kind)row->kind); i++) {
      struct str name = policy_word_name(policy, (enum policy_kind)row->kind, i);

      snprintf(word, sizeof(word), "%.*s", (int)name.len, name.ptr);
      widen(change, row, word);
    }
    return;
  }
  for (const char *list = row->values; *list != '\0'; list += list[0] == ' ') {
    snprintf(word, sizeof(word), "%.*s", (int)strcspn(list, " "), list);
    list += strlen(word);
    widen(change, row, word);
  }
}

static void loosen_exceptions(const struct change *change)
{
  for (unsigned fact = 0; fact < FACT_COUNT; fact++) {
    json_t *root = parsed(change);
    bool is_there = json_object_get(json_object_get(root, "unless"), fact_rows[fact].name) != NULL;

    json_decref(root);
    if (is_there) widen_by_each_word(change, &fact_rows[fact]);
  }
}

/* "date_of_birth:age_in_years" becomes "date_of_birth". */
static void in_full(const struct change *change)
{
  json_t *first = parsed(change);
  size_t count = json_array_size(json_object_get(first, "fields"));

  json_decref(first);
  for (size_t i = 0; i < count; i++) {
    json_t *root = parsed(change), *list = json_object_get(root, "fields");
    char name[64];

    snprintf(name, sizeof(name), "%s", json_string_value(json_array_get(list, i)));
    if (strchr(name, ':') == NULL) {
      json_decref(root);
      continue;
    }
    *strchr(name, ':') = '\0';
    json_array_set_new(list, i, json_string(name));
    judge_changed(change, root, "in full", name, "");
  }
}

static void change_rule(struct mutants *mutants, const struct rule *rule)
{
  static const char *const lists[] = {"except", "acts"};
  static const char *const keys[] = {"except", "once_approved_by", "second_person", "break_glass"};
  const struct change change = {mutants, &policy_builtin_files[rule->file], rule};
  char label[LABEL_MAX];

  snprintf(label, sizeof(label), "%.*s: taken away", (int)rule->id.len, rule->id.ptr);
  judge(mutants, change.file->name, NULL, label);
  loosen_exceptions(&change);
  for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
    without_each_word(&change, lists[i]);
  for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
    without_key(&change, keys[i]);
  in_full(&change);
}

/* ---- Start ------------------------------------------------------------------------------------
 */

static void read_cases(struct mutants *mutants, const char *path)
{
  FILE *file = fopen(path, "rb");
  char *text = arena_take(mutants->arena, 1u << 20);
  size_t n;

  if (file == NULL || text == NULL) {
    fprintf(stderr, "cannot read %s\n", path);
    exit(1);
  }
  n = fread(text, 1, 1u << 20, file);
  fclose(file);
  for (size_t at = 0, next; at < n; at = next) {
    const char *end = memchr(text + at, '\n', n - at);

    next = end == NULL ? n : (size_t)(end - text) + 1;
    if (next - at > 2 && mutants->case_count < CASES_MAX)
      mutants->cases[mutants->case_count++] = (struct str){text + at, next - at - (end != NULL)};
  }
}

static void say_counts(const struct mutants *mutants)
{
  printf("\n%u changes: %u fail a case, %u change the agreed matrix, %u are refused by the loader, "
         "%u are equivalent, %u are noticed by nothing.\n",
         mutants->count[BY_CASE] + mutants->count[BY_MATRIX] + mutants->count[BY_LOADER] +
           mutants->count[EQUIVALENT] + mutants->missed,
         mutants->count[BY_CASE], mutants->count[BY_MATRIX], mutants->count[BY_LOADER],
         mutants->count[EQUIVALENT], mutants->missed);
}

int main(int argc, char **argv)
{
  static struct mutants mutants;

  mutants.is_page = argc > 1 && strcmp(argv[1], "all") == 0;
  mutants.policy = load_with("", NULL);
  if (mutants.policy == NULL || arena_new(&mutants.arena, 8u << 20) != OK ||
      arena_new(&mutants.scratch, 4u << 20) != OK ||
      policy_matrix(mutants.policy, mutants.arena, &mutants.matrix) != OK)
    return 1;
  read_cases(&mutants, "tests/cases/open.jsonl");
  read_cases(&mutants, "tests/cases/more.jsonl");
  read_cases(&mutants, "tests/cases/grants.jsonl");
  if (mutants.is_page)
    printf("# Rules changed one at a time\n\n`cmake --build --preset release --target proof` makes "
           "each change, one at a time, and writes who noticed it first; `./test` does the same "
           "without the page. Equivalent: no answer differs in a share of all worlds of all roles, "
           "relations and purposes.\n\n| Change | Noticed by |\n|---|---|\n");
  for (unsigned i = 0; i < mutants.policy->rule_count; i++)
    change_rule(&mutants, &mutants.policy->rules[i]);
  say_counts(&mutants);
  arena_free(&mutants.scratch);
  arena_free(&mutants.arena);
  policy_free(&mutants.policy);
  return mutants.missed == 0 ? 0 : 1;
}

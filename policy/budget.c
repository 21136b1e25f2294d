/* Budgets as data; see budget.h. It must never let a role go without a row. */
#include "policy/budget.h"

#include "policy/budget_load.h"
#include "policy/words.h"

#define ROWS_MAX 256
#define LIMIT_MAX 1000000
#define WHY_MAX 400

struct budget_row {
  uint8_t role; /* POLICY_NO_WORD: the authority as a whole */
  struct day from;
  struct policy_budget budget;
};
struct budgets {
  struct policy_budget_terms terms;
  struct budget_row row[ROWS_MAX];
  size_t count;
};

static const struct {
  const char *name;
  int64_t seconds;
} windows[POLICY_WINDOWS] = {
  [POLICY_HOUR] = {"hour", 3600},
  [POLICY_DAY] = {"day", 24 * 3600},
  [POLICY_MONTH] = {"month", (int64_t)POLICY_MONTH_DAYS * 24 * 3600},
};

struct str policy_window_name(enum policy_window window)
{
  return str_from(windows[window].name);
}

bool policy_window_named(struct str name, enum policy_window *ret_window)
{
  for (unsigned i = 0; i < POLICY_WINDOWS; i++) {
    if (!str_is(name, windows[i].name)) continue;
    *ret_window = (enum policy_window)i;
    return true;
  }
  return false;
}

int64_t policy_window_us(enum policy_window window)
{
  return windows[window].seconds * 1000000;
}

/* ---- Reading ----------------------------------------------------------------------------------
 */

static enum err read_number(const struct source *source, json_t *object, const char *key,
                            json_int_t most, uint32_t *ret_number)
{
  json_t *value = json_object_get(object, key);

  if (!json_is_integer(value) || json_integer_value(value) < 1 || json_integer_value(value) > most)
    return REFUSE(source, key, "a whole number is wanted");
  *ret_number = (uint32_t)json_integer_value(value);
  return OK;
}

static enum err read_limits(const struct source *source, json_t *object, struct budget_row *row)
{
  TRY(read_day(source, object, "from", &row->from));
  for (unsigned i = 0; i < POLICY_WINDOWS; i++) {
    TRY(read_number(source, object, windows[i].name, LIMIT_MAX, &row->budget.limit[i]));
    if (i > 0 && row->budget.limit[i] < row->budget.limit[i - 1])
      return REFUSE(source, windows[i].name, "a longer time allows fewer children");
  }
  return OK;
}

static enum err keep_row(const struct source *source, struct budgets *budgets,
                         const struct budget_row *row)
{
  for (size_t i = 0; i < budgets->count; i++)
    if (budgets->row[i].role == row->role && budgets->row[i].from.number == row->from.number)
      return REFUSE(source, "from", "a budget stands twice for one day");
  budgets->row[budgets->count++] = *row;
  return OK;
}

static enum err read_rows(const struct policy *policy, const struct source *source, json_t *root,
                          const char *key, bool of_roles, struct budgets *budgets)
{
  static const char *const keys[] = {"from", "hour", "day", "month", NULL};
  static const char *const role_key[] = {"role", NULL};
  json_t *rows = json_object_get(root, key);

  if (!json_is_array(rows) || json_array_size(rows) == 0 ||
      json_array_size(rows) > ROWS_MAX - budgets->count)
    return REFUSE(source, key, "a list of budgets is wanted");
  for (size_t i = 0; i < json_array_size(rows); i++) {
    json_t *object = json_array_get(rows, i);
    struct budget_row row = {.role = POLICY_NO_WORD};
    struct str role;

    TRY(read_keys(source, object, keys, of_roles ? role_key : NULL));
    if (of_roles) {
      TRY(read_text(source, object, "role", &role));
      row.role = policy_word(policy, POLICY_ROLE, role);
      if (row.role == POLICY_NO_WORD)
        return REFUSE(source, json_string_value(json_object_get(object, "role")), "unknown role");
    }
    TRY(read_limits(source, object, &row));
    TRY(keep_row(source, budgets, &row));
  }
  return OK;
}

static enum err every_role_has_one(const struct policy *policy, const struct source *source,
                                   const struct budgets *budgets)
{
  for (unsigned role = 1; role <= policy_word_count(policy, POLICY_ROLE); role++) {
    bool found = false;

    for (size_t i = 0; i < budgets->count && !found; i++)
      found = budgets->row[i].role == role;
    if (!found) return REFUSE(source, "roles", "a role has no budget");
  }
  return OK;
}

static enum err read_terms(const struct source *source, json_t *root,
                           struct policy_budget_terms *terms)
{
  TRY(read_both(source, root, NULL, WHY_MAX, terms->why));
  TRY(read_number(source, root, "near_percent", 100, &terms->near_percent));
  TRY(read_number(source, root, "raise_days", POLICY_MONTH_DAYS, &terms->raise_days));
  TRY(read_number(source, root, "raise_times", 100, &terms->raise_times));
  return read_number(source, root, "repeated_necessity_a_week", LIMIT_MAX, &terms->repeated_a_week);
}

enum err budgets_load(struct policy *policy, const struct source *source)
{
  static const char *const needed[] = {"cy",         "en",          "near_percent",
                                       "raise_days", "raise_times", "repeated_necessity_a_week",
                                       "authority",  "roles",       NULL};
  OWNED(json_release) json_t *root = NULL;
  struct budgets *budgets = arena_take(policy->arena, sizeof *budgets);

  if (budgets == NULL) return ERR_MEMORY;
  TRY(read_file(source, &root));
  TRY(read_keys(source, root, needed, NULL));
  TRY(read_terms(source, root, &budgets->terms));
  TRY(read_rows(policy, source, root, "authority", false, budgets));
  TRY(read_rows(policy, source, root, "roles", true, budgets));
  TRY(every_role_has_one(policy, source, budgets));
  policy->budgets = budgets;
  return OK;
}

/* ---- Asking -----------------------------------------------------------------------------------
 */

static struct policy_budget newest(const struct policy *policy, uint8_t role, struct day on)
{
  const struct budget_row *found = NULL;

  for (size_t i = 0; i < policy->budgets->count; i++) {
    const struct budget_row *row = &policy->budgets->row[i];

    if (row->role != role || row->from.number > on.number) continue;
    if (found == NULL || row->from.number > found->from.number) found = row;
  }
  return found != NULL ? found->budget : (struct policy_budget){{0}};
}

struct policy_budget policy_budget_of_role(const struct policy *policy, uint8_t role, struct day on)
{
  return role == POLICY_NO_WORD ? (struct policy_budget){{0}} : newest(policy, role, on);
}

struct policy_budget policy_budget_of_authority(const struct policy *policy, struct day on)
{
  return newest(policy, POLICY_NO_WORD, on);
}

const struct policy_budget_terms *policy_budget_terms(const struct policy *policy)
{
  return &policy->budgets->terms;
}

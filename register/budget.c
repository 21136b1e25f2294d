/* Budgets in memory. Must never count a child less because of who it is, or more because it is
 * asked for again. */
#include "register/budget.h"

#include <pthread.h>
#include <string.h>

#include "register/bytes.h"

/* A child, and when it was last charged. `child` zero: an empty place. */
struct seen {
  uint64_t child;
  int64_t last_us;
};
/* Children by open addressing, at most half full. `at_most` is never less than the true number of a
 * window: time only takes away from it, and it is counted anew before anybody is refused. */
struct meter {
  struct budget_of of;
  struct seen *seen;
  size_t held, used;
  uint32_t at_most[POLICY_WINDOWS];
};
struct budget {
  pthread_mutex_t mutex; /* over all below */
  struct meter *meters;  /* in the order in which they came */
  size_t count, held;
  uint32_t *places; /* by open addressing: place of the meter and one; 0: empty */
  size_t places_held;
  struct budget_raise *raises;
  size_t raise_count, raises_held;
};

enum { PLACES_FIRST = 64, SEEN_FIRST = 16 };

/* ---- meters ---- */

static bool is_same(const struct budget_of *a, const struct budget_of *b)
{
  return a->whose == b->whose && a->purpose == b->purpose &&
         memcmp(a->subject.b, b->subject.b, ID_BYTES) == 0;
}

/* Subjects are random or keyed hashes: no more mixing is needed. */
static size_t place_of(const struct budget *budget, const struct budget_of *of)
{
  uint64_t start = get_u64(of->subject.b) + 31u * of->purpose + of->whose;
  size_t at = (size_t)start & (budget->places_held - 1);

  while (budget->places[at] != 0 && !is_same(&budget->meters[budget->places[at] - 1].of, of))
    at = (at + 1) & (budget->places_held - 1);
  return at;
}

static struct meter *meter_find(const struct budget *budget, const struct budget_of *of)
{
  size_t at = budget->places_held > 0 ? place_of(budget, of) : 0;

  return budget->places_held > 0 && budget->places[at] != 0
           ? &budget->meters[budget->places[at] - 1]
           : NULL;
}

static enum err make_places(struct budget *budget)
{
  size_t wanted = budget->places_held > 0 ? 2 * budget->places_held : PLACES_FIRST, held = 0;
  void *old = budget->places, *block = NULL;

  if (2 * (budget->count + 1) <= budget->places_held) return OK;
  TRY(block_grow(&block, &held, wanted, sizeof *budget->places));
  block_free(&old, &budget->places_held, sizeof *budget->places);
  budget->places = block;
  budget->places_held = held;
  for (size_t i = 0; i < budget->count; i++)
    budget->places[place_of(budget, &budget->meters[i].of)] = (uint32_t)(i + 1);
  return OK;
}

static enum err meter_make(struct budget *budget, const struct budget_of *of)
{
  void *block = budget->meters;

  if (meter_find(budget, of) != NULL) return OK;
  TRY(make_places(budget));
  enum err err = block_grow(&block, &budget->held, budget->count + 1, sizeof *budget->meters);
  budget->meters = block;
  if (err != OK) return err;
  budget->meters[budget->count] = (struct meter){.of = *of};
  budget->places[place_of(budget, of)] = (uint32_t)(budget->count + 1);
  budget->count++;
  return OK;
}

/* ---- children of a meter ---- */

static bool is_within(const struct seen *seen, enum policy_window window, int64_t now_us)
{
  return seen->child != 0 && now_us - seen->last_us < policy_window_us(window);
}

static struct seen *seen_place(const struct meter *meter, uint64_t child)
{
  size_t at = (size_t)child & (meter->held - 1);

  while (meter->seen[at].child != 0 && meter->seen[at].child != child)
    at = (at + 1) & (meter->held - 1);
  return &meter->seen[at];
}

/* Room for one more; what no window looks back on is left behind. */
static enum err seen_room(struct meter *meter, int64_t now_us)
{
  size_t wanted = SEEN_FIRST, held = 0, old_held = meter->held, live = 0;
  struct seen *old = meter->seen;
  void *block = NULL, *old_block = old;

  if (2 * (meter->used + 1) <= meter->held) return OK;
  for (size_t i = 0; i < old_held; i++)
    if (is_within(&old[i], POLICY_MONTH, now_us)) live++;
  while (wanted < 4 * (live + 1))
    wanted *= 2;
  TRY(block_grow(&block, &held, wanted, sizeof *meter->seen));
  meter->seen = block;
  meter->held = held;
  meter->used = live;
  for (size_t i = 0; i < old_held; i++)
    if (is_within(&old[i], POLICY_MONTH, now_us)) *seen_place(meter, old[i].child) = old[i];
  block_free(&old_block, &old_held, sizeof *old);
  return OK;
}

static void count_anew(struct meter *meter, int64_t now_us)
{
  memset(meter->at_most, 0, sizeof meter->at_most);
  for (size_t i = 0; i < meter->held; i++)
    for (unsigned window = 0; window < POLICY_WINDOWS; window++)
      if (is_within(&meter->seen[i], (enum policy_window)window, now_us)) meter->at_most[window]++;
}

/* There is room. */
static void put(struct meter *meter, uint64_t child, int64_t now_us)
{
  struct seen *seen = seen_place(meter, child);

  if (seen->child == 0) meter->used++;
  for (unsigned window = 0; window < POLICY_WINDOWS; window++)
    if (!is_within(seen, (enum policy_window)window, now_us)) meter->at_most[window]++;
  seen->child = child;
  if (seen->last_us < now_us) seen->last_us = now_us;
}

/* Zero stands for an empty place. */
static uint64_t child_number(struct id child)
{
  return get_u64(child.b) | 1;
}

/* ---- what is allowed ---- */

static bool raises_for(const struct budget_raise *raise, const struct budget_of *of,
                       enum policy_window window, struct day today)
{
  return raise->of.whose == of->whose &&
         memcmp(raise->of.subject.b, of->subject.b, ID_BYTES) == 0 && raise->window == window &&
         (of->purpose == POLICY_NO_WORD || raise->of.purpose == of->purpose) &&
         raise->until.number >= today.number;
}

static uint32_t limit_of(const struct budget *budget, const struct budget_line *line,
                         enum policy_window window, struct instant now)
{
  uint32_t limit = line->allowed.limit[window];

  for (size_t i = 0; i < budget->raise_count; i++)
    if (raises_for(&budget->raises[i], &line->of, window, instant_day(now)))
      limit += budget->raises[i].more;
  return limit;
}

/* `child` zero: one that nobody knows of yet. */
static bool has_room(const struct budget *budget, struct budget_over *ret_over,
                     const struct budget_line *line, uint64_t child, struct instant now)
{
  struct meter *meter = meter_find(budget, &line->of);
  const struct seen *seen = meter != NULL && meter->held > 0 ? seen_place(meter, child) : NULL;

  for (unsigned i = 0; i < POLICY_WINDOWS; i++) {
    enum policy_window window = (enum policy_window)i;
    uint32_t limit = limit_of(budget, line, window, now);
    uint32_t used = meter != NULL ? meter->at_most[i] : 0;

    if (child != 0 && seen != NULL && is_within(seen, window, now.us)) continue;
    if (used < limit) continue;
    if (meter != NULL) count_anew(meter, now.us);
    used = meter != NULL ? meter->at_most[i] : 0;
    if (used < limit) continue;
    *ret_over = (struct budget_over){true, line->of, window, limit, used};
    return false;
  }
  return true;
}

static bool all_have_room(const struct budget *budget, struct budget_over *ret_over,
                          const struct budget_line *lines, size_t count, uint64_t child,
                          struct instant now)
{
  *ret_over = (struct budget_over){0};
  for (size_t i = 0; i < count; i++)
    if (!has_room(budget, ret_over, &lines[i], child, now)) return false;
  return true;
}

/* Meters and room first: what is charged is charged to all of them. */
static enum err make_all(struct budget *budget, const struct budget_line *lines, size_t count,
                         int64_t now_us)
{
  for (size_t i = 0; i < count; i++) {
    TRY(meter_make(budget, &lines[i].of));
    TRY(seen_room(meter_find(budget, &lines[i].of), now_us));
  }
  return OK;
}

static enum err charge_all(struct budget *budget, const struct budget_line *lines, size_t count,
                           uint64_t child, int64_t now_us)
{
  TRY(make_all(budget, lines, count, now_us));
  for (size_t i = 0; i < count; i++)
    put(meter_find(budget, &lines[i].of), child, now_us);
  return OK;
}

enum err budget_take(struct budget *budget, struct budget_over *ret_over,
                     const struct budget_line *lines, size_t count, struct id child,
                     struct instant now)
{
  uint64_t number = child_number(child);
  enum err err = OK;

  pthread_mutex_lock(&budget->mutex);
  if (all_have_room(budget, ret_over, lines, count, number, now))
    err = charge_all(budget, lines, count, number, now.us);
  pthread_mutex_unlock(&budget->mutex);
  return err;
}

enum err budget_charge(struct budget *budget, const struct budget_line *lines, size_t count,
                       struct id child, struct instant now)
{
  pthread_mutex_lock(&budget->mutex);
  enum err err = charge_all(budget, lines, count, child_number(child), now.us);
  pthread_mutex_unlock(&budget->mutex);
  return err;
}

void budget_look(struct budget *budget, struct budget_over *ret_over,
                 const struct budget_line *lines, size_t count, struct instant now)
{
  pthread_mutex_lock(&budget->mutex);
  (void)all_have_room(budget, ret_over, lines, count, 0, now);
  pthread_mutex_unlock(&budget->mutex);
}

static size_t lines_of(struct budget_line lines[static BUDGET_LINES_MAX],
                       const struct charge *charge, struct id authority)
{
  const struct budget_of subjects[] = {{BUDGET_PERSON, charge->account, POLICY_NO_WORD},
                                       {BUDGET_AUTHORITY, authority, POLICY_NO_WORD},
                                       {BUDGET_RECEIVER, charge->receiver, POLICY_NO_WORD}};
  static const struct id none;
  size_t count = 0;

  for (size_t i = 0; i < 3; i++) {
    if (memcmp(subjects[i].subject.b, none.b, ID_BYTES) == 0) continue;
    lines[count++].of = subjects[i];
    for (uint64_t left = charge->purposes & ~UINT64_C(1); left != 0; left &= left - 1) {
      lines[count].of = subjects[i];
      lines[count++].of.purpose = (uint8_t)__builtin_ctzll(left);
    }
  }
  return count;
}

enum err budget_recall(struct budget *budget, const struct charge *charge, struct id authority)
{
  struct budget_line lines[BUDGET_LINES_MAX] = {0};
  size_t count = lines_of(lines, charge, authority);

  return budget_charge(budget, lines, count, charge->child, charge->at);
}

/* ---- raises, and how things stand ---- */

enum err budget_raise(struct budget *budget, const struct budget_raise *raise)
{
  pthread_mutex_lock(&budget->mutex);
  void *block = budget->raises;
  enum err err =
    block_grow(&block, &budget->raises_held, budget->raise_count + 1, sizeof *budget->raises);
  budget->raises = block;
  if (err == OK) budget->raises[budget->raise_count++] = *raise;
  pthread_mutex_unlock(&budget->mutex);
  return err;
}

void budget_state(struct budget *budget, struct budget_state *ret_state,
                  const struct budget_line *line, struct instant now)
{
  *ret_state = (struct budget_state){0};
  pthread_mutex_lock(&budget->mutex);
  struct meter *meter = meter_find(budget, &line->of);
  if (meter != NULL) count_anew(meter, now.us);
  for (unsigned i = 0; i < POLICY_WINDOWS; i++) {
    ret_state->limit[i] = limit_of(budget, line, (enum policy_window)i, now);
    ret_state->used[i] = meter != NULL ? meter->at_most[i] : 0;
  }
  pthread_mutex_unlock(&budget->mutex);
}

bool budget_at(struct budget *budget, struct budget_of *ret_of, size_t i)
{
  pthread_mutex_lock(&budget->mutex);
  bool found = i < budget->count;
  if (found) *ret_of = budget->meters[i].of;
  pthread_mutex_unlock(&budget->mutex);
  return found;
}

bool budget_raise_at(struct budget *budget, struct budget_raise *ret_raise, size_t i,
                     struct day today)
{
  bool found = false;

  pthread_mutex_lock(&budget->mutex);
  for (size_t k = 0; k < budget->raise_count && !found; k++) {
    if (budget->raises[k].until.number < today.number || i-- > 0) continue;
    *ret_raise = budget->raises[k];
    found = true;
  }
  pthread_mutex_unlock(&budget->mutex);
  return found;
}

/* ---- beginning and end ---- */

enum err budget_new(struct budget **ret_budget)
{
  void *block = NULL;
  size_t held = 0;

  TRY(block_grow(&block, &held, 1, sizeof(struct budget)));
  struct budget *budget = block;
  if (pthread_mutex_init(&budget->mutex, NULL) != 0) {
    block_free(&block, &held, sizeof(struct budget));
    return ERR_MEMORY;
  }
  *ret_budget = budget;
  return OK;
}

void budget_free(struct budget **budget)
{
  struct budget *old = *budget;
  void *block = old;
  size_t one = 1;

  if (old == NULL) return;
  for (size_t i = 0; i < old->count; i++) {
    void *seen = old->meters[i].seen;

    block_free(&seen, &old->meters[i].held, sizeof(struct seen));
  }
  void *meters = old->meters, *places = old->places, *raises = old->raises;
  block_free(&meters, &old->held, sizeof *old->meters);
  block_free(&places, &old->places_held, sizeof *old->places);
  block_free(&raises, &old->raises_held, sizeof *old->raises);
  pthread_mutex_destroy(&old->mutex);
  block_free(&block, &one, sizeof(struct budget));
  *budget = NULL;
}

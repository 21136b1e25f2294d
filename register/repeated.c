/* Repeated words in memory. Must never hold a text. */
#include "register/repeated.h"

#include <pthread.h>
#include <string.h>

#include "base/arena.h"
#include "register/bytes.h"

/* By open addressing, at most half full. `on` counts by day, each day in the place of its number
 * modulo seven, as of `last`. */
struct text {
  struct repeated_words said;
  uint32_t on[REPEATED_DAYS];
  bool is_there;
};
struct repeated {
  pthread_mutex_t mutex; /* over all below */
  struct text *texts;
  size_t held, used;
};

enum { TEXTS_FIRST = 256 };

static struct text *place_of(const struct repeated *repeated, struct id words)
{
  size_t at = (size_t)get_u64(words.b) & (repeated->held - 1);

  while (repeated->texts[at].is_there &&
         memcmp(repeated->texts[at].said.words.b, words.b, ID_BYTES) != 0)
    at = (at + 1) & (repeated->held - 1);
  return &repeated->texts[at];
}

static bool is_live(const struct text *text, struct day today)
{
  return text->is_there && today.number - text->said.last.number < REPEATED_DAYS;
}

/* Room for one more; texts of more than seven days ago are left behind. */
static enum err make_room(struct repeated *repeated, struct day today)
{
  size_t wanted = TEXTS_FIRST, held = 0, old_held = repeated->held, live = 0;
  struct text *old = repeated->texts;
  void *block = NULL, *old_block = old;

  if (2 * (repeated->used + 1) <= repeated->held) return OK;
  for (size_t i = 0; i < old_held; i++)
    if (is_live(&old[i], today)) live++;
  while (wanted < 4 * (live + 1))
    wanted *= 2;
  TRY(block_grow(&block, &held, wanted, sizeof *old));
  repeated->texts = block;
  repeated->held = held;
  repeated->used = live;
  for (size_t i = 0; i < old_held; i++)
    if (is_live(&old[i], today)) *place_of(repeated, old[i].said.words) = old[i];
  block_free(&old_block, &old_held, sizeof *old);
  return OK;
}

static unsigned slot_of(struct day day)
{
  return (unsigned)(day.number % REPEATED_DAYS + REPEATED_DAYS) % REPEATED_DAYS;
}

/* Days that nothing was said on, and days that have passed out of the seven, count nothing. */
static void move_on(struct text *text, struct day today)
{
  int32_t passed = today.number - text->said.last.number;

  for (int32_t day = 1; day <= passed && day <= REPEATED_DAYS; day++)
    text->on[slot_of((struct day){text->said.last.number + day})] = 0;
  if (passed > 0) text->said.last = today;
}

static uint32_t count_of(const struct text *text)
{
  uint32_t count = 0;

  for (size_t i = 0; i < REPEATED_DAYS; i++)
    count += text->on[i];
  return count;
}

static void name(struct repeated_words *said, struct id account)
{
  for (size_t i = 0; i < said->who_count; i++)
    if (memcmp(said->who[i].b, account.b, ID_BYTES) == 0) return;
  if (said->who_count == REPEATED_WHO)
    said->has_more = true;
  else
    said->who[said->who_count++] = account;
}

static void add(struct text *text, const struct charge *charge, struct day today)
{
  if (!is_live(text, today)) {
    memset(text, 0, sizeof *text);
    text->said.words = charge->words;
    text->said.first = text->said.last = today;
    text->is_there = true;
  }
  move_on(text, today);
  text->on[slot_of(today)]++;
  text->said.purposes |= charge->purposes;
  name(&text->said, charge->account);
}

enum err repeated_add(struct repeated *repeated, const struct charge *charge, uint32_t *ret_count)
{
  struct day today = instant_day(charge->at);

  pthread_mutex_lock(&repeated->mutex);
  enum err err = make_room(repeated, today);
  if (err == OK) {
    struct text *text = place_of(repeated, charge->words);

    if (!text->is_there) repeated->used++;
    add(text, charge, today);
    *ret_count = count_of(text);
  }
  pthread_mutex_unlock(&repeated->mutex);
  return err;
}

bool repeated_at(struct repeated *repeated, struct repeated_words *ret_words, size_t i,
                 uint32_t most, struct day today)
{
  bool found = false;

  pthread_mutex_lock(&repeated->mutex);
  for (size_t k = 0; k < repeated->held && !found; k++) {
    struct text text = repeated->texts[k];

    if (!is_live(&text, today)) continue;
    struct day last = text.said.last;
    move_on(&text, today);
    if (count_of(&text) <= most || i-- > 0) continue;
    *ret_words = text.said;
    ret_words->last = last;
    ret_words->count = count_of(&text);
    found = true;
  }
  pthread_mutex_unlock(&repeated->mutex);
  return found;
}

enum err repeated_new(struct repeated **ret_repeated)
{
  void *block = NULL;
  size_t held = 0;

  TRY(block_grow(&block, &held, 1, sizeof(struct repeated)));
  struct repeated *repeated = block;
  if (pthread_mutex_init(&repeated->mutex, NULL) != 0) {
    block_free(&block, &held, sizeof(struct repeated));
    return ERR_MEMORY;
  }
  *ret_repeated = repeated;
  return OK;
}

void repeated_free(struct repeated **repeated)
{
  struct repeated *old = *repeated;
  void *block = old, *texts;
  size_t one = 1;

  if (old == NULL) return;
  texts = old->texts;
  block_free(&texts, &old->held, sizeof *old->texts);
  pthread_mutex_destroy(&old->mutex);
  block_free(&block, &one, sizeof(struct repeated));
  *repeated = NULL;
}

/* Readers of the index, and of the pool of keys, while the writer changes both: records come,
 * change their level and go, and every walk finds a table that agrees with itself. */
#include "tests/threads/place.h"

enum { READERS = 6, WRITERS = 2, CHILDREN = 60, ARENA_BYTES = 32 << 20 };

struct crowd {
  struct place *place;
  atomic_bool is_over;
  atomic_uint walks, added, removed;
};

/* ---- reading ---- */

static void walk(struct index *index)
{
  size_t cursor = 0, items = 0;

  index_read(index);
  for (size_t i = 0; i < index_count(index); i++) {
    const struct entry *entry = index_at(index, i);
    MUST(index_entry(index, entry->id) == entry);
    MUST(index_key_in_use(index, entry->key));
    MUST(entry->version > 0);
    (void)index_household(index, entry);
  }
  for (const struct item *item; (item = index_item_of_kind(index, ITEM_ASSIGNMENT, &cursor));)
    items += index_item(index, item->id) == item;
  index_done(index);
  (void)items;
}

static void look_for(struct index *index, struct arena *scratch, const char *surname)
{
  uint64_t token =
    index_token(index, scratch, TOKEN_SURNAME, (struct personal){surname, strlen(surname)});
  size_t cursor = 0, found = 0;

  index_read(index);
  for (const struct entry *entry; (entry = index_find(index, token, &cursor)); found++)
    MUST(entry->version > 0);
  MUST(found <= index_count(index));
  index_done(index);
}

static void *read_on(void *self)
{
  struct crowd *crowd = self;
  struct reg *reg = crowd->place->reg;
  struct arena *scratch = NULL;

  MUST_OK(arena_new(&scratch, ARENA_BYTES));
  while (!atomic_load(&crowd->is_over)) {
    arena_reset(scratch);
    walk(reg->index);
    look_for(reg->index, scratch, "Prawf");
    (void)keys_spares(reg->keys);
    (void)writer_queued(reg->writer);
    (void)people_count(reg->people);
    crowd->walks++;
  }
  arena_free(&scratch);
  return NULL;
}

/* ---- writing ---- */

static enum err change(struct op *op, struct id id, bool is_last)
{
  struct entry_of entry = {.action = ACTION_ENTRY_CHANGE};
  struct facts_want want = {.id = id};
  struct record *record = NULL;
  struct facts facts;
  struct value name = value_absent;

  arena_reset(op->arena);
  MUST_OK(op_begin(op));
  want.today = op_today(op);
  TRY(facts_read(op, &facts, &want));
  TRY(op_record(op, &record, &facts));
  if (is_last) {
    TRY(op_erase(op, record));
  } else {
    name.text = (struct personal){"Arall", 5};
    name.state = VALUE_CHECKED;
    record_set(record, FIELD_surname, 0, name);
    TRY(op_put(op, record, NULL));
    op_moves_protection(op);
  }
  MUST_OK(op_entry(op, &entry));
  return place_submit(op);
}

/* Again and again: what moved, and what was refused for want of a spare key. */
static void insist(struct op *op, struct id id, bool is_last)
{
  enum err err;

  while ((err = change(op, id, is_last)) != OK) {
    op_end(op);
    MUST(err == ERR_MOVED || err == ERR_BUSY);
    usleep(1000);
  }
}

static void *write_on(void *self)
{
  struct crowd *crowd = self;
  struct reader *reader = NULL;
  struct arena *arena = NULL;
  struct id id;

  MUST_OK(arena_new(&arena, ARENA_BYTES));
  MUST_OK(reader_new(&reader, crowd->place->reg));
  struct op op = {.reg = crowd->place->reg, .reader = reader, .arena = arena};
  for (int i = 0; i < CHILDREN; i++) {
    enum err err;
    while ((err = place_child(&op, &id, "Prawf", LEVEL_UNKNOWN)) != OK) {
      op_end(&op);
      MUST(err == ERR_MOVED || err == ERR_BUSY);
      usleep(1000);
    }
    crowd->added++;
    if (i % 2 == 0) insist(&op, id, false);
    if (i % 4 == 0) {
      insist(&op, id, true);
      crowd->removed++;
    }
  }
  reader_free(&reader);
  arena_free(&arena);
  return NULL;
}

int main(void)
{
  static struct place place;
  struct crowd crowd = {.place = &place};
  pthread_t readers[READERS], writers[WRITERS];
  size_t left;

  place_begin(&place);
  for (int i = 0; i < READERS; i++)
    MUST(pthread_create(&readers[i], NULL, read_on, &crowd) == 0);
  for (int i = 0; i < WRITERS; i++)
    MUST(pthread_create(&writers[i], NULL, write_on, &crowd) == 0);
  for (int i = 0; i < WRITERS; i++)
    MUST(pthread_join(writers[i], NULL) == 0);
  atomic_store(&crowd.is_over, true);
  for (int i = 0; i < READERS; i++)
    MUST(pthread_join(readers[i], NULL) == 0);
  index_read(place.reg->index);
  left = index_count(place.reg->index);
  index_done(place.reg->index);
  printf("%u walks, %u added, %u removed\n", crowd.walks, crowd.added, crowd.removed);
  MUST(left == crowd.added - crowd.removed && crowd.walks > 0);
  reg_close(&place.reg);
  place_open(&place);
  index_read(place.reg->index);
  MUST(index_count(place.reg->index) == left);
  index_done(place.reg->index);
  place_end(&place);
  return 0;
}

/* A register that is closed while requests are on their way: some with the writer, some handed over
 * to the thread that waits for a signed head. Each of them hears exactly once what became of it,
 * and nobody touches what is already gone. */
#include "register/openings.h"
#include "tests/threads/place.h"

enum { REQUESTS = 48, TIMES = 6, ARENA_BYTES = 1 << 20 };

struct sent {
  struct arena *arena;
  struct op op;
  struct late late;
  atomic_uint heard;
  enum err err;
};

static void heard(void *self, enum err err)
{
  struct sent *sent = self;

  sent->err = err;
  sent->heard++;
}

static enum err run_late(void *self, struct op *op, const struct opening_context *context)
{
  (void)op;
  return context->size > ((struct sent *)self)->late.index ? OK : ERR_INTERNAL;
}

/* Every other one is handed over. */
static void send(struct place *place, struct reader *reader, struct sent *sent, int number)
{
  struct entry_of entry = {.action = ACTION_ENTRY_VIEW};

  MUST_OK(arena_new(&sent->arena, ARENA_BYTES));
  sent->op = (struct op){.reg = place->reg, .reader = reader, .arena = sent->arena};
  MUST_OK(op_begin(&sent->op));
  MUST_OK(op_entry(&sent->op, &entry));
  sent->late = (struct late){.index = LATE_OWN, .wait_us = 5000000, .run = run_late, .self = sent};
  if (number % 2 == 0) openings_after(&sent->op, &sent->late);
  reg_submit(&sent->op, heard, sent);
}

static unsigned close_while_busy(struct place *place, useconds_t pause)
{
  static struct sent sent[REQUESTS];
  struct reader *reader = NULL;
  unsigned done = 0;

  memset(sent, 0, sizeof sent);
  MUST_OK(reader_new(&reader, place->reg));
  for (int i = 0; i < REQUESTS; i++)
    send(place, reader, &sent[i], i);
  reader_free(&reader);
  usleep(pause);
  reg_close(&place->reg);
  for (int i = 0; i < REQUESTS; i++) {
    MUST(sent[i].heard == 1);
    MUST(sent[i].err == OK || sent[i].err == ERR_BUSY);
    MUST(sent[i].err == OK || i % 2 == 0); /* what only waited for the writer was finished */
    done += sent[i].err == OK;
    arena_free(&sent[i].arena);
  }
  place_open(place);
  return done;
}

int main(void)
{
  static struct place place;
  unsigned done = 0;

  place_begin(&place);
  for (int i = 0; i < TIMES; i++)
    done += close_while_busy(&place, (useconds_t)i * 150000);
  printf("%u of %u\n", done, REQUESTS * TIMES);
  place_end(&place);
  return 0;
}

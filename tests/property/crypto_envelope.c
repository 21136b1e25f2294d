/* Laws of the envelope over random contexts, classes and texts: it opens to what was sealed, only
 * in its own place, and one class has one size. Seeded: CNIS_SEED=n repeats a run. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/envelope.h"

enum { ROUNDS = 3000, LARGEST = 8 };

static uint64_t state;

static uint64_t next_number(void) /* splitmix64 */
{
  uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

static void fill(void *self, void *ret_bytes, size_t n)
{
  uint8_t *to = ret_bytes;
  (void)self;
  while (n-- > 0)
    *to++ = (uint8_t)next_number();
}

static void must(bool holds, const char *what, int round)
{
  if (holds) return;
  fprintf(stderr, "round %d: %s\n", round, what);
  exit(1);
}

static struct envelope_context any_context(void)
{
  struct envelope_context context = {.table = (uint16_t)next_number(),
                                     .field = (uint16_t)next_number(),
                                     .codec = (uint16_t)next_number(),
                                     .part = (uint16_t)next_number(),
                                     .version = next_number(),
                                     .compartment = (enum compartment)(1 + next_number() % 5),
                                     .pad_class = (unsigned)(next_number() % (LARGEST + 1)),
                                     .generation = (uint32_t)next_number()};
  fill(NULL, context.authority, ID_BYTES);
  fill(NULL, context.record, ID_BYTES);
  return context;
}

/* Any one bit of what places a value. */
static void move(struct envelope_context *context)
{
  uint64_t which = next_number() % 7;
  uint64_t bit = next_number();
  if (which == 0) context->table ^= (uint16_t)(1 << bit % 16);
  if (which == 1) context->field ^= (uint16_t)(1 << bit % 16);
  if (which == 2) context->codec ^= (uint16_t)(1 << bit % 16);
  if (which == 3) context->part ^= (uint16_t)(1 << bit % 16);
  if (which == 4) context->version ^= (uint64_t)1 << bit % 64;
  if (which == 5) context->authority[bit % 16] ^= (uint8_t)(1 << bit / 16 % 8);
  if (which == 6) context->record[bit % 16] ^= (uint8_t)(1 << bit / 16 % 8);
}

static void one_round(int round, const struct outside *outside)
{
  static uint8_t text[ENVELOPE_BUCKET(LARGEST)], envelope[ENVELOPE_SIZE(LARGEST)],
    back[sizeof text];
  struct envelope_context context = any_context(), moved;
  struct key key;
  struct nonce nonce;
  size_t most = context.pad_class == 0 ? sizeof text : ENVELOPE_BUCKET(context.pad_class) - 1;
  size_t n = next_number() % (most + 1), got = 0;
  key_random(&key, outside);
  fill(NULL, nonce.bytes, sizeof nonce.bytes);
  fill(NULL, text, n);
  size_t size = envelope_size(context.pad_class, n);
  must(context.pad_class == 0 || size == ENVELOPE_SIZE(context.pad_class), "one size a class",
       round);
  must(envelope_seal(envelope, &key, &context, &nonce, text, n) == OK, "seals", round);
  must(envelope_open(back, &got, &key, &context, envelope, size) == OK, "opens", round);
  must(got == n && memcmp(back, text, n) == 0, "is what was sealed", round);

  moved = context;
  move(&moved);
  must(envelope_open(back, &got, &key, &moved, envelope, size) == ERR_OPEN, "not elsewhere", round);
  envelope[16 + next_number() % (size - 16)] ^= (uint8_t)(1 << next_number() % 8);
  must(envelope_open(back, &got, &key, &context, envelope, size) == ERR_OPEN, "not changed", round);
}

int main(void)
{
  const char *seed = getenv("CNIS_SEED");
  struct outside outside = {.random = fill};
  if (crypto_ready() != OK) return 1;
  randombytes_buf(&state, sizeof state);
  if (seed != NULL) state = strtoull(seed, NULL, 10);
  printf("CNIS_SEED=%llu\n", (unsigned long long)state);
  for (int round = 0; round < ROUNDS; round++)
    one_round(round, &outside);
  return 0;
}

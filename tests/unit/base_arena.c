/* Regions of memory: capped, zeroed, wiped. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

static struct arena *new_arena(size_t cap)
{
  struct arena *arena = NULL;
  cr_assert_eq(arena_new(&arena, cap), OK);
  return arena;
}

static bool all_zero(const unsigned char *bytes, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    if (bytes[i] != 0) return false;
  }
  return true;
}

Test(arena, gives_zeroed_memory_aligned_to_16)
{
  struct arena *arena = new_arena(1 << 20);
  for (size_t bytes = 0; bytes < 100; bytes++) {
    unsigned char *taken = arena_take(arena, bytes);
    cr_assert_not_null(taken);
    cr_assert_eq((uintptr_t)taken % 16, 0);
    cr_assert(all_zero(taken, bytes));
    memset(taken, 0xaa, bytes);
  }
  arena_free(&arena);
  cr_assert_null(arena);
}

Test(arena, holds_its_cap)
{
  struct arena *arena = new_arena(1024);
  cr_assert_null(arena_take(arena, 1025));
  cr_assert_not_null(arena_take(arena, 1000));
  cr_assert_null(arena_take(arena, 32));
  cr_assert_not_null(arena_take(arena, 16));
  cr_assert_null(arena_take(arena, 1));
  cr_assert_null(arena_take(arena, 0));
  arena_free(&arena);
}

Test(arena, refuses_sizes_that_wrap_around)
{
  struct arena *arena = new_arena(SIZE_MAX);
  cr_assert_null(arena_take(arena, SIZE_MAX));
  cr_assert_null(arena_take(arena, SIZE_MAX - 15));
  cr_assert_null(arena_take_array(arena, SIZE_MAX / 2, 3));
  cr_assert_not_null(arena_take_array(arena, 3, 5));
  arena_free(&arena);
}

Test(arena, hands_out_zeroes_again_after_a_reset)
{
  struct arena *arena = new_arena(1 << 20);
  unsigned char *secret = arena_take(arena, 5000);
  memset(secret, 0x55, 5000);
  arena_reset(arena);
  unsigned char *again = arena_take(arena, 5000);
  cr_assert_eq(again, secret, "the first page is kept");
  cr_assert(all_zero(again, 5000), "and wiped");
  arena_free(&arena);
}

Test(arena, keeps_a_page_of_usual_size_and_hands_it_out_wiped)
{
  struct arena *arena = new_arena(8 << 20);
  unsigned char *before = NULL;
  for (int round = 0; round < 3; round++) {
    unsigned char *filling = arena_take(arena, 60000); /* the first page is full now */
    unsigned char *taken = arena_take(arena, 100000);
    unsigned char *large = arena_take(arena, 1 << 20); /* too large to be kept */
    cr_assert(filling && taken && large);
    cr_assert(all_zero(filling, 60000) && all_zero(taken, 100000) && all_zero(large, 1 << 20));
    cr_assert(round == 0 || taken == before);
    memset(filling, 0xaa, 60000);
    memset(taken, 0xaa, 100000);
    memset(large, 0xaa, 1 << 20);
    before = taken;
    arena_reset(arena);
  }
  arena_free(&arena);
}

Test(arena, counts_from_nothing_after_a_reset)
{
  struct arena *arena = new_arena(300 * 1024);
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < 3; i++)
      cr_assert_not_null(arena_take(arena, 100 * 1024), "%d %d", round, i);
    cr_assert_null(arena_take(arena, 1));
    arena_reset(arena);
  }
  arena_free(&arena);
}

Test(arena, takes_more_pages_and_pages_of_any_size)
{
  struct arena *arena = new_arena(64 << 20);
  unsigned char *large = arena_take(arena, 20 << 20);
  cr_assert(all_zero(large, 20 << 20));
  for (int i = 0; i < 300; i++) {
    unsigned char *piece = arena_take(arena, 100 * 1024);
    cr_assert(all_zero(piece, 100 * 1024));
    memset(piece, 1, 100 * 1024);
  }
  arena_free(&arena);
}

Test(arena, copies_text_of_both_kinds)
{
  struct arena *arena = new_arena(64);
  struct str copy = {0};
  cr_assert_eq(arena_copy(arena, &copy, STR("cod")), OK);
  cr_assert(str_is(copy, "cod"));
  struct personal name = {0};
  cr_assert_eq(arena_copy_personal(arena, &name, (struct personal){"Mair", 4}), OK);
  cr_assert_eq(name.len, 4);
  cr_assert_eq(arena_copy(arena, &copy, (struct str){0}), OK);
  cr_assert_eq(copy.len, 0);
  char long_text[65] = {0};
  cr_assert_eq(arena_copy(arena, &copy, (struct str){long_text, 65}), ERR_MEMORY);
  cr_assert_eq(copy.len, 0, "an output stays as it was");
  arena_free(&arena);
}

Test(arena, free_takes_null)
{
  struct arena *none = NULL;
  arena_free(NULL);
  arena_free(&none);
}

Test(block, grows_zeroed_and_keeps_what_it_held)
{
  void *block = NULL;
  size_t held = 0;
  cr_assert_eq(block_grow(&block, &held, 3, sizeof(int)), OK);
  cr_assert_geq(held, 3);
  int *numbers = block;
  for (size_t i = 0; i < held; i++)
    numbers[i] = (int)i + 1;
  size_t before = held;
  cr_assert_eq(block_grow(&block, &held, before, sizeof(int)), OK);
  cr_assert_eq(block, numbers, "large enough already");
  cr_assert_eq(block_grow(&block, &held, before + 1, sizeof(int)), OK);
  numbers = block;
  for (size_t i = 0; i < held; i++)
    cr_assert_eq(numbers[i], i < before ? (int)i + 1 : 0);
  block_free(&block, &held, sizeof(int));
  cr_assert_null(block);
  cr_assert_eq(held, 0);
}

Test(block, says_when_there_is_no_memory_and_keeps_the_block)
{
  void *block = NULL;
  size_t held = 0;
  cr_assert_eq(block_grow(&block, &held, 3, 16), OK);
  void *before = block;
  cr_assert_eq(block_grow(&block, &held, SIZE_MAX / 8, 16), ERR_MEMORY);
  cr_assert_eq(block, before);
  block_free(&block, &held, 16);
}

Test(wipe, overwrites_and_takes_nothing)
{
  unsigned char secret[32];
  memset(secret, 0x77, sizeof(secret));
  wipe(secret, sizeof(secret));
  cr_assert(all_zero(secret, sizeof(secret)));
  wipe(NULL, 0);
}

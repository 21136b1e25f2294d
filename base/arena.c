/* Memory by regions. The only file that asks the system for memory: pages come from mmap, so that
 * each can be locked and kept out of dumps; blocks that grow come from calloc.
 * Nothing handed back here is returned to the system before it is wiped. */
#include "base/arena.h"

#include <assert.h>
#include <sanitizer/asan_interface.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
  ALIGN = 16,
  PAGE_MIN = 64 * 1024,
  PAGE_MAX = 4 * 1024 * 1024, /* pages double up to here; a larger wish gets its own page */
  PAGE_KEPT = 256 * 1024,     /* the largest that outlives a reset beside the first */
};

struct page {
  struct page *older;
  size_t size; /* bytes mapped, this header included */
  size_t used; /* bytes handed out, this header included */
};

struct arena {
  struct page *page;  /* the newest, from which memory is taken */
  struct page *spare; /* wiped, for the next time that the first page is full; may be NULL */
  size_t cap, taken;  /* bytes, over all pages */
};

static size_t round_up(size_t bytes, size_t to)
{
  return (bytes + to - 1) / to * to;
}

static const size_t PAGE_HEADER = (sizeof(struct page) + ALIGN - 1) / ALIGN * ALIGN;

static struct page *page_new(size_t size, struct page *older)
{
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return NULL;
  (void)madvise(memory, size, MADV_DONTDUMP);
  (void)mlock(memory, size); /* as far as RLIMIT_MEMLOCK goes; a swapped page is not an error */
  struct page *page = memory;
  *page = (struct page){.older = older, .size = size, .used = PAGE_HEADER};
  ASAN_POISON_MEMORY_REGION((char *)memory + PAGE_HEADER, size - PAGE_HEADER);
  return page;
}

/* Wipes what was handed out beyond `keep` bytes. What was never handed out is still zero. */
static void page_wipe(struct page *page, size_t keep)
{
  ASAN_UNPOISON_MEMORY_REGION(page, page->size);
  wipe((char *)page + keep, page->used - keep);
  page->used = keep;
  ASAN_POISON_MEMORY_REGION((char *)page + keep, page->size - keep);
}

static void page_free(struct page *page)
{
  page_wipe(page, PAGE_HEADER);
  ASAN_UNPOISON_MEMORY_REGION(page, page->size);
  munmap(page, page->size);
}

static void *page_take(struct page *page, size_t bytes, size_t room)
{
  char *taken = (char *)page + page->used;
  page->used += room;
  ASAN_UNPOISON_MEMORY_REGION(taken, bytes);
  return taken;
}

/* The arena itself stands at the start of its first page. */
static const size_t ARENA_ROOM = (sizeof(struct arena) + ALIGN - 1) / ALIGN * ALIGN;

enum err arena_new(struct arena **ret_arena, size_t cap_bytes)
{
  struct page *page = page_new(PAGE_MIN, NULL);
  if (!page) return ERR_MEMORY;
  struct arena *arena = page_take(page, sizeof(*arena), ARENA_ROOM);
  *arena = (struct arena){.page = page, .cap = cap_bytes};
  *ret_arena = arena;
  return OK;
}

/* Giving a page back to the system interrupts every core that the process runs on, so the largest
 * of usual size stays. */
static void let_go(struct arena *arena, struct page *page)
{
  struct page *spare = arena->spare;
  if (page->size > PAGE_KEPT || (spare && spare->size >= page->size)) {
    page_free(page);
    return;
  }
  if (spare) page_free(spare);
  page_wipe(page, PAGE_HEADER);
  arena->spare = page;
}

/* Lets go of every page but the first, and returns that. */
static struct page *let_go_newer(struct arena *arena)
{
  struct page *page = arena->page;
  while (page->older) {
    struct page *older = page->older;
    let_go(arena, page);
    page = older;
  }
  return page;
}

void arena_free(struct arena **arena)
{
  if (!arena || !*arena) return;
  struct page *first = let_go_newer(*arena);
  if ((*arena)->spare) page_free((*arena)->spare);
  page_free(first);
  *arena = NULL;
}

void arena_reset(struct arena *arena)
{
  arena->page = let_go_newer(arena);
  arena->taken = 0;
  page_wipe(arena->page, PAGE_HEADER + ARENA_ROOM);
}

static enum err arena_add_page(struct arena *arena, size_t room)
{
  struct page *spare = arena->spare;
  if (spare && room <= spare->size - PAGE_HEADER) {
    spare->older = arena->page;
    arena->page = spare;
    arena->spare = NULL;
    return OK;
  }
  if (room > SIZE_MAX - PAGE_HEADER - PAGE_MIN) return ERR_MEMORY;
  size_t size = arena->page->size < PAGE_MAX ? arena->page->size * 2 : PAGE_MAX;
  if (size < PAGE_HEADER + room) size = round_up(PAGE_HEADER + room, PAGE_MIN);
  struct page *page = page_new(size, arena->page);
  if (!page) return ERR_MEMORY;
  arena->page = page;
  return OK;
}

void *arena_take(struct arena *arena, size_t bytes)
{
  size_t room = bytes ? round_up(bytes, ALIGN) : ALIGN;
  if (room < bytes || room > arena->cap - arena->taken) return NULL; /* wrapped, or no room */
  if (room > arena->page->size - arena->page->used && arena_add_page(arena, room) != OK)
    return NULL;
  arena->taken += room;
  return page_take(arena->page, bytes, room);
}

void *arena_take_array(struct arena *arena, size_t count, size_t size)
{
  size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) return NULL;
  return arena_take(arena, bytes);
}

static char *copy_bytes(struct arena *arena, const char *ptr, size_t len)
{
  char *copy = arena_take(arena, len);
  if (copy && len > 0) memcpy(copy, ptr, len);
  return copy;
}

enum err arena_copy(struct arena *arena, struct str *ret_copy, struct str text)
{
  char *copy = copy_bytes(arena, text.ptr, text.len);
  if (!copy) return ERR_MEMORY;
  *ret_copy = (struct str){copy, text.len};
  return OK;
}

enum err arena_copy_personal(struct arena *arena, struct personal *ret_copy, struct personal text)
{
  char *copy = copy_bytes(arena, text.ptr, text.len);
  if (!copy) return ERR_MEMORY;
  *ret_copy = (struct personal){copy, text.len};
  return OK;
}

enum err block_grow(void **block, size_t *held, size_t count, size_t size)
{
  assert(size > 0);
  if (count <= *held) return OK;
  size_t wanted = *held <= SIZE_MAX / 2 && *held * 2 > count ? *held * 2 : count;
  size_t bytes = 0;
  if (__builtin_mul_overflow(wanted, size, &bytes)) return ERR_MEMORY;
  void *grown = calloc(1, bytes);
  if (!grown) return ERR_MEMORY;
  if (*held > 0) memcpy(grown, *block, *held * size);
  block_free(block, held, size);
  *block = grown;
  *held = wanted;
  return OK;
}

void block_free(void **block, size_t *held, size_t size)
{
  if (*block) wipe(*block, *held * size);
  free(*block);
  *block = NULL;
  *held = 0;
}

void wipe(void *memory, size_t bytes)
{
  if (bytes > 0) explicit_bzero(memory, bytes);
}

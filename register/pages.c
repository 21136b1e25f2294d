/* Pages of a long text. Must never leave a page of another length than the others. */
#include "register/pages.h"

#include <string.h>

enum { PAGE_BYTES = ITEM_TEXT_MAX, PAGES_MIN = 8 };

static size_t pages_for(size_t n)
{
  size_t count = PAGES_MIN;

  while (count * PAGE_BYTES < n)
    count *= 2;
  return count;
}

enum err pages_put(struct op *op, const struct pages *pages, struct personal text)
{
  size_t count = pages_for(text.len);
  struct id before = pages->root;
  char *page = arena_take(op->arena, PAGE_BYTES);

  if (page == NULL) return ERR_MEMORY;
  if (count > PAGES_MAX) return ERR_TOO_LARGE;
  for (size_t i = 0; i < count; i++) {
    struct item item = {
      .kind = ITEM_NOTE_PAGE, .record = pages->record, .subject = before, .until = DAY_NONE};
    size_t at = i * PAGE_BYTES, left = at < text.len ? text.len - at : 0;

    memset(page, 0, PAGE_BYTES);
    if (left > 0) memcpy(page, text.ptr + at, left < PAGE_BYTES ? left : PAGE_BYTES);
    TRY(op_item_put(op, &item, pages->child, (struct personal){page, PAGE_BYTES}));
    before = item.id;
  }
  wipe(page, PAGE_BYTES);
  return OK;
}

bool pages_next(const struct op *op, struct id before, struct id *ret_id)
{
  const struct item *item;
  size_t cursor = 0;

  index_read(op->reg->index);
  item = index_item_of_subject(op->reg->index, before, ITEM_NOTE_PAGE, &cursor);
  if (item != NULL) *ret_id = item->id;
  index_done(op->reg->index);
  return item != NULL;
}

enum err pages_read(struct op *op, const struct pages *pages, struct personal *ret_text, size_t n)
{
  char *text = arena_take(op->arena, n + 1);
  struct id id = pages->root;

  if (text == NULL) return ERR_MEMORY;
  for (size_t at = 0; at < n; at += PAGE_BYTES) {
    struct personal page;
    struct item item;

    if (!pages_next(op, id, &id)) return ERR_CORRUPT;
    TRY(op_item_text(op, &page, &item, id, pages->child));
    if (page.len != PAGE_BYTES) return ERR_CORRUPT;
    memcpy(text + at, page.ptr, n - at < PAGE_BYTES ? n - at : PAGE_BYTES);
  }
  *ret_text = (struct personal){text, n};
  return OK;
}

enum err pages_read_text(struct op *op, const struct pages *pages, struct personal *ret_text)
{
  size_t count = 0;
  const char *end;

  for (struct id id = pages->root; count < PAGES_MAX && pages_next(op, id, &id);)
    count++;
  TRY(pages_read(op, pages, ret_text, count * PAGE_BYTES));
  end = memchr(ret_text->ptr, '\0', ret_text->len);
  if (end != NULL) ret_text->len = (size_t)(end - ret_text->ptr);
  return OK;
}

enum err pages_remove(struct op *op, const struct pages *pages)
{
  struct id id = pages->root;

  while (pages_next(op, id, &id))
    TRY(op_item_remove(op, id));
  return OK;
}

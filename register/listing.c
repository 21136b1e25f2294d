/* Pages of children. Must never say how many there are in all. */
#include "register/listing.h"

#include "base/fold.h"
#include "register/cursor.h"
#include "register/reply.h"

enum err listing_new(struct op *op, struct listing *ret_listing, size_t most)
{
  struct listed *at = arena_take_array(op->arena, most + 1, sizeof *at);

  if (at == NULL) return ERR_MEMORY;
  *ret_listing = (struct listing){.at = at, .held = most};
  return OK;
}

static struct personal opened_text(const struct view *view, enum field field)
{
  for (size_t i = 0; i < view->opened.count; i++)
    if (view->opened.at[i].field == field && view->opened.at[i].slot == 0)
      return view->opened.at[i].value.text;
  return (struct personal){"", 0};
}

static enum err write_child(struct op *op, struct str *ret_text, const struct view *view,
                            const struct listed_more *more, size_t more_count)
{
  struct json json;

  json_start(&json, op->arena, 1024);
  json_object_start(&json);
  JSON_KEY(&json, "entry");
  json_hex(&json, view->asked->facts.id.b, ID_BYTES);
  view_write_fields(&json, op, view);
  for (size_t i = 0; i < more_count; i++) {
    json_key(&json, more[i].key);
    json_splice(&json, more[i].value);
  }
  json_object_end(&json);
  return json_done(&json, ret_text);
}

enum err listing_add(struct op *op, struct listing *listing, const struct asked *asked)
{
  return listing_add_more(op, listing, asked, NULL, 0);
}

enum err listing_add_more(struct op *op, struct listing *listing, const struct asked *asked,
                          const struct listed_more *more, size_t more_count)
{
  struct listed *listed = &listing->at[listing->count];
  struct view view;

  if (listing->count == listing->held) return ERR_TOO_LARGE;
  TRY(view_open(op, &view, asked, op->actor.account));
  listed->id = asked->facts.id;
  listed->surname = opened_text(&view, FIELD_surname);
  listed->forename = opened_text(&view, FIELD_forename);
  TRY(write_child(op, &listed->text, &view, more, more_count));
  asked_entry(op, &listed->entry, ACTION_LIST_ITEM, asked, NULL);
  view_entry(&listed->entry, op, &view, listed->rules);
  listed->child = asked->facts.child;
  listed->record = asked->facts.id;
  listed->entry.child = &listed->child;
  listing->count++;
  return OK;
}

static int compare(const struct listed *a, const struct listed *b)
{
  int by_surname = fold_compare_welsh(a->surname, b->surname);

  return by_surname != 0 ? by_surname : fold_compare_welsh(a->forename, b->forename);
}

/* Merge sort over an index would be quicker; a list is a caseload, and this keeps equals in place.
 */
void listing_sort(struct listing *listing)
{
  for (size_t i = 1; i < listing->count; i++) {
    struct listed moved = listing->at[i];
    size_t at = i;

    while (at > 0 && compare(&moved, &listing->at[at - 1]) < 0) {
      listing->at[at] = listing->at[at - 1];
      at--;
    }
    listing->at[at] = moved;
  }
  /* Entries point into their own rows, which have moved. */
  for (size_t i = 0; i < listing->count; i++) {
    listing->at[i].entry.child = &listing->at[i].child;
    listing->at[i].entry.rules = listing->at[i].rules;
  }
}

/* What follows the last one shown; from the beginning when it is no longer in the list. */
static size_t first_after(const struct listing *listing, struct id after)
{
  for (size_t i = 0; i < listing->count; i++)
    if (id_equal(listing->at[i].id, after)) return i + 1;
  return 0;
}

enum err listing_answer(struct op *op, const struct listing *listing,
                        const struct listing_page *page)
{
  size_t from = first_after(listing, page->after), to = from;
  struct budget_over over = {0};
  struct str cursor;
  struct json json;

  json_start(&json, op->arena, 4096);
  json_object_start(&json);
  json_key(&json, page->name);
  json_array_start(&json);
  for (; to < listing->count && to < from + LIST_PAGE; to++) {
    if (page->spending != NULL) TRY(spend_child(op, &over, page->spending, listing->at[to].record));
    if (over.is_over) break;
    json_splice(&json, listing->at[to].text);
    TRY(op_entry(op, &listing->at[to].entry));
  }
  json_array_end(&json);
  if (over.is_over && to == from) return spend_refuse(op, &over, page->entry);
  if (over.is_over) {
    JSON_KEY(&json, "budget"); /* why the page ends here */
    spend_write_over(&json, op, &over);
  }
  if (to < listing->count) {
    TRY(cursor_write(op, &cursor, page->action, listing->at[to - 1].id));
    JSON_KEY(&json, "cursor");
    json_str(&json, cursor);
  }
  json_object_end(&json);
  page->entry->rows = (uint32_t)(to - from);
  TRY(op_entry(op, page->entry));
  op->answer.on_tick = true; /* the time of a list must not tell who was met and not shown */
  TRY(reply_json(op, &json, 200));
  op_end(op);
  return OK;
}

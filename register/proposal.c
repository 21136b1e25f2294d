/* Proposals: values in items, in the form that a patch has. They change nothing by themselves. */
#include "register/proposal.h"

#include "register/note.h"
#include "register/take.h"

struct page {
  struct shield_writer writer;
  struct item item;
  bool is_first;
};

static enum err page_begin(struct op *op, struct page *page)
{
  page->writer =
    (struct shield_writer){.text = arena_take(op->arena, ITEM_TEXT_MAX), .capacity = ITEM_TEXT_MAX};
  return page->writer.text != NULL ? OK : ERR_MEMORY;
}

static enum err page_end(struct op *op, struct page *page, const struct proposal *proposal)
{
  struct personal text = {(const char *)page->writer.text, page->writer.n};

  return op_item_put(op, &page->item, proposal->child, text);
}

/* The next page hangs on the one before. */
static enum err page_turn(struct op *op, struct page *page, const struct proposal *proposal,
                          struct id *ret_id)
{
  TRY(page_end(op, page, proposal));
  if (page->is_first) *ret_id = page->item.id;
  page->item = (struct item){
    .kind = ITEM_NOTE_PAGE, .record = proposal->about, .subject = page->item.id, .until = DAY_NONE};
  page->is_first = false;
  return page_begin(op, page);
}

static enum err put_value(struct op *op, struct page *page, const struct proposal *proposal,
                          struct id *ret_id, enum field field, unsigned slot,
                          const struct value *value)
{
  uint8_t bytes[VALUE_BYTES_MAX];
  struct shield_entry entry = {
    .field = field_row(field)->id, .part = (uint16_t)slot, .bytes = bytes};
  enum err err;

  entry.n = value_encode(bytes, value);
  err = shield_put(&page->writer, &entry);
  if (err == ERR_TOO_LARGE) {
    err = page_turn(op, page, proposal, ret_id);
    if (err == OK) err = shield_put(&page->writer, &entry);
  }
  wipe(bytes, sizeof bytes);
  return err;
}

static enum err put_field(struct op *op, struct page *page, const struct proposal *proposal,
                          struct id *ret_id, enum field field)
{
  struct value origin = value_absent;

  if (proposal->is_protected && field_row(field)->home != HOME_CASEWORK) return OK;
  if (field == FIELD_origin && proposal->origin.len > 0) {
    origin.state = VALUE_CHECKED;
    origin.text = proposal->origin;
    return put_value(op, page, proposal, ret_id, field, 0, &origin);
  }
  for (unsigned slot = 0; slot < field_row(field)->slots; slot++) {
    const struct value *given = take_find(proposal->values, field, slot);
    struct value value;

    if (given == NULL) continue;
    value = *given;
    TRY(field_check(field, &value));
    value.source = SOURCE_SHEET;
    value.recorded = op_today(op);
    TRY(note_put(op, &value, field, &(struct note_place){proposal->about, proposal->child}));
    TRY(put_value(op, page, proposal, ret_id, field, slot, &value));
  }
  return OK;
}

enum err proposal_put(struct op *op, struct id *ret_id, const struct proposal *proposal)
{
  struct page page = {
    .item = {.kind = ITEM_PROPOSAL,
             .flags = (uint16_t)proposal->kind,
             .record = proposal->about,
             .subject = op->actor.account,
             .until = DAY_NONE},
    .is_first = true,
  };

  TRY(page_begin(op, &page));
  for (unsigned field = 0; field < FIELD_COUNT; field++)
    TRY(put_field(op, &page, proposal, ret_id, (enum field)field));
  TRY(page_end(op, &page, proposal));
  if (page.is_first) *ret_id = page.item.id;
  return OK;
}

enum err proposal_parse(struct arena *arena, struct given_list *ret_values, struct personal text)
{
  struct given *at = arena_take_array(arena, text.len / SHIELD_ENTRY_OVERHEAD + 1, sizeof *at);
  struct shield_entry entry;
  struct shield_reader reader = {.text = (const uint8_t *)text.ptr, .n = text.len};
  size_t count = 0;

  if (at == NULL) return ERR_MEMORY;
  while (shield_next(&entry, &reader)) {
    if (!field_by_id(entry.field, &at[count].field)) return ERR_CORRUPT;
    at[count].slot = entry.part;
    TRY(value_decode(&at[count].value, entry.bytes, entry.n));
    count++;
  }
  TRY(reader.err);
  *ret_values = (struct given_list){at, count};
  return OK;
}

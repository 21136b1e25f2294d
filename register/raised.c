/* Raises of budgets as items. Must never let a raise count before it is durable. */
#include "register/raised.h"

#include <string.h>

#include "register/bytes.h"

#define WINDOW_AT 4 /* bits of the item's flags: whose below, which window above */

enum { LAYOUT = 1, AT_TIME = 1, AT_BY = 9, AT_MORE = 25, AT_PURPOSE = 29, HEAD = 30 };

struct becoming {
  struct budget *budget;
  struct budget_raise raise;
};

/* Without room in memory it counts from the next start on, as it is kept. */
static void applied(void *self)
{
  const struct becoming *becoming = self;

  if (budget_raise(becoming->budget, &becoming->raise) != OK) return;
}

enum err raised_put(struct op *op, struct raised *raised)
{
  struct budget_raise *raise = &raised->raise;
  struct str purpose = policy_word_name(reg_policy(op->reg), POLICY_PURPOSE, raise->of.purpose);
  size_t n = HEAD + purpose.len + raised->reason.len;
  struct becoming *becoming = arena_take(op->arena, sizeof *becoming);
  uint8_t *text = arena_take(op->arena, n);
  struct item item = {.kind = ITEM_BUDGET_RAISE,
                      .flags = (uint16_t)(raise->of.whose | (unsigned)raise->window << WINDOW_AT),
                      .subject = raise->of.subject,
                      .until = raise->until};

  if (becoming == NULL || text == NULL) return ERR_MEMORY;
  text[0] = LAYOUT;
  put_u64(text + AT_TIME, (uint64_t)raised->at.us);
  memcpy(text + AT_BY, raised->by.b, ID_BYTES);
  put_u32(text + AT_MORE, raise->more);
  text[AT_PURPOSE] = (uint8_t)purpose.len;
  memcpy(text + HEAD, purpose.ptr, purpose.len);
  memcpy(text + HEAD + purpose.len, raised->reason.ptr, raised->reason.len);
  TRY(op_item_put(op, &item, NULL, (struct personal){(const char *)text, n}));
  raise->id = item.id;
  *becoming = (struct becoming){op->reg->budget, *raise};
  op_applied(op, applied, becoming);
  return OK;
}

static enum err parse(struct raised *ret_raised, const struct policy *policy,
                      const struct item *item, struct personal text)
{
  const uint8_t *at = (const uint8_t *)text.ptr;
  unsigned whose = item->flags & ((1u << WINDOW_AT) - 1), window = item->flags >> WINDOW_AT;

  if (text.len < HEAD || at[0] != LAYOUT || at[AT_PURPOSE] > text.len - HEAD) return ERR_CORRUPT;
  if (whose > BUDGET_RECEIVER || window >= POLICY_WINDOWS) return ERR_CORRUPT;
  struct str purpose = {text.ptr + HEAD, at[AT_PURPOSE]};
  *ret_raised =
    (struct raised){.raise = {.id = item->id,
                              .of = {(enum budget_whose)whose, item->subject,
                                     policy_word(policy, POLICY_PURPOSE, purpose)},
                              .window = (enum policy_window)window,
                              .more = get_u32(at + AT_MORE),
                              .until = item->until},
                    .at = {(int64_t)get_u64(at + AT_TIME)},
                    .reason = {text.ptr + HEAD + purpose.len, text.len - HEAD - purpose.len}};
  memcpy(ret_raised->by.b, at + AT_BY, ID_BYTES);
  return OK;
}

enum err raised_parse(struct budget_raise *ret_raise, const struct policy *policy,
                      const struct item *item, struct personal text)
{
  struct raised raised;

  TRY(parse(&raised, policy, item, text));
  *ret_raise = raised.raise;
  return OK;
}

enum err raised_read(struct op *op, struct raised *ret_raised, struct id id)
{
  struct personal text;
  struct item item;

  TRY(op_item_text(op, &text, &item, id, NULL));
  return parse(ret_raised, reg_policy(op->reg), &item, text);
}

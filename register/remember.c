/* Charges read back at start. Must never take a shortened or altered past for an empty one. */
#include "register/remember.h"

#include <string.h>

#include "base/guard.h"

struct remembering {
  struct reg *reg;
  struct charge_marks *marks;
  struct trail *trail;
  struct instant now;
  uint64_t next; /* the index that has to come now; 0 with `is_begun` false: any */
  bool is_begun;
};

static bool is_past_every_window(const struct remembering *by, struct instant at)
{
  return by->now.us - at.us >= policy_window_us(POLICY_MONTH);
}

static enum err keep(struct reg *reg, const struct charge *charge)
{
  static const struct id none;
  struct id authority;
  uint32_t requests;

  memcpy(authority.b, reg->meta.authority, ID_BYTES);
  if (memcmp(charge->words.b, none.b, ID_BYTES) != 0)
    TRY(repeated_add(reg->repeated, charge, &requests));
  if (memcmp(charge->child.b, none.b, ID_BYTES) == 0) return OK;
  return budget_recall(reg->budget, charge, authority);
}

static enum err take(void *self, uint64_t index, const uint8_t *sealed, const uint8_t *commitments)
{
  struct remembering *by = self;
  struct charge charge = {0};
  enum err err = charge_open(&by->reg->audit, &charge, sealed, commitments);

  if (err != OK && (err == ERR_MEMORY || GUARD(LOG_WHOLE)))
    return FAIL_AT(by->trail, err == ERR_MEMORY ? err : ERR_CORRUPT,
                   "a charge beside the log does not hold: its index", (long long)index, 0);
  if (by->is_begun ? index != by->next : index > 0 && !is_past_every_window(by, charge.at))
    return FAIL_AT(by->trail, ERR_CORRUPT, "charges beside the log are missing before index",
                   (long long)index, 0);
  by->is_begun = true;
  by->next = index + 1;
  if (err != OK) return OK;
  (void)charge_mark(by->marks, instant_day(charge.at), index);
  if (is_past_every_window(by, charge.at) || !GUARD(BUDGET_DURABLE)) return OK;
  return keep(by->reg, &charge);
}

enum err remember_charges(struct reg *reg, struct charge_marks *ret_marks, uint64_t size,
                          struct trail *trail)
{
  struct remembering by = {
    .reg = reg, .marks = ret_marks, .trail = trail, .now = reg->outside.now(reg->outside.self)};

  *ret_marks = (struct charge_marks){0};
  TRY(store_charge_each(reg->store, take, &by));
  if (by.next != size)
    return FAIL_AT(trail, ERR_CORRUPT, "charges beside the log are missing from index",
                   (long long)by.next, (long long)size);
  return OK;
}

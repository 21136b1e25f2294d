/* The error table: what each error is called, which HTTP status and which sentence it has.
 * Nothing here decides; a row of errors.def does. */
#include "base/err.h"

#include <assert.h>
#include <stddef.h>

#include "base/text.h"

static const struct {
  const char *name;
  int status;
  enum text_id text;
} errors[ERR_COUNT] = {
#define E(id, status, text) [id] = {#id, (status), (text)},
#include "base/errors.def"
#undef E
};

enum err trail_fail(struct trail *trail, enum err err, const char *literal, long long a,
                    long long b)
{
  if (trail && !trail->where) *trail = (struct trail){.where = literal, .a = a, .b = b};
  return err;
}

int err_status(enum err err)
{
  assert(err < ERR_COUNT);
  return errors[err].status;
}

const char *err_name(enum err err)
{
  assert(err < ERR_COUNT);
  return errors[err].name;
}

enum text_id err_text(enum err err)
{
  assert(err < ERR_COUNT);
  return errors[err].text;
}

/* The words for why a disclosure is called back. */
#include "register/recall.h"

static const struct {
  const char *name;
  enum text_id text;
} reasons[RECALL_REASONS] = {
  [RECALL_NONE] = {"", TEXT_NONE},
#define R(id, number, name, text) [number] = {name, text},
#include "register/recall_reasons.def"
#undef R
};

const char *recall_reason_name(enum recall_reason reason)
{
  return reason < RECALL_REASONS ? reasons[reason].name : "";
}

enum text_id recall_reason_text(enum recall_reason reason)
{
  return reason < RECALL_REASONS ? reasons[reason].text : TEXT_NONE;
}

enum recall_reason recall_reason_parse(struct str name)
{
  for (unsigned i = RECALL_NONE + 1; i < RECALL_REASONS; i++)
    if (str_is(name, reasons[i].name)) return (enum recall_reason)i;
  return RECALL_NONE;
}

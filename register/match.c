/* Resemblance by tokens. Must never open a value. */
#include "register/match.h"

#include <string.h>

#include "register/take.h"

static struct personal text_of(const struct given_list *values, enum field field)
{
  const struct value *value = take_find(values, field, 0);

  return value != NULL ? value->text : (struct personal){"", 0};
}

static struct personal full_name(struct arena *arena, struct personal forename,
                                 struct personal surname)
{
  char *text;

  if (forename.len == 0 || surname.len == 0) return (struct personal){"", 0};
  text = arena_take(arena, forename.len + 1 + surname.len);
  if (text == NULL) return (struct personal){"", 0};
  memcpy(text, forename.ptr, forename.len);
  text[forename.len] = ' ';
  memcpy(text + forename.len + 1, surname.ptr, surname.len);
  return (struct personal){text, forename.len + 1 + surname.len};
}

void match_tokens(const struct op *op, struct match_tokens *ret_tokens,
                  const struct given_list *values)
{
  const struct index *index = op->reg->index;
  struct arena *scratch = op->reader->scratch;
  struct personal upn = text_of(values, FIELD_upn);
  struct personal birth = text_of(values, FIELD_date_of_birth);
  struct personal name =
    full_name(scratch, text_of(values, FIELD_forename), text_of(values, FIELD_surname));

  *ret_tokens = (struct match_tokens){0};
  if (check_upn((struct str){upn.ptr, upn.len}))
    ret_tokens->upn = index_token(index, scratch, TOKEN_UPN, upn);
  if (name.len > 0) ret_tokens->full_name = index_token(index, scratch, TOKEN_FULL_NAME, name);
  if (birth.len > 0) ret_tokens->birth = index_token(index, scratch, TOKEN_DATE_OF_BIRTH, birth);
  if (name.len > 0 && birth.len > 0)
    ret_tokens->name_and_birth =
      index_token_pair(index, scratch, TOKEN_NAME_AND_BIRTH, name, birth);
}

bool match_is_guarded(const struct entry *entry)
{
  return entry->level >= LEVEL_CONTACT_PROTECTED || entry->asked_for || entry->ever_protected;
}

static void match_by(const struct op *op, struct match *match, uint64_t token)
{
  const struct entry *entry;
  size_t cursor = 0;

  while ((entry = index_find(op->reg->index, token, &cursor)) != NULL) {
    if (match->is_found && !match->is_guarded) return;
    *match = (struct match){true, match_is_guarded(entry), entry->id};
  }
}

void match_held(const struct op *op, struct match *ret_match, const struct match_tokens *tokens)
{
  *ret_match = (struct match){0};
  index_read(op->reg->index);
  match_by(op, ret_match, tokens->upn);
  match_by(op, ret_match, tokens->name_and_birth);
  index_done(op->reg->index);
}

enum err match_note(struct op *op, struct id record, const struct match *match,
                    const struct audit_secret *child)
{
  struct item item = {
    .kind = ITEM_MATCH, .record = record, .subject = match->record, .until = DAY_NONE};

  if (!match->is_found || id_is_zero(match->record)) return OK;
  return op_item_put(op, &item, child, (struct personal){"", 0});
}

static bool has_token(const struct op *op, struct id record, uint64_t token)
{
  const struct entry *entry;
  size_t cursor = 0;

  while ((entry = index_find(op->reg->index, token, &cursor)) != NULL)
    if (id_equal(entry->id, record)) return true;
  return false;
}

bool match_is_another(const struct op *op, struct id record, const struct match_tokens *tokens)
{
  bool is_another;

  index_read(op->reg->index);
  is_another = tokens->full_name != 0 && tokens->birth != 0 &&
               !has_token(op, record, tokens->full_name) && !has_token(op, record, tokens->birth);
  index_done(op->reg->index);
  return is_another;
}

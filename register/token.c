/* Tokens to search by: folded text, hashed under this process's key. Must never leave the process.
 */
#include <string.h>

#include "base/fold.h"
#include "register/bytes.h"
#include "register/index.h"

enum { TOKEN_TEXT_MAX = 1200, PREFIX_CHARACTERS = 3, TOKENS_MAX = 160 };

static const struct token_row rows[TOKEN_KINDS] = {
#define K(id, source, field, how, visible) {#id, source, field, how, visible},
#include "register/tokens.def"
#undef K
};

const struct token_row *token_row(enum token_kind kind)
{
  return &rows[kind];
}

static enum err fold_as(struct arena *arena, struct personal *ret_folded, enum token_how how,
                        struct personal text)
{
  switch (how) {
  case FOLD_NAME:
  case FOLD_PARTS:
  case FOLD_PREFIX:
    return fold_name(arena, ret_folded, text);
  case FOLD_POSTCODE:
    return fold_postcode(arena, ret_folded, text);
  case FOLD_PHONE:
    return fold_phone(arena, ret_folded, text);
  case FOLD_EMAIL:
    return fold_email(arena, ret_folded, text);
  case FOLD_ADDRESS:
    return fold_address(arena, ret_folded, text);
  case FOLD_EXACT:
    *ret_folded = text;
    return OK;
  }
  return ERR_INTERNAL;
}

/* kind || a || 0x00 || b: no pair can be read in two ways, since folded text holds no NUL. 0 is
 * kept for "none". */
static uint64_t hash_token(const struct index *index, enum token_kind kind, struct personal a,
                           struct personal b)
{
  uint8_t text[TOKEN_TEXT_MAX], tag[KEY_TAG_BYTES];

  if (a.len == 0 || 2 + a.len + b.len > sizeof text) return 0;
  text[0] = (uint8_t)kind;
  memcpy(text + 1, a.ptr, a.len);
  text[1 + a.len] = 0;
  if (b.len > 0) memcpy(text + 2 + a.len, b.ptr, b.len);
  key_tag(tag, index_secret(index), "cnis/tok/1", text, 2 + a.len + b.len);
  wipe(text, sizeof text);
  uint64_t token = get_u64(tag);
  return token != 0 ? token : 1;
}

static struct personal first_characters(struct personal text, unsigned characters)
{
  size_t n = 0;

  while (n < text.len && (characters > 0 || (text.ptr[n] & 0xc0) == 0x80)) {
    if ((text.ptr[n] & 0xc0) != 0x80) characters--;
    n++;
  }
  return (struct personal){text.ptr, n};
}

uint64_t index_token(const struct index *index, struct arena *scratch, enum token_kind kind,
                     struct personal text)
{
  struct personal folded = {0}, none = {0};

  if (fold_as(scratch, &folded, rows[kind].how, text) != OK) return 0;
  if (rows[kind].how == FOLD_PREFIX) folded = first_characters(folded, PREFIX_CHARACTERS);
  return hash_token(index, kind, folded, none);
}

uint64_t index_token_pair(const struct index *index, struct arena *scratch, enum token_kind kind,
                          struct personal a, struct personal b)
{
  struct personal folded_a = {0}, folded_b = {0};
  /* The second of a name and birth is a day, which no folding changes. */
  enum token_how how_b = rows[kind].source == TOKEN_OF_NAME_AND_BIRTH ? FOLD_EXACT : rows[kind].how;

  if (fold_as(scratch, &folded_a, rows[kind].how, a) != OK) return 0;
  if (fold_as(scratch, &folded_b, how_b, b) != OK) return 0;
  return hash_token(index, kind, folded_a, folded_b);
}

/* ---- all tokens of a record ---- */

struct tokens {
  const struct index *index;
  struct arena *arena;
  uint64_t *at;
  size_t count;
};

static void keep(struct tokens *tokens, uint64_t token)
{
  for (size_t i = 0; i < tokens->count; i++)
    if (tokens->at[i] == token) return;
  if (token != 0 && tokens->count < TOKENS_MAX) tokens->at[tokens->count++] = token;
}

/* The whole of a name and each of its parts, so that "jones" finds "edwards jones". */
static void keep_parts(struct tokens *tokens, enum token_kind kind, struct personal text)
{
  struct personal folded = {0}, none = {0};
  bool is_prefix = rows[kind].how == FOLD_PREFIX;

  if (fold_as(tokens->arena, &folded, rows[kind].how, text) != OK) return;
  if (!is_prefix) keep(tokens, hash_token(tokens->index, kind, folded, none));
  for (size_t from = 0; from < folded.len;) {
    const char *space = memchr(folded.ptr + from, ' ', folded.len - from);
    size_t to = space ? (size_t)(space - folded.ptr) : folded.len;
    struct personal part = {folded.ptr + from, to - from};
    if (is_prefix) part = first_characters(part, PREFIX_CHARACTERS);
    keep(tokens, hash_token(tokens->index, kind, part, none));
    from = to + 1;
  }
}

static void keep_field(struct tokens *tokens, enum token_kind kind, const struct record *record)
{
  const struct token_row *row = &rows[kind];

  for (unsigned slot = 0; slot < field_row(row->field)->slots; slot++) {
    struct personal text = record->values[row->field][slot].text;
    if (text.len == 0) continue;
    if (row->how == FOLD_PARTS || row->how == FOLD_PREFIX)
      keep_parts(tokens, kind, text);
    else
      keep(tokens, index_token(tokens->index, tokens->arena, kind, text));
  }
}

/* "forename surname" in the arena; empty without either. */
static struct personal full_name(struct arena *arena, const struct record *record)
{
  struct personal forename = record->values[FIELD_forename][0].text;
  struct personal surname = record->values[FIELD_surname][0].text;
  struct personal none = {0};

  if (forename.len == 0 || surname.len == 0) return none;
  char *text = arena_take(arena, forename.len + 1 + surname.len);
  if (!text) return none;
  memcpy(text, forename.ptr, forename.len);
  text[forename.len] = ' ';
  memcpy(text + forename.len + 1, surname.ptr, surname.len);
  return (struct personal){text, forename.len + 1 + surname.len};
}

static void keep_kind(struct tokens *tokens, enum token_kind kind, const struct record *record)
{
  struct personal name = full_name(tokens->arena, record);

  switch (rows[kind].source) {
  case TOKEN_OF_FIELD:
    keep_field(tokens, kind, record);
    return;
  case TOKEN_OF_FORENAME_AND_SURNAME:
    keep(tokens, index_token(tokens->index, tokens->arena, kind, name));
    return;
  case TOKEN_OF_NAME_AND_BIRTH:
    if (record->values[FIELD_date_of_birth][0].text.len > 0)
      keep(tokens, index_token_pair(tokens->index, tokens->arena, kind, name,
                                    record->values[FIELD_date_of_birth][0].text));
    return;
  }
}

enum err index_prepare(struct arena *arena, const struct index *index,
                       struct index_change *ret_change, const struct record *record)
{
  OWNED(audit_secret_wipe) struct audit_secret secret = {0};
  struct tokens tokens = {index, arena, arena_take_array(arena, TOKENS_MAX, sizeof(uint64_t)), 0};
  struct safety safety;

  if (!tokens.at) return ERR_MEMORY;
  TRY(record_safety(record, &safety));
  TRY(record_audit(record, &secret));
  bool is_open = safety.level == LEVEL_NONE || safety.level == LEVEL_UNKNOWN;
  for (enum token_kind kind = 0; kind < TOKEN_KINDS; kind++)
    if (is_open || !rows[kind].visible_only) keep_kind(&tokens, kind, record);
  struct entry entry = {
    .id = record->id,
    .version = record->version,
    .level = safety.level,
    .first_decided = safety.first_decided,
    .ever_protected = safety.ever_protected,
    .asked_for = safety.asked_for,
    .in_transit = safety.in_transit,
  };
  for (unsigned slot = 0; slot < PEOPLE; slot++)
    if (safety.person[slot] >= LEVEL_CONTACT_PROTECTED) entry.has_guarded_adult = true;
  if (record->sealed) entry.key = record->sealed->head.key;
  memcpy(entry.stream, secret.stream, ID_BYTES);
  memcpy(entry.household, safety.household, ID_BYTES);
  *ret_change =
    (struct index_change){.entry = entry, .tokens = tokens.at, .token_count = tokens.count};
  return OK;
}

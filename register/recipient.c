/* The text of an ITEM_RECIPIENT: a line for each of enum line. What an older register wrote has
 * fewer lines; those that are not there are empty. */
#include "register/recipient.h"

#include <string.h>

#include "crypto/age.h"
#include "register/second.h"
#include "register/told.h"

enum line {
  LINE_ROLE,
  LINE_NAME,
  LINE_ORGANISATION,
  LINE_KEY,
  LINE_PHONE,
  LINE_CANNOT, /* words, a space between */
  LINE_NEXT_KEY,
  LINE_STOPPED_KEYS, /* a space between */
  LINE_APPROVER,     /* hexadecimal */
  LINE_SINCE,
  LINES
};

/* ---- lines ---- */

static enum err write_lines(struct op *op, struct personal *ret_text,
                            const struct str lines[static LINES])
{
  size_t n = 0, at = 0;
  char *text;

  for (size_t i = 0; i < LINES; i++)
    n += lines[i].len + 1;
  text = arena_take(op->arena, n);
  if (text == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < LINES; i++) {
    if (lines[i].len > 0) memcpy(text + at, lines[i].ptr, lines[i].len);
    at += lines[i].len;
    text[at++] = '\n';
  }
  *ret_text = (struct personal){text, n};
  return OK;
}

static bool read_lines(struct str ret_lines[static LINES], struct personal text)
{
  const char *from = text.ptr, *end = text.ptr + text.len;

  for (size_t i = 0; i < LINES && from < end; i++) {
    const char *stop = memchr(from, '\n', (size_t)(end - from));

    if (stop == NULL) return false;
    ret_lines[i] = (struct str){from, (size_t)(stop - from)};
    from = stop + 1;
  }
  return from == end;
}

/* The next of words with one space between. */
static bool next_word(struct str *rest, struct str *ret_word)
{
  const char *space = rest->len > 0 ? memchr(rest->ptr, ' ', rest->len) : NULL;
  size_t n = space != NULL ? (size_t)(space - rest->ptr) : rest->len;

  if (n == 0) return false;
  *ret_word = (struct str){rest->ptr, n};
  n += space != NULL ? 1 : 0;
  *rest = (struct str){rest->ptr + n, rest->len - n};
  return true;
}

/* A word that the policy in force no longer has obliges nobody. */
static uint64_t obligations_of(const struct op *op, struct str words)
{
  uint64_t set = 0;
  struct str word;

  while (next_word(&words, &word)) {
    uint8_t obligation = policy_word(reg_policy(op->reg), POLICY_OBLIGATION, word);

    if (obligation != POLICY_NO_WORD) set |= POLICY_BIT(obligation);
  }
  return set;
}

static enum err words_of(struct op *op, struct str *ret_words, uint64_t obligations)
{
  const struct policy *policy = reg_policy(op->reg);
  char *text = arena_take(op->arena, ITEM_TEXT_MAX);
  size_t n = 0;

  if (text == NULL) return ERR_MEMORY;
  for (; obligations != 0; obligations &= obligations - 1) {
    struct str word =
      policy_word_name(policy, POLICY_OBLIGATION, (uint8_t)__builtin_ctzll(obligations));

    if (n + word.len + 1 > ITEM_TEXT_MAX) return ERR_TOO_LARGE;
    if (n > 0) text[n++] = ' ';
    memcpy(text + n, word.ptr, word.len);
    n += word.len;
  }
  *ret_words = (struct str){text, n};
  return OK;
}

/* ---- the row ---- */

static void read_flags(struct recipient_row *row, uint16_t flags)
{
  row->is_approved = (flags & RECIPIENT_APPROVED) != 0;
  row->key_waits = (flags & RECIPIENT_KEY_WAITS) != 0;
  row->key_is_stopped = (flags & RECIPIENT_KEY_STOPPED) != 0;
  row->has_ended = (flags & RECIPIENT_ENDED) != 0;
}

static uint16_t flags_of(const struct recipient_row *row)
{
  return (uint16_t)((row->is_approved ? RECIPIENT_APPROVED : 0u) |
                    (row->key_waits ? RECIPIENT_KEY_WAITS : 0u) |
                    (row->key_is_stopped ? RECIPIENT_KEY_STOPPED : 0u) |
                    (row->has_ended ? RECIPIENT_ENDED : 0u));
}

enum err recipient_read(struct op *op, struct recipient_row *ret_row, struct id id)
{
  struct str lines[LINES] = {{0}};
  struct personal text;
  struct item item;
  bool is_one;
  uint8_t role;

  index_read(op->reg->index);
  is_one = index_item(op->reg->index, id) != NULL &&
           index_item(op->reg->index, id)->kind == ITEM_RECIPIENT;
  index_done(op->reg->index);
  if (!is_one) return ERR_ABSENT;
  TRY(op_item_text(op, &text, &item, id, NULL));
  if (!read_lines(lines, text)) return ERR_CORRUPT;
  role = policy_word(reg_policy(op->reg), POLICY_ROLE, lines[LINE_ROLE]);
  if (role == POLICY_NO_WORD) return ERR_ABSENT;
  *ret_row = (struct recipient_row){.id = id,
                                    .item_version = item.version,
                                    .proposer = item.subject,
                                    .role = role,
                                    .name = lines[LINE_NAME],
                                    .organisation = lines[LINE_ORGANISATION],
                                    .age_key = lines[LINE_KEY],
                                    .phone = lines[LINE_PHONE],
                                    .cannot = obligations_of(op, lines[LINE_CANNOT]),
                                    .next_key = lines[LINE_NEXT_KEY],
                                    .stopped_keys = lines[LINE_STOPPED_KEYS],
                                    .since = DAY_NONE};
  (void)hex_read(ret_row->approver.b, ID_BYTES, lines[LINE_APPROVER]);
  (void)day_parse(lines[LINE_SINCE], &ret_row->since);
  read_flags(ret_row, item.flags);
  return OK;
}

bool recipient_waits(uint16_t flags)
{
  bool waits = (flags & RECIPIENT_APPROVED) == 0 || (flags & RECIPIENT_KEY_WAITS) != 0;

  return waits && (flags & RECIPIENT_ENDED) == 0;
}

enum err recipient_put(struct op *op, struct recipient_row *row)
{
  struct item item = {.id = row->id,
                      .kind = ITEM_RECIPIENT,
                      .flags = flags_of(row),
                      .version = row->item_version,
                      .subject = row->proposer,
                      .until = DAY_NONE};
  char approver[2 * ID_BYTES], since[10];
  struct str lines[LINES] = {
    [LINE_ROLE] = policy_word_name(reg_policy(op->reg), POLICY_ROLE, row->role),
    [LINE_NAME] = row->name,
    [LINE_ORGANISATION] = row->organisation,
    [LINE_KEY] = row->age_key,
    [LINE_PHONE] = row->phone,
    [LINE_NEXT_KEY] = row->next_key,
    [LINE_STOPPED_KEYS] = row->stopped_keys,
  };
  struct personal text;

  TRY(words_of(op, &lines[LINE_CANNOT], row->cannot));
  if (!id_is_zero(row->approver)) {
    hex_write(approver, row->approver.b, ID_BYTES);
    lines[LINE_APPROVER] = (struct str){approver, sizeof approver};
  }
  if (day_is_set(row->since)) {
    day_write(since, row->since);
    lines[LINE_SINCE] = (struct str){since, sizeof since};
  }
  TRY(write_lines(op, &text, lines));
  TRY(op_item_put(op, &item, NULL, text));
  row->id = item.id;
  if (recipient_waits(item.flags)) return second_begin(op, item.id, (struct id){{0}});
  return second_done(op, item.id);
}

enum text_id recipient_why_not(const struct recipient_row *row)
{
  if (row->has_ended) return TEXT_RECIPIENT_HAS_ENDED;
  if (!row->is_approved) return TEXT_SAFETY_RECIPIENT_WAITS;
  return row->key_is_stopped ? TEXT_RECIPIENT_KEY_STOPPED : TEXT_NONE;
}

/* ---- keys ---- */

static bool starts(struct str text, const char *with)
{
  size_t n = strlen(with);

  return text.len >= n && memcmp(text.ptr, with, n) == 0;
}

enum text_id recipient_key_fault(const struct op *op, struct str key)
{
  struct age_recipient parsed;

  if (starts(key, "ssh-")) return TEXT_KEY_IS_SSH;
  if (starts(key, "AGE-SECRET-KEY-") || starts(key, "age-secret-key-")) return TEXT_KEY_IS_SECRET;
  if (starts(key, "AGE-PLUGIN-")) return TEXT_KEY_IS_PLUGIN;
  if (age_recipient_parse(&parsed, key) != OK) {
    bool is_plugin = starts(key, "age1") && memchr(key.ptr + 4, '1', key.len - 4) != NULL;

    return is_plugin ? TEXT_KEY_IS_PLUGIN : TEXT_KEY_IS_NONE;
  }
  if (bytes_equal(parsed.point, op->reg->rows.custodian.bytes, sizeof parsed.point))
    return TEXT_KEY_IS_OURS;
  return TEXT_NONE;
}

bool recipient_has_stopped(const struct recipient_row *row, struct str key)
{
  struct str rest = row->stopped_keys, word;

  while (next_word(&rest, &word))
    if (str_equal(word, key)) return true;
  return false;
}

enum err recipient_stop(struct op *op, struct recipient_row *row)
{
  struct str rest = row->stopped_keys, oldest;
  struct str key = row->age_key;
  char *text;

  if (rest.len + 1 + key.len > STOPPED_KEYS_MAX * (AGE_RECIPIENT_TEXT + 1))
    (void)next_word(&rest, &oldest);
  text = arena_take(op->arena, rest.len + 1 + key.len);
  if (text == NULL) return ERR_MEMORY;
  if (rest.len > 0) memcpy(text, rest.ptr, rest.len);
  text[rest.len] = ' ';
  memcpy(text + rest.len + 1, key.ptr, key.len);
  row->stopped_keys =
    rest.len > 0 ? (struct str){text, rest.len + 1 + key.len} : (struct str){text + 1, key.len};
  row->age_key = (struct str){0};
  row->key_is_stopped = true;
  return OK;
}

void recipient_fingerprint(char ret_text[static FINGERPRINT_DIGITS], struct str key)
{
  struct hash hash;

  hash_sha256(&hash, key.ptr, key.len);
  hex_write(ret_text, hash.bytes, FINGERPRINT_DIGITS / 2);
}

/* ---- written out ---- */

void recipient_write(struct json *json, const struct op *op, const struct recipient_row *row)
{
  JSON_KEY(json, "recipient");
  json_hex(json, row->id.b, ID_BYTES);
  JSON_KEY(json, "name");
  json_str(json, row->name);
  JSON_KEY(json, "role");
  json_str(json, policy_word_name(reg_policy(op->reg), POLICY_ROLE, row->role));
  JSON_KEY(json, "organisation");
  json_str(json, row->organisation);
  JSON_KEY(json, "approved");
  json_bool(json, row->is_approved);
  JSON_KEY(json, "has_key");
  json_bool(json, row->age_key.len > 0);
}

static void write_print(struct json *json, struct str key)
{
  char print[FINGERPRINT_DIGITS];

  JSON_KEY(json, "fingerprint");
  if (key.len == 0) {
    json_none(json);
    return;
  }
  recipient_fingerprint(print, key);
  json_str(json, (struct str){print, sizeof print});
}

static void write_cannot(struct json *json, const struct op *op, uint64_t cannot)
{
  JSON_KEY(json, "cannot");
  json_array_start(json);
  for (; cannot != 0; cannot &= cannot - 1)
    json_str(json, policy_word_name(reg_policy(op->reg), POLICY_OBLIGATION,
                                    (uint8_t)__builtin_ctzll(cannot)));
  json_array_end(json);
}

void recipient_write_offer(struct json *json, const struct op *op, const struct recipient_row *row)
{
  struct str key = row->key_waits ? row->next_key : row->age_key;

  JSON_KEY(json, "age_key");
  json_str(json, key);
  write_print(json, key);
  JSON_KEY(json, "phone");
  json_str(json, row->phone);
  write_cannot(json, op, row->cannot);
}

void recipient_write_whole(struct json *json, const struct op *op, const struct recipient_row *row)
{
  recipient_write(json, op, row);
  JSON_KEY(json, "ended");
  json_bool(json, row->has_ended);
  JSON_KEY(json, "key_stopped");
  json_bool(json, row->key_is_stopped);
  write_print(json, row->age_key);
  JSON_KEY(json, "phone");
  json_str(json, row->phone);
  write_cannot(json, op, row->cannot);
  told_by(json, op, row->approver);
  if (day_is_set(row->since)) {
    JSON_KEY(json, "since");
    json_day(json, row->since);
  }
  if (!row->key_waits) return;
  JSON_KEY(json, "next");
  json_object_start(json);
  JSON_KEY(json, "age_key");
  json_str(json, row->next_key);
  write_print(json, row->next_key);
  told_by(json, op, row->proposer);
  json_object_end(json);
}

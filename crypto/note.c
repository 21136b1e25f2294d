/* Signed notes and checkpoints (note.h; c2sp.org/signed-note, tlog-checkpoint). Gives out no text
 * that a known key has not signed. */
#include "crypto/note.h"

#include <string.h>

#include "crypto/text.h"

#define DASH "\xe2\x80\x94 " /* em dash, space */
enum { KEY_ID = 4, ED25519 = 0x01, SIGNED_BYTES = KEY_ID + 64 };

/* signed-note: "Key names MUST be non-empty and MUST NOT contain any Unicode spaces or plus". Ours
 * are printable ASCII, which has only the one space. */
static bool is_name(struct str name)
{
  if (name.len == 0 || name.len > NOTE_NAME_MAX) return false;
  for (size_t i = 0; i < name.len; i++)
    if (name.ptr[i] <= ' ' || name.ptr[i] > '~' || name.ptr[i] == '+') return false;
  return true;
}

static struct str name_of(const struct note_key *key)
{
  return (struct str){key->name, key->name_len};
}

enum err note_key_make(struct note_key *ret_key, struct str name, const struct verify_key *key)
{
  uint8_t text[NOTE_NAME_MAX + 2 + sizeof key->bytes];
  struct hash hash;
  if (!is_name(name)) return ERR_INPUT;
  memcpy(text, name.ptr, name.len);
  text[name.len] = '\n';
  text[name.len + 1] = ED25519;
  memcpy(text + name.len + 2, key->bytes, sizeof key->bytes);
  hash_sha256(&hash, text, name.len + 2 + sizeof key->bytes);
  *ret_key = (struct note_key){.name_len = name.len, .key = *key};
  memcpy(ret_key->name, name.ptr, name.len);
  memcpy(ret_key->id, hash.bytes, KEY_ID);
  return OK;
}

size_t note_vkey_write(char ret_text[static NOTE_VKEY_MAX], const struct note_key *key)
{
  struct text_out out = {.ptr = ret_text, .capacity = NOTE_VKEY_MAX};
  char id[2 * KEY_ID];
  uint8_t typed[1 + sizeof key->key.bytes] = {ED25519};
  memcpy(typed + 1, key->key.bytes, sizeof key->key.bytes);
  hex_write(id, key->id, KEY_ID);
  text_put(&out, name_of(key));
  text_put(&out, STR("+"));
  text_put(&out, (struct str){id, sizeof id});
  text_put(&out, STR("+"));
  text_put_base64(&out, typed, sizeof typed);
  return out.n;
}

enum err note_vkey_parse(struct note_key *ret_key, struct str text)
{
  struct note_key key;
  struct verify_key public;
  uint8_t id[KEY_ID], typed[1 + sizeof public.bytes];
  enum {
    ID_TEXT = 2 * KEY_ID,
    KEY_TEXT = TEXT_BASE64(sizeof typed),
    TAIL = 1 + ID_TEXT + 1 + KEY_TEXT
  };
  if (text.len <= TAIL) return ERR_INPUT;
  struct str name = {text.ptr, text.len - TAIL};
  const char *at = text.ptr + name.len;
  bool is_form = at[0] == '+' && at[1 + ID_TEXT] == '+' &&
                 hex_read(id, KEY_ID, (struct str){at + 1, ID_TEXT}) &&
                 base64_get(typed, sizeof typed, (struct str){at + 2 + ID_TEXT, KEY_TEXT});
  if (!is_form || typed[0] != ED25519) return ERR_INPUT;
  memcpy(public.bytes, typed + 1, sizeof public.bytes);
  TRY(note_key_make(&key, name, &public));
  if (memcmp(id, key.id, KEY_ID) != 0) return ERR_INPUT;
  *ret_key = key;
  return OK;
}

enum err checkpoint_write(char ret_text[static NOTE_BODY_MAX], size_t *ret_n,
                          const struct checkpoint *checkpoint)
{
  struct text_out out = {.ptr = ret_text, .capacity = NOTE_BODY_MAX};
  if (!is_name(checkpoint->origin) || checkpoint->size > TREE_SIZE_MAX) return ERR_INPUT;
  text_put(&out, checkpoint->origin);
  text_put(&out, STR("\n"));
  text_put_u64(&out, checkpoint->size);
  text_put(&out, STR("\n"));
  text_put_base64(&out, checkpoint->root.bytes, HASH_BYTES);
  text_put(&out, STR("\n"));
  *ret_n = out.n;
  return OK;
}

enum err checkpoint_parse(struct checkpoint *ret_checkpoint, struct str body)
{
  struct checkpoint checkpoint = {0};
  struct str size, root, rest = body;
  bool holds = text_line(&checkpoint.origin, &rest) && text_line(&size, &rest) &&
               text_line(&root, &rest) && rest.len == 0 && is_name(checkpoint.origin) &&
               str_to_u64(size, &checkpoint.size) && checkpoint.size <= TREE_SIZE_MAX &&
               base64_get(checkpoint.root.bytes, HASH_BYTES, root);
  if (!holds) return ERR_INPUT;
  *ret_checkpoint = checkpoint;
  return OK;
}

static void put_signature(struct text_out *out, struct str body, const struct note_key *key,
                          const struct signer *signer)
{
  struct signature signature;
  uint8_t named[SIGNED_BYTES];
  signer_sign(signer, &signature, body.ptr, body.len);
  memcpy(named, key->id, KEY_ID);
  memcpy(named + KEY_ID, signature.bytes, sizeof signature.bytes);
  text_put(out, STR(DASH));
  text_put(out, name_of(key));
  text_put(out, STR(" "));
  text_put_base64(out, named, sizeof named);
  text_put(out, STR("\n"));
}

enum err note_sign(char ret_note[static NOTE_MAX], size_t *ret_n, struct str body,
                   const struct note_key *key, const struct signer *signer)
{
  struct text_out out = {.ptr = ret_note, .capacity = NOTE_MAX};
  if (body.len == 0 || body.ptr[body.len - 1] != '\n') return ERR_INPUT;
  text_put(&out, body);
  text_put(&out, STR("\n"));
  put_signature(&out, body, key, signer);
  if (out.overflow) return ERR_TOO_LARGE;
  *ret_n = out.n;
  return OK;
}

/* "the text is separated from the signatures by the last empty line in the note" */
static bool split(struct str *ret_body, struct str *ret_lines, struct str note)
{
  for (size_t i = note.len; i >= 2; i--) {
    if (note.ptr[i - 1] != '\n' || note.ptr[i - 2] != '\n') continue;
    *ret_body = (struct str){note.ptr, i - 1};
    *ret_lines = (struct str){note.ptr + i, note.len - i};
    return ret_lines->len > 0 && note.ptr[note.len - 1] == '\n';
  }
  return false;
}

enum err note_cosign(char note[static NOTE_MAX], size_t *n, const struct note_key *key,
                     const struct signer *signer)
{
  struct text_out out = {.ptr = note, .capacity = NOTE_MAX, .n = *n};
  struct str body, lines;
  if (!split(&body, &lines, (struct str){note, *n})) return ERR_INPUT;
  put_signature(&out, body, key, signer);
  if (out.overflow) return ERR_TOO_LARGE;
  *n = out.n;
  return OK;
}

static bool is_plain_text(struct str note)
{
  for (size_t i = 0; i < note.len; i++)
    if ((unsigned char)note.ptr[i] < ' ' && note.ptr[i] != '\n') return false;
  return utf8_is_valid(note.ptr, note.len);
}

struct note_line {
  struct str name;
  size_t n; /* key id and signature; other algorithms have longer ones */
  uint8_t signature[NOTE_MAX];
};

/* "em dash, space, key name, space, base64-encoded signature" */
static bool parse_line(struct note_line *ret, struct str line)
{
  if (!text_starts(line, STR(DASH))) return false;
  line = (struct str){line.ptr + sizeof DASH - 1, line.len - (sizeof DASH - 1)};
  const char *space = line.len > 0 ? memchr(line.ptr, ' ', line.len) : NULL;
  if (space == NULL || space == line.ptr) return false;
  ret->name = (struct str){line.ptr, (size_t)(space - line.ptr)};
  struct str encoded = {space + 1, line.len - ret->name.len - 1};
  return memchr(ret->name.ptr, '+', ret->name.len) == NULL &&
         base64_get_some(ret->signature, sizeof ret->signature, &ret->n, encoded) &&
         ret->n > KEY_ID;
}

/* Notes which known key signed this line; ERR_REFUSED when that key's signature is wrong. */
static enum err check_line(uint64_t *signed_by, const struct note_line *line, struct str body,
                           const struct note_key *keys, size_t key_count)
{
  for (size_t i = 0; i < key_count; i++) {
    if (!str_equal(line->name, name_of(&keys[i])) ||
        memcmp(line->signature, keys[i].id, KEY_ID) != 0)
      continue;
    struct signature signature;
    if (line->n != SIGNED_BYTES) return ERR_REFUSED;
    memcpy(signature.bytes, line->signature + KEY_ID, sizeof signature.bytes);
    TRY(verify_signature(&keys[i].key, &signature, body.ptr, body.len));
    *signed_by |= (uint64_t)1 << i;
  }
  return OK;
}

enum err note_open(struct str *ret_body, uint64_t *ret_signed, struct str note,
                   const struct note_key *keys, size_t key_count)
{
  struct str body, lines, line;
  struct note_line parsed;
  uint64_t signed_by = 0;
  if (note.len > NOTE_MAX || key_count > 64 || !is_plain_text(note)) return ERR_INPUT;
  if (!split(&body, &lines, note)) return ERR_INPUT;
  for (unsigned count = 0; text_line(&line, &lines); count++) {
    if (count == NOTE_LINES_MAX || !parse_line(&parsed, line)) return ERR_INPUT;
    TRY(check_line(&signed_by, &parsed, body, keys, key_count));
  }
  if (signed_by == 0) return ERR_REFUSED;
  *ret_body = body;
  if (ret_signed != NULL) *ret_signed = signed_by;
  return OK;
}

enum err note_open_checkpoint(struct checkpoint *ret_checkpoint, struct str note,
                              const struct note_key *log_key)
{
  struct checkpoint checkpoint;
  struct str body;
  TRY(note_open(&body, NULL, note, log_key, 1));
  TRY(checkpoint_parse(&checkpoint, body));
  if (!str_equal(checkpoint.origin, name_of(log_key))) return ERR_REFUSED;
  *ret_checkpoint = checkpoint;
  return OK;
}

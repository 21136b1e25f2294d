/* See desk.h. */
#include "register/desk.h"

#include <string.h>

#include "crypto/envelope.h"
#include "register/reg.h"

enum { TABLE_DRAFT = 21 }; /* the next after cursor.c */
#define DRAFT_LIFE_US (INT64_C(3600) * 1000000)

static const char label_session[] = "cnis/form/1", label_account[] = "cnis/form-of/1";

static void tag(char ret_hex[static 32], const struct op *op, const char *label, struct id id)
{
  uint8_t bytes[KEY_TAG_BYTES];

  key_tag(bytes, &op->reg->secrets, label, id.b, ID_BYTES);
  hex_write(ret_hex, bytes, sizeof bytes);
}

void desk_mark(const struct op *op, char ret_mark[static DESK_MARK_TEXT])
{
  tag(ret_mark, op, label_session, op->actor.session);
  hex_write(ret_mark + 32, op->actor.account.b, ID_BYTES);
  tag(ret_mark + 64, op, label_account, op->actor.account);
}

bool desk_is_mine(const struct op *op, struct str mark)
{
  char mine[DESK_MARK_TEXT];

  desk_mark(op, mine);
  return mark.len == sizeof mine && bytes_equal(mine, mark.ptr, sizeof mine);
}

bool desk_same_number(struct id sent, struct id kept)
{
  return bytes_equal(sent.b, kept.b, ID_BYTES);
}

/* Whose form it was; false when the mark is none of ours. */
static bool mark_account(const struct op *op, struct id *ret_account, struct str mark)
{
  char mine[32];

  if (mark.len != DESK_MARK_TEXT) return false;
  if (!hex_read(ret_account->b, ID_BYTES, (struct str){mark.ptr + 32, 32})) return false;
  tag(mine, op, label_account, *ret_account);
  return bytes_equal(mine, mark.ptr + 64, sizeof mine);
}

static struct envelope_context draft_context(const struct op *op, struct id account)
{
  struct envelope_context context = {
    .table = TABLE_DRAFT, .field = 1, .codec = 1, .compartment = COMPARTMENT_CASEWORK};

  memcpy(context.authority, op->reg->meta.authority, ID_BYTES);
  memcpy(context.record, account.b, ID_BYTES);
  return context;
}

static void draft_key(struct key *ret_key, const struct op *op)
{
  key_derive(ret_key, &op->reg->secrets, "cnis/draft/1", NULL, 0);
}

enum err desk_keep(const struct op *op, struct str *ret_draft, struct str mark,
                   struct personal form)
{
  OWNED(key_wipe) struct key key = {{0}};
  struct outside outside = op->reg->outside;
  struct nonce nonce;
  struct id account = {{0}};
  int64_t now = outside.now(outside.self).us;
  size_t n = 8 + form.len, size = envelope_size(0, n);
  uint8_t *text, *sealed;
  char *hex;

  if (form.len > DESK_DRAFT_MAX) return ERR_TOO_LARGE;
  if (!mark_account(op, &account, mark)) return ERR_INPUT;
  text = arena_take(op->arena, n);
  sealed = arena_take(op->arena, size);
  hex = arena_take(op->arena, 2 * size);
  if (!text || !sealed || !hex) return ERR_MEMORY;
  memcpy(text, &now, sizeof now); /* our own machine reads it again */
  if (form.len > 0) memcpy(text + 8, form.ptr, form.len);
  outside.random(outside.self, nonce.bytes, sizeof nonce.bytes);
  draft_key(&key, op);
  struct envelope_context context = draft_context(op, account);
  TRY(envelope_seal(sealed, &key, &context, &nonce, text, n));
  hex_write(hex, sealed, size);
  *ret_draft = (struct str){hex, 2 * size};
  return OK;
}

enum err desk_take(const struct op *op, struct personal *ret_form, struct str draft)
{
  OWNED(key_wipe) struct key key = {{0}};
  struct outside outside = op->reg->outside;
  size_t size = draft.len / 2, n = 0;
  uint8_t *sealed = arena_take(op->arena, size + 1);
  char *text = arena_take(op->arena, size + 1);
  int64_t kept = 0, now = outside.now(outside.self).us;

  if (!sealed || !text) return ERR_MEMORY;
  if (size <= ENVELOPE_OVERHEAD || !hex_read(sealed, size, draft)) return ERR_OPEN;
  draft_key(&key, op);
  struct envelope_context context = draft_context(op, op->actor.account);
  if (envelope_open(text, &n, &key, &context, sealed, size) != OK || n < sizeof kept)
    return ERR_OPEN;
  memcpy(&kept, text, sizeof kept);
  if (now < kept || now - kept > DRAFT_LIFE_US) return ERR_OPEN;
  *ret_form = (struct personal){text + sizeof kept, n - sizeof kept};
  return OK;
}

struct personal desk_name(const struct op *op)
{
  return desk_name_of(op, op->actor.account);
}

struct personal desk_name_of(const struct op *op, struct id id)
{
  struct account account = {.uid = ACCOUNT_UID_NONE};
  struct personal name = {"", 0};

  if (!people_by_id(op->reg->people, &account, id)) return name;
  struct str shown = str_from(account.name[0] != '\0' ? account.name : account.user);
  if (arena_copy_personal(op->arena, &name, (struct personal){shown.ptr, shown.len}) != OK)
    name = (struct personal){"", 0};
  wipe(&account, sizeof account);
  return name;
}

struct str desk_user(const struct op *op)
{
  struct account account = {.uid = ACCOUNT_UID_NONE};
  struct str user = {"", 0};

  if (!people_by_id(op->reg->people, &account, op->actor.account)) return user;
  if (arena_copy(op->arena, &user, str_from(account.user)) != OK) user = (struct str){"", 0};
  wipe(&account, sizeof account);
  return user;
}

/* Cursors of lists. They hold an id that the caller has been shown, and no count. */
#include "register/cursor.h"

#include <string.h>

#define CURSOR_BYTES (ID_BYTES + ENVELOPE_OVERHEAD)
enum { TABLE_CURSOR = 20 }; /* the next after row.h */

static struct envelope_context context_of(const struct op *op, enum action list)
{
  struct envelope_context context = {.table = TABLE_CURSOR,
                                     .field = (uint16_t)list,
                                     .codec = 1,
                                     .compartment = COMPARTMENT_CASEWORK};

  memcpy(context.authority, op->reg->meta.authority, ID_BYTES);
  memcpy(context.record, op->actor.account.b, ID_BYTES);
  return context;
}

static void cursor_key(const struct op *op, struct key *ret_key)
{
  key_derive(ret_key, &op->reg->secrets, "cnis/cursor/1", "", 0);
}

enum err cursor_write(struct op *op, struct str *ret_text, enum action list, struct id last)
{
  OWNED(key_wipe) struct key key = {0};
  struct envelope_context context = context_of(op, list);
  uint8_t sealed[CURSOR_BYTES];
  struct nonce nonce;
  char *text = arena_take(op->arena, 2 * sizeof sealed);

  if (text == NULL) return ERR_MEMORY;
  cursor_key(op, &key);
  op->reg->outside.random(op->reg->outside.self, &nonce, sizeof nonce);
  TRY(envelope_seal(sealed, &key, &context, &nonce, last.b, ID_BYTES));
  hex_write(text, sealed, sizeof sealed);
  *ret_text = (struct str){text, 2 * sizeof sealed};
  return OK;
}

enum err cursor_read(struct op *op, struct id *ret_last, enum action list, struct str text)
{
  OWNED(key_wipe) struct key key = {0};
  struct envelope_context context = context_of(op, list);
  uint8_t sealed[CURSOR_BYTES], plain[ID_BYTES];
  size_t n;

  *ret_last = (struct id){{0}};
  if (text.len == 0) return OK;
  cursor_key(op, &key);
  if (!hex_read(sealed, sizeof sealed, text)) return ERR_INPUT;
  if (envelope_open(plain, &n, &key, &context, sealed, sizeof sealed) != OK || n != ID_BYTES)
    return ERR_INPUT;
  memcpy(ret_last->b, plain, ID_BYTES);
  return OK;
}

/* Charges as sealed bytes. Must never tell one that charges from one that does not. */
#include "register/charge.h"

#include <assert.h>
#include <string.h>

#include "register/bytes.h"
#include "register/row.h"

enum {
  CODEC = 1,
  AT_TIME = 0,
  AT_ACCOUNT = 8,
  AT_RECEIVER = 24,
  AT_PURPOSES = 40,
  AT_CHILD = 48,
  AT_WORDS = 64,
  TEXT_BYTES = 80
};
static_assert(TEXT_BYTES < ENVELOPE_BUCKET(CHARGE_CLASS), "a charge fits its class");

static struct envelope_context context_of(const struct audit_kit *kit, uint32_t month)
{
  struct envelope_context context = {.table = TABLE_CHARGE,
                                     .codec = CODEC,
                                     .compartment = COMPARTMENT_AUDIT,
                                     .pad_class = CHARGE_CLASS,
                                     .generation = month};

  memcpy(context.authority, kit->authority, ID_BYTES);
  return context;
}

/* Bound to the leaf beside which it stands. */
static enum err key_of(const struct audit_kit *kit, struct key *ret_key, int32_t month,
                       const uint8_t commitments[static COMMITMENTS_BYTES])
{
  OWNED(key_wipe) struct key of_month = {0};

  TRY(keys_month(kit->keys, &of_month, MONTH_OPS, month));
  key_derive(ret_key, &of_month, "cnis/charge/1", commitments, COMMITMENTS_BYTES);
  return OK;
}

enum err charge_seal(const struct audit_kit *kit, struct sealed_entry *sealed, struct instant at,
                     const struct charge *charge)
{
  static const struct charge none;
  OWNED(key_wipe) struct key key = {0};
  int32_t month = instant_month(at);
  struct envelope_context context = context_of(kit, (uint32_t)month);
  uint8_t text[TEXT_BYTES];
  struct nonce nonce;

  if (charge == NULL) charge = &none;
  put_u64(text + AT_TIME, (uint64_t)at.us);
  memcpy(text + AT_ACCOUNT, charge->account.b, ID_BYTES);
  memcpy(text + AT_RECEIVER, charge->receiver.b, ID_BYTES);
  put_u64(text + AT_PURPOSES, charge->purposes);
  memcpy(text + AT_CHILD, charge->child.b, ID_BYTES);
  memcpy(text + AT_WORDS, charge->words.b, ID_BYTES);
  TRY(key_of(kit, &key, month, sealed->commitments));
  kit->outside->random(kit->outside->self, nonce.bytes, sizeof nonce.bytes);
  enum err err = envelope_seal(sealed->charge, &key, &context, &nonce, text, sizeof text);
  wipe(text, sizeof text);
  return err;
}

enum err charge_open(const struct audit_kit *kit, struct charge *ret_charge,
                     const uint8_t sealed[static CHARGE_BYTES],
                     const uint8_t commitments[static COMMITMENTS_BYTES])
{
  OWNED(key_wipe) struct key key = {0};
  uint8_t text[ENVELOPE_BUCKET(CHARGE_CLASS)];
  uint32_t month = 0;
  size_t n = 0;

  TRY(envelope_generation(&month, sealed, CHARGE_BYTES));
  enum err err = key_of(kit, &key, (int32_t)month, commitments);
  if (err != OK) return err == ERR_BUSY ? ERR_OPEN : err;
  struct envelope_context context = context_of(kit, month);
  TRY(envelope_open(text, &n, &key, &context, sealed, CHARGE_BYTES));
  if (n != TEXT_BYTES) return ERR_CORRUPT;
  *ret_charge = (struct charge){.at = {(int64_t)get_u64(text + AT_TIME)},
                                .purposes = get_u64(text + AT_PURPOSES)};
  memcpy(ret_charge->account.b, text + AT_ACCOUNT, ID_BYTES);
  memcpy(ret_charge->receiver.b, text + AT_RECEIVER, ID_BYTES);
  memcpy(ret_charge->child.b, text + AT_CHILD, ID_BYTES);
  memcpy(ret_charge->words.b, text + AT_WORDS, ID_BYTES);
  wipe(text, sizeof text);
  return OK;
}

bool charge_mark(struct charge_marks *marks, struct day day, uint64_t index)
{
  size_t last = marks->count;

  if (last > 0 && marks->at[last - 1].day.number >= day.number) return false;
  if (last == CHARGE_DAYS + 1) memmove(&marks->at[0], &marks->at[1], --last * sizeof marks->at[0]);
  marks->at[last].day = day;
  marks->at[last].first = index;
  marks->count = last + 1;
  return true;
}

uint64_t charge_needed_from(const struct charge_marks *marks, struct day today)
{
  for (size_t i = 0; i < marks->count; i++)
    if (marks->at[i].day.number > today.number - CHARGE_DAYS)
      return i > 0 && marks->at[i].first > 0 ? marks->at[i].first - 1 : 0;
  return 0;
}

/* Opening tickets (ticket.h): one canonical byte string, and signatures over it with the signer's
 * part in front. Must never read a ticket that it would not write again the same. */
#include "crypto/ticket.h"

#include <string.h>

#include "crypto/bytes.h"
#include "crypto/text.h"

/*  u16 version 1 | u8 act | authority 16 | person 16 | record 16 | fields 32 | i64 expiry, us |
 *  u64 entry index | recipient 32 | nonce 16 | purpose 48 | basis 48 | u8 rules | 12 bytes a rule
 */
enum { VERSION = 1, WORD = TICKET_WORD_MAX + 1, RULE = TICKET_RULE_MAX + 1 };
enum {
  ACT_AT = 2,
  AUTHORITY_AT = 3,
  PERSON_AT = AUTHORITY_AT + ID_BYTES,
  RECORD_AT = PERSON_AT + ID_BYTES,
  FIELDS_AT = RECORD_AT + ID_BYTES,
  EXPIRY_AT = FIELDS_AT + TICKET_FIELD_BYTES,
  INDEX_AT = EXPIRY_AT + 8,
  RECIPIENT_AT = INDEX_AT + 8,
  NONCE_AT = RECIPIENT_AT + 32,
  PURPOSE_AT = NONCE_AT + ID_BYTES,
  BASIS_AT = PURPOSE_AT + WORD,
  RULES_AT = BASIS_AT + WORD,
  HEAD_BYTES = RULES_AT + 1
};
_Static_assert(HEAD_BYTES + TICKET_RULES * RULE <= TICKET_MAX, "a ticket fits");

static const char domain[] = "cnis-ticket/v1\n";
enum { DOMAIN_BYTES = sizeof domain - 1 };

/* A word of the vocabulary or a rule's id, then nothing but NULs. */
static bool is_word(const char *word, size_t size)
{
  size_t n = strnlen(word, size);
  if (n == 0 || n == size) return false;
  for (size_t i = 0; i < n; i++)
    if (word[i] <= ' ' || word[i] > '~') return false;
  for (size_t i = n; i < size; i++)
    if (word[i] != '\0') return false;
  return true;
}

static bool is_whole(const struct ticket *ticket)
{
  static const uint8_t no_fields[TICKET_FIELD_BYTES];
  if (ticket->act < TICKET_OPEN || ticket->act > TICKET_BREAK_GLASS) return false;
  if (ticket->rule_count == 0 || ticket->rule_count > TICKET_RULES) return false;
  for (unsigned i = 0; i < ticket->rule_count; i++)
    if (!is_word(ticket->rules[i], RULE)) return false;
  return memcmp(ticket->fields, no_fields, sizeof no_fields) != 0 &&
         is_word(ticket->purpose, WORD) && is_word(ticket->basis, WORD) &&
         ticket->entry_index < (uint64_t)1 << 53 && ticket->expiry.us > 0;
}

enum err ticket_write(uint8_t ret_bytes[static TICKET_MAX], size_t *ret_n,
                      const struct ticket *ticket)
{
  if (!is_whole(ticket)) return ERR_INPUT;
  le16_put(ret_bytes, VERSION);
  ret_bytes[ACT_AT] = (uint8_t)ticket->act;
  memcpy(ret_bytes + AUTHORITY_AT, ticket->authority, ID_BYTES);
  memcpy(ret_bytes + PERSON_AT, ticket->person, ID_BYTES);
  memcpy(ret_bytes + RECORD_AT, ticket->record, ID_BYTES);
  memcpy(ret_bytes + FIELDS_AT, ticket->fields, TICKET_FIELD_BYTES);
  le64_put(ret_bytes + EXPIRY_AT, (uint64_t)ticket->expiry.us);
  le64_put(ret_bytes + INDEX_AT, ticket->entry_index);
  memcpy(ret_bytes + RECIPIENT_AT, ticket->recipient, sizeof ticket->recipient);
  memcpy(ret_bytes + NONCE_AT, ticket->nonce, ID_BYTES);
  memcpy(ret_bytes + PURPOSE_AT, ticket->purpose, WORD);
  memcpy(ret_bytes + BASIS_AT, ticket->basis, WORD);
  ret_bytes[RULES_AT] = (uint8_t)ticket->rule_count;
  for (unsigned i = 0; i < ticket->rule_count; i++)
    memcpy(ret_bytes + HEAD_BYTES + i * RULE, ticket->rules[i], RULE);
  *ret_n = HEAD_BYTES + ticket->rule_count * (size_t)RULE;
  return OK;
}

enum err ticket_parse(struct ticket *ret_ticket, const void *bytes, size_t n)
{
  const uint8_t *in = bytes;
  struct ticket ticket = {0};
  if (n < HEAD_BYTES || le16_get(in) != VERSION) return ERR_INPUT;
  if (in[RULES_AT] > TICKET_RULES || n != HEAD_BYTES + in[RULES_AT] * (size_t)RULE)
    return ERR_INPUT;
  ticket.act = (enum ticket_act)in[ACT_AT];
  memcpy(ticket.authority, in + AUTHORITY_AT, ID_BYTES);
  memcpy(ticket.person, in + PERSON_AT, ID_BYTES);
  memcpy(ticket.record, in + RECORD_AT, ID_BYTES);
  memcpy(ticket.fields, in + FIELDS_AT, TICKET_FIELD_BYTES);
  ticket.expiry.us = (int64_t)le64_get(in + EXPIRY_AT);
  ticket.entry_index = le64_get(in + INDEX_AT);
  memcpy(ticket.recipient, in + RECIPIENT_AT, sizeof ticket.recipient);
  memcpy(ticket.nonce, in + NONCE_AT, ID_BYTES);
  memcpy(ticket.purpose, in + PURPOSE_AT, WORD);
  memcpy(ticket.basis, in + BASIS_AT, WORD);
  ticket.rule_count = in[RULES_AT];
  for (unsigned i = 0; i < ticket.rule_count; i++)
    memcpy(ticket.rules[i], in + HEAD_BYTES + i * RULE, RULE);
  if (!is_whole(&ticket)) return ERR_INPUT;
  *ret_ticket = ticket;
  return OK;
}

enum err ticket_text_write(char ret_text[static TICKET_TEXT_MAX], size_t *ret_n,
                           const struct ticket *ticket)
{
  uint8_t bytes[TICKET_MAX];
  size_t n;
  TRY(ticket_write(bytes, &n, ticket));
  base64_put(ret_text, bytes, n);
  *ret_n = TEXT_BASE64(n);
  return OK;
}

enum err ticket_text_parse(struct ticket *ret_ticket, struct str text)
{
  uint8_t bytes[TICKET_MAX];
  size_t n;
  if (!base64_get_some(bytes, sizeof bytes, &n, text)) return ERR_INPUT;
  return ticket_parse(ret_ticket, bytes, n);
}

/* What is signed: domain, part, ticket. */
struct ticket_message {
  uint8_t bytes[DOMAIN_BYTES + 1 + TICKET_MAX];
  size_t n;
};

static enum err message_make(struct ticket_message *ret, const struct ticket *ticket,
                             enum ticket_role role)
{
  memcpy(ret->bytes, domain, DOMAIN_BYTES);
  ret->bytes[DOMAIN_BYTES] = (uint8_t)role;
  TRY(ticket_write(ret->bytes + DOMAIN_BYTES + 1, &ret->n, ticket));
  ret->n += DOMAIN_BYTES + 1;
  return OK;
}

enum err ticket_sign(struct ticket_signature *ret_signature, const struct ticket *ticket,
                     enum ticket_role role, const struct signer *signer)
{
  struct ticket_message message;
  TRY(message_make(&message, ticket, role));
  ret_signature->role = role;
  ret_signature->key = signer_public(signer);
  signer_sign(signer, &ret_signature->signature, message.bytes, message.n);
  return OK;
}

enum err ticket_verify(const struct ticket *ticket, const struct ticket_signature *signature)
{
  struct ticket_message message;
  TRY(message_make(&message, ticket, signature->role));
  return verify_signature(&signature->key, &signature->signature, message.bytes, message.n);
}

void ticket_signature_write(char ret_text[static TICKET_SIGNED_TEXT],
                            const struct ticket_signature *signature)
{
  uint8_t bytes[TICKET_SIGNED_BYTES];
  bytes[0] = (uint8_t)signature->role;
  memcpy(bytes + 1, signature->key.bytes, 32);
  memcpy(bytes + 33, signature->signature.bytes, 64);
  base64_put(ret_text, bytes, sizeof bytes);
}

enum err ticket_signature_parse(struct ticket_signature *ret_signature, struct str text)
{
  uint8_t bytes[TICKET_SIGNED_BYTES];
  if (!base64_get(bytes, sizeof bytes, text)) return ERR_INPUT;
  if (bytes[0] != TICKET_REQUESTS && bytes[0] != TICKET_APPROVES) return ERR_INPUT;
  ret_signature->role = (enum ticket_role)bytes[0];
  memcpy(ret_signature->key.bytes, bytes + 1, 32);
  memcpy(ret_signature->signature.bytes, bytes + 33, 64);
  return OK;
}

bool ticket_field(const struct ticket *ticket, unsigned field)
{
  return field < 8 * TICKET_FIELD_BYTES && (ticket->fields[field / 8] >> field % 8 & 1);
}

void ticket_field_add(struct ticket *ticket, unsigned field)
{
  ticket->fields[field / 8] |= (uint8_t)(1U << field % 8);
}

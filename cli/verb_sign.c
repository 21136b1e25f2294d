/* cnis sign: a person's own signature on a ticket, with a key that the server never has. It says in
 * plain words what is being signed before it prints the signature, and shows nothing that does not
 * stand in the ticket. `--new` makes the key. */
#include <string.h>

#include "cli/file.h"
#include "cli/say.h"
#include "crypto/age.h"
#include "crypto/keyring.h"
#include "crypto/ticket.h"
#include "policy/policy.h"
#include "register/field.h"

#define TICKET_FILE_MAX 4096
#define INSTANT_TEXT 20

/* ---- the key ---- */

static enum err signer_read(struct cli *cli, struct signer **ret_signer)
{
  OWNED(key_wipe) struct key seed = {0};
  enum err err = key_file_read(&seed, cli->value[OPTION_KEY], NULL);

  if (err != OK)
    return FAIL(&cli->trail, err, "sign: the key file is missing, not yours, or open to others");
  return signer_new(ret_signer, &seed);
}

/* A key in its own member of a JSON object, as text. */
static void json_key_text(struct json *json, const struct verify_key *key)
{
  char text[VERIFY_KEY_TEXT], fingerprint[FINGERPRINT_TEXT];

  verify_key_write(text, key);
  verify_key_fingerprint(fingerprint, key);
  JSON_KEY(json, "key");
  json_str(json, (struct str){text, sizeof(text)});
  JSON_KEY(json, "fingerprint");
  json_str(json, (struct str){fingerprint, sizeof(fingerprint)});
}

static enum exit_code key_make(struct cli *cli)
{
  OWNED(signer_free) struct signer *signer = NULL;
  enum err err = key_file_create(cli->value[OPTION_KEY], &cli->outside);

  if (err == OK) err = signer_read(cli, &signer);
  if (err != OK) return complain(cli, err);
  struct verify_key key = signer_public(signer);
  if (cli->json) {
    struct json json;
    json_start(&json, cli->arena, 256);
    json_object_start(&json);
    json_key_text(&json, &key);
    json_object_end(&json);
    return say_json(cli, &json, EXIT_FINE);
  }
  char text[VERIFY_KEY_TEXT], fingerprint[FINGERPRINT_TEXT];
  verify_key_write(text, &key);
  verify_key_fingerprint(fingerprint, &key);
  SAY(cli, TEXT_SIGN_KEY_MADE, str_from(cli->value[OPTION_KEY]));
  SAY(cli, TEXT_SIGN_PUBLIC_KEY, (struct str){text, sizeof(text)});
  SAY(cli, TEXT_SIGN_FINGERPRINT, (struct str){fingerprint, sizeof(fingerprint)});
  return EXIT_FINE;
}

/* ---- what is being signed ---- */

/* What a word means to a person; a word that the vocabulary lacks is shown as `otherwise`. */
static struct str plain_word(struct cli *cli, const struct policy *policy, enum policy_kind kind,
                             const char *name, const char *otherwise)
{
  uint8_t word = policy_word(policy, kind, str_from(name));

  return word == POLICY_NO_WORD ? str_from(otherwise)
                                : policy_word_text(policy, kind, word, cli->lang);
}

static void show_fields(struct cli *cli, const struct policy *policy, const struct ticket *ticket)
{
  for (uint16_t id = 0; id < 8 * TICKET_FIELD_BYTES; id++) {
    enum field field;
    if (!ticket_field(ticket, id)) continue;
    if (!field_by_id(id, &field)) {
      NOTE(cli, TEXT_SIGN_UNKNOWN_FIELD, number(cli, id));
      continue;
    }
    const struct field_row *row = field_row(field);
    NOTE(cli, TEXT_SIGN_FIELD, str_from(row->name),
         plain_word(cli, policy, POLICY_FIELD, row->word, row->name));
  }
}

static void show_recipient(struct cli *cli, const struct ticket *ticket)
{
  static const uint8_t none[sizeof(ticket->recipient)];
  struct age_recipient recipient;
  char text[AGE_RECIPIENT_TEXT];

  if (memcmp(ticket->recipient, none, sizeof(none)) == 0) {
    note(cli, TEXT_SIGN_TO_SELF);
    return;
  }
  memcpy(recipient.point, ticket->recipient, sizeof(recipient.point));
  age_recipient_write(text, &recipient);
  NOTE(cli, TEXT_SIGN_TO_RECIPIENT, (struct str){text, sizeof(text)});
}

static enum text_id act_text(enum ticket_act act)
{
  switch (act) {
  case TICKET_OPEN:
    return TEXT_SIGN_ACT_OPEN;
  case TICKET_LOWER:
    return TEXT_SIGN_ACT_LOWER;
  case TICKET_BREAK_GLASS:
    return TEXT_SIGN_ACT_BREAK_GLASS;
  }
  return TEXT_SIGN_ACT_OPEN;
}

/* On standard error, so that the signature alone goes down a pipe. */
static void show(struct cli *cli, const struct policy *policy, const struct ticket *ticket)
{
  char child[2 * ID_BYTES], expiry[INSTANT_TEXT];

  hex_write(child, ticket->record, ID_BYTES);
  instant_write(expiry, ticket->expiry);
  note(cli, cli_has(cli, OPTION_APPROVE) ? TEXT_SIGN_YOU_APPROVE : TEXT_SIGN_YOU_REQUEST);
  NOTE(cli, act_text(ticket->act), (struct str){child, sizeof(child)});
  NOTE(cli, TEXT_SIGN_PURPOSE,
       plain_word(cli, policy, POLICY_PURPOSE, ticket->purpose, ticket->purpose),
       plain_word(cli, policy, POLICY_BASIS, ticket->basis, ticket->basis));
  for (unsigned i = 0; i < ticket->rule_count; i++)
    NOTE(cli, TEXT_SIGN_RULE, str_from(ticket->rules[i]));
  show_fields(cli, policy, ticket);
  show_recipient(cli, ticket);
  NOTE(cli, TEXT_SIGN_EXPIRY, (struct str){expiry, sizeof(expiry)});
}

/* ---- signing ---- */

/* The ticket itself, a file that holds it, or standard input. */
static enum err ticket_read(struct cli *cli, struct ticket *ret_ticket)
{
  const char *operand = cli->operand_count == 0 ? "-" : cli->operands[0];
  struct str text = str_from(operand);

  if (ticket_text_parse(ret_ticket, text) == OK) return OK;
  TRY(file_read(cli, &text, operand, TICKET_FILE_MAX));
  while (text.len > 0 && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
    text.len--;
  if (ticket_text_parse(ret_ticket, text) != OK)
    return FAIL(&cli->trail, ERR_INPUT, "sign: this is not a ticket");
  return OK;
}

static enum err ticket_show_and_sign(struct cli *cli, struct ticket_signature *ret_signature)
{
  OWNED(signer_free) struct signer *signer = NULL;
  OWNED(policy_free) struct policy *policy = NULL;
  struct ticket ticket;

  TRY(policy_load(&policy, policy_builtin_files, policy_builtin_count, &cli->trail));
  TRY(ticket_read(cli, &ticket));
  if (ticket.expiry.us <= cli->outside.now(cli->outside.self).us)
    return FAIL(&cli->trail, ERR_REFUSED, "sign: the ticket has expired");
  TRY(signer_read(cli, &signer));
  show(cli, policy, &ticket);
  return ticket_sign(ret_signature, &ticket,
                     cli_has(cli, OPTION_APPROVE) ? TICKET_APPROVES : TICKET_REQUESTS, signer);
}

enum exit_code verb_sign(struct cli *cli)
{
  struct ticket_signature signature;
  char text[TICKET_SIGNED_TEXT];

  if (cli_has(cli, OPTION_NEW)) return key_make(cli);
  enum err err = ticket_show_and_sign(cli, &signature);
  if (err != OK) return complain(cli, err);
  ticket_signature_write(text, &signature);
  struct str line = {text, sizeof(text)};
  if (!cli->json) {
    say_str(line);
    return EXIT_FINE;
  }
  struct json json;
  json_start(&json, cli->arena, 512);
  json_object_start(&json);
  JSON_KEY(&json, "signature");
  json_str(&json, line);
  json_key_text(&json, &signature.key);
  json_object_end(&json);
  return say_json(cli, &json, EXIT_FINE);
}

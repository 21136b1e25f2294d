/* cnis policy export | sign | activate: a policy as a folder that people change, check, sign with
 * their own keys and put in force. Signing needs no register; the key never leaves this process. */
#include <string.h>

#include "cli/policy_folder.h"
#include "cli/say.h"
#include "cli/visit.h"
#include "crypto/endorsement.h"
#include "crypto/keyring.h"
#include "policy/compare.h"

#define POLICY "/v1/policy"
#define POLICY_TEXT POLICY "/text"

/* ---- the one to begin from ---- */

/* What another policy takes the place of, and the number that its signatures name. */
struct base {
  struct policy_pack pack;
  uint64_t number;
};

static enum err ask_state(const struct visit *visit, struct reply *ret_reply)
{
  struct call call = {.method = "GET", .path = STR(POLICY), .token = visit->signed_in.token};

  return call_must(visit->cli, ret_reply, visit->service, &call);
}

static enum err ask_in_force(struct cli *cli, struct str *ret_text, uint64_t *ret_number)
{
  OWNED(visit_end) struct visit visit = {.cli = cli};
  OWNED(reply_free) struct reply reply = {0};
  OWNED(reply_free) struct reply state = {0};
  struct call call = {.method = "GET", .path = STR(POLICY_TEXT)};

  TRY(visit_begin(&visit));
  call.token = visit.signed_in.token;
  TRY(call_must(cli, &reply, visit.service, &call));
  TRY(ask_state(&visit, &state));
  *ret_number = (uint64_t)json_integer_value(json_object_get(state.json, "number"));
  return arena_copy(cli->arena, ret_text, reply.body);
}

/* With --dir the policy in force there; without, the one in this program, which is nobody's second.
 */
static enum err base_get(struct cli *cli, struct base *ret_base)
{
  struct str text;

  ret_base->number = 1;
  if (!cli_has(cli, OPTION_DIR))
    return policy_pack_make(cli->arena, &ret_base->pack, policy_builtin_files, policy_builtin_count,
                            reg_policy_hash(), &cli->trail);
  TRY(ask_in_force(cli, &text, &ret_base->number));
  return policy_pack_read(cli->arena, &ret_base->pack, text, reg_policy_hash(), &cli->trail);
}

static struct str hexadecimal(struct cli *cli, const uint8_t version[static HASH_BYTES])
{
  char digits[2 * HASH_BYTES];

  hex_write(digits, version, HASH_BYTES);
  return formatted(cli, "%.*s", (int)sizeof digits, digits);
}

static enum exit_code version_say(struct cli *cli, struct str folder, struct str version)
{
  struct json json;

  if (!cli->json) {
    SAY(cli, TEXT_POLICY_EXPORTED, folder, version);
    return EXIT_FINE;
  }
  json_start(&json, cli->arena, 256);
  json_object_start(&json);
  JSON_KEY(&json, "folder");
  json_str(&json, folder);
  JSON_KEY(&json, "version");
  json_str(&json, version);
  json_object_end(&json);
  return say_json(cli, &json, EXIT_FINE);
}

enum exit_code verb_policy_export(struct cli *cli)
{
  struct base base;
  enum err err = base_get(cli, &base);

  if (err == OK) err = policy_folder_write(cli, cli->operands[0], &base.pack);
  return err == OK
           ? version_say(cli, str_from(cli->operands[0]), hexadecimal(cli, base.pack.version))
           : complain(cli, err);
}

/* ---- what it changes ---- */

struct showing {
  struct cli *cli;
  const struct policy *policy;
  bool has_any;
};

static void fields_say(struct showing *showing, enum text_id says, struct str role,
                       struct str purpose, struct fieldset fields)
{
  struct cli *cli = showing->cli;
  struct str text = STR("");

  if (fieldset_is_empty(fields)) return;
  while (!fieldset_is_empty(fields)) {
    struct str word =
      policy_word_text(showing->policy, POLICY_FIELD, (uint8_t)fieldset_take(&fields), cli->lang);

    text = formatted(cli, "%.*s%s%.*s", (int)text.len, text.ptr, text.len == 0 ? "" : ", ",
                     (int)word.len, word.ptr);
  }
  NOTE(cli, says, role, purpose, text);
}

static void difference_say(void *self, const struct policy_difference *difference)
{
  struct showing *showing = self;
  enum lang lang = showing->cli->lang;
  struct str role = policy_word_text(showing->policy, POLICY_ROLE, difference->role, lang);
  struct str purpose = policy_word_text(showing->policy, POLICY_PURPOSE, difference->purpose, lang);

  showing->has_any = true;
  fields_say(showing, TEXT_POLICY_REVEALED, role, purpose, difference->revealed);
  fields_say(showing, TEXT_POLICY_WITHHELD, role, purpose, difference->withheld);
}

static const struct policy_file *file_named(const struct policy_pack *pack, const char *name)
{
  for (size_t i = 0; i < pack->count; i++)
    if (strcmp(pack->files[i].name, name) == 0) return &pack->files[i];
  return NULL;
}

static void files_say(struct cli *cli, const struct policy_pack *before,
                      const struct policy_pack *after)
{
  for (size_t i = 0; i < after->count; i++) {
    const struct policy_file *file = &after->files[i], *twin = file_named(before, file->name);

    if (twin == NULL)
      NOTE(cli, TEXT_POLICY_FILE_ADDED, str_from(file->name));
    else if (twin->len != file->len || memcmp(twin->text, file->text, file->len) != 0)
      NOTE(cli, TEXT_POLICY_FILE_CHANGED, str_from(file->name));
  }
  for (size_t i = 0; i < before->count; i++)
    if (file_named(after, before->files[i].name) == NULL)
      NOTE(cli, TEXT_POLICY_FILE_REMOVED, str_from(before->files[i].name));
}

static enum err load(struct cli *cli, struct policy **ret_policy, const struct policy_pack *pack)
{
  enum err err = policy_load(ret_policy, pack->files, pack->count, &cli->trail);

  if (err == ERR_POLICY) policy_place_note(cli, pack, &cli->trail);
  return err;
}

/* On standard error, so that the result alone goes down a pipe. What no signature makes good is
 * not signed. */
static enum err changes_show(struct cli *cli, const struct policy_pack *before,
                             const struct policy_pack *after)
{
  OWNED(policy_free) struct policy *old = NULL;
  OWNED(policy_free) struct policy *new = NULL;
  struct policy_loss_of loss;

  TRY(load(cli, &old, before));
  TRY(load(cli, &new, after));
  struct showing showing = {cli, new, false};
  NOTE(cli, TEXT_POLICY_REPLACES, hexadecimal(cli, after->version),
       hexadecimal(cli, before->version));
  files_say(cli, before, after);
  policy_differences(old, new, difference_say, &showing);
  if (!showing.has_any) note(cli, TEXT_POLICY_NO_DIFFERENCE);
  if (policy_loses(old, new, &loss))
    return FAIL_AT(&cli->trail, ERR_REFUSED,
                   "the change would show more of a shielded child: no signature makes it good",
                   (long long)loss.loss, 0);
  return OK;
}

/* ---- signing ---- */

static bool is_signing_role(const char *role)
{
  return strcmp(role, "data_protection_officer") == 0 || strcmp(role, "safeguarding_lead") == 0;
}

/* The change that is signed: the pack in the place of `before`, as the next activation. */
static struct endorsed endorsed_of(const struct policy_pack *pack, const struct base *before)
{
  struct endorsed endorsed = {.number = before->number};

  memcpy(endorsed.replaces.bytes, before->pack.version, HASH_BYTES);
  memcpy(endorsed.version.bytes, pack->version, HASH_BYTES);
  return endorsed;
}

/* Those that are there must hold for this change, and none be in this role. */
static enum err endorsements_read(struct cli *cli, struct endorsements *ret_endorsements,
                                  struct str signatures, const struct endorsed *endorsed)
{
  TRY(endorsements_parse(ret_endorsements, signatures, &cli->trail));
  for (size_t i = 0; i < ret_endorsements->count; i++) {
    const struct endorsement *one = &ret_endorsements->at[i];

    if (one->number != endorsed->number || !hash_equal(&one->replaces, &endorsed->replaces) ||
        endorsement_verify(one, &endorsed->version) != OK)
      return FAIL_AT(&cli->trail, ERR_REFUSED,
                     "a signature in the folder is of another change: see --new", 0,
                     (long long)i + 1);
    if (strcmp(one->role, cli->value[OPTION_ROLE]) == 0)
      return FAIL_AT(&cli->trail, ERR_CONFLICT, "somebody has signed in this role", 0,
                     (long long)i + 1);
  }
  return ret_endorsements->count < ENDORSEMENTS_MAX
           ? OK
           : FAIL(&cli->trail, ERR_CONFLICT, "two have signed already");
}

static enum err endorse(struct cli *cli, struct endorsement *ret_endorsement,
                        const struct endorsed *endorsed)
{
  OWNED(key_wipe) struct key seed = {0};
  OWNED(signer_free) struct signer *signer = NULL;

  if (key_file_read(&seed, cli->value[OPTION_KEY], NULL) != OK)
    return FAIL(&cli->trail, ERR_ABSENT,
                "sign: the key file is missing, not yours, or open to others");
  TRY(signer_new(&signer, &seed));
  return endorsement_sign(ret_endorsement, str_from(cli->value[OPTION_ROLE]), endorsed, signer);
}

/* A manifest of what lies there now; signatures were over another one. */
static enum err manifest_renew(struct cli *cli, const char *path)
{
  struct policy_pack pack;

  TRY(policy_folder_read(cli, &pack, path, false));
  TRY(policy_folder_put(cli, path, "manifest", pack.manifest));
  TRY(policy_folder_put(cli, path, "signatures", STR("")));
  note(cli, TEXT_POLICY_MANIFEST_NEW);
  return OK;
}

static enum err sign(struct cli *cli, struct policy_pack *pack, struct base *before,
                     struct endorsement *ret_endorsement)
{
  const char *path = cli->operands[0];
  struct endorsements endorsements;
  char text[ENDORSEMENTS_TEXT_MAX];
  struct endorsed endorsed;
  size_t n;

  if (cli_has(cli, OPTION_NEW) && !cli_has(cli, OPTION_DRY_RUN)) TRY(manifest_renew(cli, path));
  TRY(policy_folder_read(cli, pack, path,
                         !cli_has(cli, OPTION_NEW) || !cli_has(cli, OPTION_DRY_RUN)));
  TRY(base_get(cli, before));
  TRY(changes_show(cli, &before->pack, pack));
  endorsed = endorsed_of(pack, before);
  TRY(endorsements_read(cli, &endorsements, pack->signatures, &endorsed));
  TRY(endorse(cli, ret_endorsement, &endorsed));
  if (cli_has(cli, OPTION_DRY_RUN)) return OK;
  endorsements.at[endorsements.count++] = *ret_endorsement;
  n = endorsements_write(text, &endorsements);
  return policy_folder_put(cli, path, "signatures", (struct str){text, n});
}

static enum exit_code signed_say(struct cli *cli, const struct policy_pack *pack,
                                 const struct base *before, struct str fingerprint)
{
  struct json json;

  if (!cli->json) {
    SAY(cli, TEXT_POLICY_SIGNED, str_from(cli->value[OPTION_ROLE]), fingerprint);
    return EXIT_FINE;
  }
  json_start(&json, cli->arena, 512);
  json_object_start(&json);
  JSON_KEY(&json, "version");
  json_hex(&json, pack->version, HASH_BYTES);
  JSON_KEY(&json, "replaces");
  json_hex(&json, before->pack.version, HASH_BYTES);
  JSON_KEY(&json, "role");
  json_str(&json, str_from(cli->value[OPTION_ROLE]));
  JSON_KEY(&json, "key");
  json_str(&json, fingerprint);
  json_object_end(&json);
  return say_json(cli, &json, EXIT_FINE);
}

enum exit_code verb_policy_sign(struct cli *cli)
{
  struct policy_pack pack;
  struct base before;
  struct endorsement endorsement;
  char fingerprint[FINGERPRINT_TEXT];

  if (!is_signing_role(cli->value[OPTION_ROLE]))
    return misuse(cli, text_get(TEXT_POLICY_SIGN_ROLE_WRONG, cli->lang));
  enum err err = sign(cli, &pack, &before, &endorsement);
  if (err != OK) return complain(cli, err);
  verify_key_fingerprint(fingerprint, &endorsement.key);
  return signed_say(cli, &pack, &before, (struct str){fingerprint, sizeof fingerprint});
}

/* ---- putting it in force ---- */

static enum err activate(struct cli *cli, struct policy_pack *pack, struct str *ret_body,
                         struct str *ret_detail)
{
  OWNED(visit_end) struct visit visit = {.cli = cli};
  OWNED(reply_free) struct reply reply = {0};
  struct call call = {.method = "POST", .type = STR("text/plain")};

  call.path = cli_has(cli, OPTION_DRY_RUN) ? STR("/v1/policy/activations?dry_run=true")
                                           : STR("/v1/policy/activations");
  TRY(policy_folder_read(cli, pack, cli->operands[0], true));
  TRY(policy_pack_write(cli->arena, &call.body, pack));
  TRY(visit_begin(&visit));
  call.token = visit.signed_in.token;
  TRY(call_must(cli, &reply, visit.service, &call));
  TRY(arena_copy(cli->arena, ret_detail, reply_text(&reply, "detail")));
  return arena_copy(cli->arena, ret_body, reply.body);
}

/* The service's own JSON as it is; for a person, the change as this program reads it. */
enum exit_code verb_policy_activate(struct cli *cli)
{
  struct policy_pack pack;
  struct base before;
  struct str body = STR(""), detail = STR("");
  enum err err = base_get(cli, &before);

  if (err == OK) err = activate(cli, &pack, &body, &detail);
  if (err == OK && !cli->json) err = changes_show(cli, &before.pack, &pack);
  if (err != OK) return complain(cli, err);
  say_str(cli->json ? body : detail);
  return EXIT_FINE;
}

/* ---- calling it off ---- */

/* *ret_says: a person's sentence, or the service's JSON. With --dry-run, only what waits. */
static enum err call_off(struct cli *cli, struct str *ret_says)
{
  OWNED(visit_end) struct visit visit = {.cli = cli};
  OWNED(reply_free) struct reply state = {0};
  OWNED(reply_free) struct reply reply = {0};
  struct call call = {.method = "DELETE"};
  struct str next;

  TRY(visit_begin(&visit));
  TRY(ask_state(&visit, &state));
  next = reply_text(&state, "next");
  if (next.len == 0) {
    cli->why = text_get(TEXT_POLICY_NOTHING_WAITS, cli->lang);
    return ERR_ABSENT;
  }
  if (cli_has(cli, OPTION_DRY_RUN)) {
    *ret_says = SENTENCE(cli, TEXT_POLICY_WAITS_NOW, next);
    return cli->json ? arena_copy(cli->arena, ret_says, state.body) : OK;
  }
  call.token = visit.signed_in.token;
  call.path = formatted(cli, POLICY "/activations/%.*s", (int)next.len, next.ptr);
  TRY(call_must(cli, &reply, visit.service, &call));
  return arena_copy(cli->arena, ret_says, cli->json ? reply.body : reply_text(&reply, "detail"));
}

enum exit_code verb_policy_call_off(struct cli *cli)
{
  struct str says = STR("");
  enum err err = call_off(cli, &says);

  if (err != OK) return complain(cli, err);
  say_str(says);
  return EXIT_FINE;
}

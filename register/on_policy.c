/* The policy in force, and putting another in its place. That takes two people's signatures, each
 * with a key that the custodian knows as theirs, in two roles that they hold; and whatever they
 * signed, nothing more may be shown of a shielded child than before. It takes effect at the next
 * start: until then every decision is made under one policy, the old one. */
#include <string.h>

#include "base/guard.h"
#include "base/json.h"
#include "policy/compare.h"
#include "register/active.h"
#include "register/coming.h"
#include "register/operations.h"
#include "register/reply.h"
#include "register/second.h"

#define TEXT_TYPE "text/plain; charset=utf-8"

/* In this order. */
static const char *const signing_roles[ENDORSEMENTS_MAX] = {"data_protection_officer",
                                                            "safeguarding_lead"};

/* ---- what is in force ---- */

static void write_signer(struct json *json, const struct op *op, const struct policy_signer *signer)
{
  struct account account = {.name = ""};
  char fingerprint[FINGERPRINT_TEXT];

  verify_key_fingerprint(fingerprint, &signer->key);
  if (!people_by_id(op->reg->people, &account, signer->account)) account.name[0] = '\0';
  json_object_start(json);
  JSON_KEY(json, "role");
  json_str(json, str_from(signer->role));
  JSON_KEY(json, "name");
  json_str(json, str_from(account.name));
  JSON_KEY(json, "key");
  json_str(json, (struct str){fingerprint, sizeof fingerprint});
  json_object_end(json);
  wipe(&account, sizeof account);
}

enum err policy_state(struct op *op)
{
  const struct active *active = &op->reg->active;
  struct json json;

  json_start(&json, op->arena, 1024);
  json_object_start(&json);
  JSON_KEY(&json, "version");
  json_hex(&json, op->reg->policy_version, POLICY_VERSION_BYTES);
  JSON_KEY(&json, "builtin");
  json_bool(&json, active->is_builtin);
  JSON_KEY(&json, "since");
  if (active->is_signed)
    json_instant(&json, active->last.at);
  else
    json_none(&json);
  JSON_KEY(&json, "signed");
  json_array_start(&json);
  for (size_t i = 0; active->is_signed && i < ENDORSEMENTS_MAX; i++)
    write_signer(&json, op, &active->last.signers[i]);
  json_array_end(&json);
  policy_write_next(op, &json);
  json_object_end(&json);
  return reply_json(op, &json, 200);
}

enum err policy_text(struct op *op)
{
  op->answer = (struct answer){.status = 200, .body = op->reg->active.text, .type = STR(TEXT_TYPE)};
  return OK;
}

/* ---- another one ---- */

struct activating {
  struct op *op;
  struct entry_of entry;
  uint16_t rule;
  struct policy_pack pack, before;
  struct policy *policy; /* the new one; freed with the request */
  struct activation activation;
};

static void activating_free(struct activating *activating)
{
  policy_free(&activating->policy);
}

/* What keeps it from being put in force; `detail` TEXT_NONE: nothing does. */
struct objection {
  enum text_id detail;
  struct str slots[4];
};

static struct objection objection(enum text_id detail, struct str slot)
{
  return (struct objection){detail, {slot}};
}

static const struct objection no_objection = {TEXT_NONE, {{NULL, 0}}};

static struct str decimal(struct op *op, long long number)
{
  struct json json;
  struct str text;

  json_start(&json, op->arena, 24);
  json_int(&json, number);
  return json_done(&json, &text) == OK ? text : STR("");
}

static enum err read_policy(struct activating *activating, struct str text,
                            struct objection *ret_objection)
{
  struct op *op = activating->op;
  struct policy_pack *pack = &activating->pack;
  struct trail trail = {0};
  enum err err = policy_pack_read(op->arena, pack, text, reg_policy_hash(), &trail);

  if (err == ERR_POLICY && pack->count == 0) {
    *ret_objection = objection(TEXT_POLICY_NO_TEXT, STR(""));
    return OK;
  }
  if (err == OK) err = policy_load(&activating->policy, pack->files, pack->count, &trail);
  memcpy(activating->activation.version.bytes, pack->version, HASH_BYTES);
  if (err != ERR_POLICY) return err;
  *ret_objection =
    (struct objection){TEXT_POLICY_BAD, {policy_pack_place(pack, &trail), decimal(op, trail.b)}};
  return OK;
}

/* ---- two people ---- */

static struct str role_text(const struct op *op, const char *role)
{
  const struct policy *policy = reg_policy(op->reg);
  uint8_t word = policy_word(policy, POLICY_ROLE, str_from(role));

  return policy_word_text(policy, POLICY_ROLE, word, op->lang);
}

/* Somebody who works here now, in that role: waiting, disabled or taken away is not. */
static bool holds_role(const struct op *op, struct id person, const char *role)
{
  uint8_t word = policy_word(reg_policy(op->reg), POLICY_ROLE, str_from(role));
  struct account account = {.roles = 0};
  bool holds = people_by_id(op->reg->people, &account, person) && account_is_active(&account) &&
               word != POLICY_NO_WORD && (account.roles & POLICY_BIT(word)) != 0;

  wipe(&account, sizeof account);
  return holds;
}

static enum err check_signer(struct activating *activating, const struct endorsement *endorsement,
                             struct policy_signer *signer, struct objection *ret_objection)
{
  struct op *op = activating->op;
  struct str role = role_text(op, endorsement->role);
  enum err err;

  if (endorsement_verify(endorsement, &activating->activation.version) != OK) {
    *ret_objection = objection(TEXT_POLICY_SIGNATURE_WRONG, role);
    return OK;
  }
  err = active_whose(op->reg, &signer->account, &endorsement->key, &op->trail);
  if (err == ERR_CUSTODY_SIGNATURE || err == ERR_CUSTODY_WITHDRAWN) {
    *ret_objection = objection(TEXT_POLICY_SIGNER_UNKNOWN, role);
    return OK;
  }
  if (err != OK) return err;
  if (!holds_role(op, signer->account, endorsement->role))
    *ret_objection = objection(TEXT_POLICY_SIGNER_ROLE, role);
  signer->key = endorsement->key;
  memcpy(signer->role, endorsement->role, sizeof signer->role);
  return OK;
}

static const struct endorsement *by_role(const struct endorsements *endorsements, const char *role)
{
  for (size_t i = 0; i < endorsements->count; i++)
    if (strcmp(endorsements->at[i].role, role) == 0) return &endorsements->at[i];
  return NULL;
}

static enum err check_signers(struct activating *activating, struct objection *ret_objection)
{
  struct activation *activation = &activating->activation;
  struct endorsements endorsements;
  struct trail trail = {0};

  if (endorsements_parse(&endorsements, activating->pack.signatures, &trail) != OK) {
    *ret_objection = objection(TEXT_POLICY_BAD_SIGNATURES, decimal(activating->op, trail.b));
    return OK;
  }
  for (size_t i = 0; i < ENDORSEMENTS_MAX; i++) {
    const struct endorsement *one = by_role(&endorsements, signing_roles[i]);

    if (one == NULL && !GUARD(POLICY_TWO_SIGN)) continue;
    if (one == NULL) {
      *ret_objection = objection(TEXT_POLICY_TWO_NEEDED, STR(""));
      return OK;
    }
    if (one->number != activation->number || !hash_equal(&one->replaces, &activation->replaces)) {
      *ret_objection = objection(TEXT_POLICY_OTHER_BASE, STR(""));
      return OK;
    }
    TRY(check_signer(activating, one, &activation->signers[i], ret_objection));
    if (ret_objection->detail != TEXT_NONE) return OK;
  }
  if (second_are_one(activating->op, activation->signers[0].account,
                     activation->signers[1].account))
    *ret_objection = objection(TEXT_POLICY_ONE_PERSON, STR(""));
  return OK;
}

/* ---- nothing more of a shielded child ---- */

static const enum text_id losses[] = {
  [POLICY_LOSS_NONE] = TEXT_NONE,
  [POLICY_LOSS_WORD] = TEXT_POLICY_LOSS_WORD,
  [POLICY_LOSS_CATEGORY] = TEXT_POLICY_LOSS_CATEGORY,
  [POLICY_LOSS_PERSONS] = TEXT_POLICY_LOSS_PERSONS,
  [POLICY_LOSS_ACT] = TEXT_POLICY_LOSS_ACT,
  [POLICY_LOSS_FIELD] = TEXT_POLICY_LOSS_FIELD,
  [POLICY_LOSS_FORM] = TEXT_POLICY_LOSS_FORM,
  [POLICY_LOSS_APPROVAL] = TEXT_POLICY_LOSS_APPROVAL,
  [POLICY_LOSS_DUTY] = TEXT_POLICY_LOSS_DUTY,
  [POLICY_LOSS_EXISTENCE] = TEXT_POLICY_LOSS_EXISTENCE,
};

static struct str word_or(const struct op *op, enum policy_kind kind, uint8_t word,
                          enum text_id otherwise)
{
  return word == POLICY_NO_WORD ? text_get(otherwise, op->lang)
                                : policy_word_text(reg_policy(op->reg), kind, word, op->lang);
}

static void check_losses(const struct activating *activating, struct objection *ret_objection)
{
  const struct op *op = activating->op;
  struct policy_loss_of loss = {0};

  if (!policy_loses(reg_policy(op->reg), activating->policy, &loss) || !GUARD(POLICY_NO_REVEAL))
    return;
  *ret_objection =
    (struct objection){TEXT_POLICY_LOSES,
                       {text_get(losses[loss.loss], op->lang),
                        word_or(op, loss.kind, loss.word, TEXT_POLICY_THE_RECORD),
                        word_or(op, POLICY_ROLE, loss.role, TEXT_POLICY_ANYBODY),
                        word_or(op, POLICY_PURPOSE, loss.purpose, TEXT_POLICY_ANY_PURPOSE)}};
}

/* ---- what it changes ---- */

static void write_fields(struct json *json, const struct policy *policy, struct fieldset fields)
{
  json_array_start(json);
  while (!fieldset_is_empty(fields))
    json_str(json, policy_word_name(policy, POLICY_FIELD, (uint8_t)fieldset_take(&fields)));
  json_array_end(json);
}

struct writing {
  struct json *json;
  const struct policy *policy; /* the new one: it has every word */
};

static void write_difference(void *self, const struct policy_difference *difference)
{
  struct writing *writing = self;
  struct json *json = writing->json;

  json_object_start(json);
  JSON_KEY(json, "role");
  json_str(json, policy_word_name(writing->policy, POLICY_ROLE, difference->role));
  JSON_KEY(json, "purpose");
  json_str(json, policy_word_name(writing->policy, POLICY_PURPOSE, difference->purpose));
  JSON_KEY(json, "revealed");
  write_fields(json, writing->policy, difference->revealed);
  JSON_KEY(json, "withheld");
  write_fields(json, writing->policy, difference->withheld);
  json_object_end(json);
}

static const struct policy_file *file_named(const struct policy_pack *pack, const char *name)
{
  for (size_t i = 0; i < pack->count; i++)
    if (strcmp(pack->files[i].name, name) == 0) return &pack->files[i];
  return NULL;
}

static bool is_same_file(const struct policy_file *one, const struct policy_file *other)
{
  return one->len == other->len && memcmp(one->text, other->text, one->len) == 0;
}

/* Names of `pack` that the other does not have, or has (`changed`) with another text. */
static void write_names(struct json *json, const struct policy_pack *pack,
                        const struct policy_pack *other, bool changed)
{
  json_array_start(json);
  for (size_t i = 0; i < pack->count; i++) {
    const struct policy_file *twin = file_named(other, pack->files[i].name);
    bool is_shown = changed ? twin != NULL && !is_same_file(twin, &pack->files[i]) : twin == NULL;

    if (is_shown) json_str(json, str_from(pack->files[i].name));
  }
  json_array_end(json);
}

static void write_changes(struct json *json, const struct activating *activating)
{
  struct writing writing = {json, activating->policy};

  JSON_KEY(json, "added");
  write_names(json, &activating->pack, &activating->before, false);
  JSON_KEY(json, "removed");
  write_names(json, &activating->before, &activating->pack, false);
  JSON_KEY(json, "changed");
  write_names(json, &activating->pack, &activating->before, true);
  JSON_KEY(json, "differences");
  json_array_start(json);
  policy_differences(reg_policy(activating->op->reg), activating->policy, write_difference,
                     &writing);
  json_array_end(json);
}

/* ---- putting it in force ---- */

static enum err check(struct activating *activating, struct str text,
                      struct objection *ret_objection)
{
  struct op *op = activating->op;

  *ret_objection = no_objection;
  if (active_next(op->reg).waits) *ret_objection = objection(TEXT_POLICY_WAITS, STR(""));
  if (ret_objection->detail == TEXT_NONE) TRY(read_policy(activating, text, ret_objection));
  if (ret_objection->detail == TEXT_NONE &&
      hash_equal(&activating->activation.version, &activating->activation.replaces))
    *ret_objection = objection(TEXT_POLICY_SAME, STR(""));
  if (ret_objection->detail == TEXT_NONE && !active_suits(op->reg, activating->policy))
    *ret_objection = objection(TEXT_POLICY_UNSUITED, STR(""));
  if (ret_objection->detail == TEXT_NONE) check_losses(activating, ret_objection);
  if (ret_objection->detail == TEXT_NONE) TRY(check_signers(activating, ret_objection));
  return OK;
}

/* It would withhold, or ask for, what the one in force does not: then it takes two to call it off,
 * as it took two to sign it. */
static void is_withheld(void *self, const struct policy_difference *difference)
{
  bool *any = self;

  *any = *any || !fieldset_is_empty(difference->withheld);
}

static bool is_tighter(const struct activating *activating)
{
  const struct policy *before = reg_policy(activating->op->reg), *after = activating->policy;
  struct policy_loss_of loss;
  bool any = policy_loses(after, before, &loss);

  policy_differences(before, after, is_withheld, &any);
  return any;
}

static enum err put_in_force(struct activating *activating, struct str text)
{
  struct op *op = activating->op;
  const struct activation *activation = &activating->activation;
  struct active_next next = {.waits = true,
                             .takes_two = is_tighter(activating),
                             .version = activation->version,
                             .spent = activation->number};

  TRY(active_keep(op->reg, &activating->pack, text));
  TRY(active_put(op, activation, next.spent));
  return active_moves(op, &next);
}

static enum err answer(struct activating *activating)
{
  struct op *op = activating->op;
  struct json json;

  json_start(&json, op->arena, 4096);
  json_object_start(&json);
  JSON_KEY(&json, "version");
  json_hex(&json, activating->activation.version.bytes, HASH_BYTES);
  JSON_KEY(&json, "replaces");
  json_hex(&json, activating->activation.replaces.bytes, HASH_BYTES);
  JSON_KEY(&json, "detail");
  json_str(&json, text_get(op->dry_run ? TEXT_POLICY_WOULD : TEXT_POLICY_NEXT_START, op->lang));
  write_changes(&json, activating);
  json_object_end(&json);
  TRY(reply_json(op, &json, 200));
  TRY(op_entry(op, &activating->entry));
  op_end(op);
  return OK;
}

enum err policy_activate(struct op *op, struct str text)
{
  OWNED(activating_free)
  struct activating activating = {
    .op = op, .entry = {.action = op->dry_run ? ACTION_POLICY_TRIAL : ACTION_POLICY_ACTIVATION}};
  struct activation *activation = &activating.activation;
  struct objection found;

  TRY(op_begin(op));
  if (!asked_may(op, "activate_policy", asked_any_purpose(op), &activating.entry, &activating.rule))
    return reply_no_act(op, activating.entry.action, 0);
  memcpy(activation->replaces.bytes, op->reg->policy_version, HASH_BYTES);
  activation->number = active_next(op->reg).spent + 1; /* what was signed serves once */
  activation->by = op->actor.account;
  activation->at = op->reg->outside.now(op->reg->outside.self);
  activating.entry.activation = activation;
  TRY(policy_pack_read(op->arena, &activating.before, op->reg->active.text, reg_policy_hash(),
                       &op->trail));
  TRY(check(&activating, text, &found));
  if (found.detail != TEXT_NONE) {
    struct problem problem = {.err = found.detail == TEXT_POLICY_NO_TEXT ? ERR_INPUT : ERR_CONFLICT,
                              .detail = found.detail};

    memcpy(problem.slots, found.slots, sizeof problem.slots);
    activating.entry.outcome = OUTCOME_REFUSED;
    return reply_problem(op, &problem, &activating.entry);
  }
  if (!op->dry_run) TRY(put_in_force(&activating, text));
  return answer(&activating);
}

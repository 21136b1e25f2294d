/* Fills the demonstration through the same requests that its people would make: accounts by the
 * administrator and confirmed by the data-protection officer, the sheet by a case officer, first
 * decisions and protection by the safeguarding lead, assignments by the head of service, a
 * recipient that two people agree on. */
#include <string.h>
#include <unistd.h>

#include "cli/child.h"
#include "cli/demo.h"
#include "cli/file.h"
#include "cli/say.h"
#include "cli/send.h"
#include "crypto/keyring.h"
#include "crypto/sign.h"
#include "custodian/client.h"

#define BATCH 64 /* first decisions in one request */
#define COMPARE_LOOK_US 100000
#define COMPARE_LOOKS 300 /* half a minute */
#define CUSTODIAN_PATIENCE_US UINT64_C(5000000)

const struct demo_account_row demo_accounts[DEMO_ACCOUNTS] = {
#define A(id, user, name, role, says) {user, name, role, says},
#include "cli/demo_accounts.def"
#undef A
};

/* Which basis fits which purpose is policy; the demonstration uses purposes that rest on a duty. */
void demo_ask(struct json *json, const char *purpose)
{
  JSON_KEY(json, "purposes");
  json_array_start(json);
  json_str(json, str_from(purpose));
  json_array_end(json);
  JSON_KEY(json, "basis");
  json_object_start(json);
  JSON_KEY(json, "kind");
  json_str(json, STR("statutory_duty"));
  JSON_KEY(json, "text");
  json_str(json, STR("demonstration"));
  json_object_end(json);
  JSON_KEY(json, "necessity");
  json_str(json, STR("demonstration"));
}

static void body_start(struct demo *demo, struct json *json)
{
  json_start(json, demo->cli->arena, 512);
  json_object_start(json);
}

/* Sends the finished body. */
static enum err post(struct demo *demo, enum demo_account who, struct str path, struct json *json,
                     struct reply *ret_reply)
{
  struct call call = {.method = "POST", .path = path, .token = demo->token[who]};

  json_object_end(json);
  TRY(json_done(json, &call.body));
  return call_must(demo->cli, ret_reply, demo->service, &call);
}

/* The same, when only success matters. */
static enum err post_only(struct demo *demo, enum demo_account who, struct str path,
                          struct json *json)
{
  OWNED(reply_free) struct reply reply = {0};

  return post(demo, who, path, json, &reply);
}

enum err demo_sign_in(struct demo *demo, enum demo_account account)
{
  if (demo->token[account].len > 0) return OK;
  return sign_in_as(demo->cli, &demo->token[account], demo->service,
                    str_from(demo_accounts[account].user), demo->password);
}

/* ---- people ---- */

static enum err account_confirm(struct demo *demo, enum demo_account account)
{
  struct json json;

  body_start(demo, &json);
  return post_only(demo, DEMO_DATA_PROTECTION,
                   formatted(demo->cli, "/v1/users/%s/approvals", demo_accounts[account].user),
                   &json);
}

/* Each person chooses a password of their own, here as everywhere: what the administrator set opens
 * nothing else. They stay signed in. */
static enum err password_choose(struct demo *demo, enum demo_account account)
{
  const char *user = demo_accounts[account].user;
  struct json json;

  TRY(sign_in_as(demo->cli, &demo->token[account], demo->service, str_from(user),
                 demo->first_password));
  body_start(demo, &json);
  JSON_KEY(&json, "old");
  json_str(&json, demo->first_password);
  JSON_KEY(&json, "password");
  json_str(&json, demo->password);
  return post_only(demo, account, formatted(demo->cli, "/v1/users/%s/password", user), &json);
}

static enum err account_add(struct demo *demo, struct str administrator, enum demo_account account)
{
  OWNED(reply_free) struct reply reply = {0};
  struct call call = {.method = "POST", .path = STR("/v1/users"), .token = administrator};
  struct json json;

  body_start(demo, &json);
  JSON_KEY(&json, "user");
  json_str(&json, str_from(demo_accounts[account].user));
  JSON_KEY(&json, "name");
  json_str(&json, str_from(demo_accounts[account].name));
  JSON_KEY(&json, "password");
  json_str(&json, demo->first_password);
  JSON_KEY(&json, "roles");
  json_array_start(&json);
  json_str(&json, str_from(demo_accounts[account].role));
  json_array_end(&json);
  if (account == DEMO_OFFICER_A) { /* so that `cnis import` without --as is a case officer here */
    JSON_KEY(&json, "unix_uid");
    json_str(&json, number(demo->cli, geteuid()));
  }
  json_object_end(&json);
  TRY(json_done(&json, &call.body));
  TRY(call_must(demo->cli, &reply, demo->service, &call));
  TRY(arena_copy(demo->cli->arena, &demo->account[account], reply_text(&reply, "id")));
  if (json_is_true(json_object_get(reply.json, "waiting"))) TRY(account_confirm(demo, account));
  return password_choose(demo, account);
}

static enum err accounts_add(struct demo *demo)
{
  struct str administrator;

  TRY(
    sign_in_as(demo->cli, &administrator, demo->service, STR(DEMO_ADMINISTRATOR), demo->password));
  /* First who confirms the others: the first of that role waits for nobody. */
  TRY(account_add(demo, administrator, DEMO_DATA_PROTECTION));
  for (enum demo_account account = 0; account < DEMO_ACCOUNTS; account++)
    if (account != DEMO_DATA_PROTECTION) TRY(account_add(demo, administrator, account));
  return OK;
}

/* A personal key: the seed stays with the person, in DIR/people; its public half goes to the
 * custodian. */
static enum err key_enrol(struct demo *demo, struct custodian *custodian, enum demo_account account)
{
  OWNED(key_wipe) struct key seed = {0};
  OWNED(signer_free) struct signer *signer = NULL;
  struct custodian_enrolment enrolment;
  struct cli *cli = demo->cli;
  struct str path =
    formatted(cli, "%s/%s.key", demo->place.people_dir, demo_accounts[account].user);

  TRY(key_file_create(path.ptr, &cli->outside));
  TRY(key_file_read(&seed, path.ptr, demo->place.register_dir));
  TRY(signer_new(&signer, &seed));
  enrolment.key = signer_public(signer);
  if (!hex_read(enrolment.person, ID_BYTES, demo->account[account]))
    return FAIL(&cli->trail, ERR_INTERNAL, "an account's id is no id");
  return custodian_enrol(custodian, &enrolment, &cli->trail);
}

static enum err keys_enrol(struct demo *demo)
{
  OWNED(custodian_free) struct custodian *custodian = NULL;

  TRY(custodian_new(&custodian, demo->place.custodian_socket, CUSTODIAN_PATIENCE_US,
                    &demo->cli->outside));
  for (enum demo_account account = 0; account < DEMO_ACCOUNTS; account++)
    TRY(key_enrol(demo, custodian, account));
  return OK;
}

/* ---- children ---- */

struct taken {
  struct str id[DEMO_CHILDREN]; /* in the order of the sheet's rows */
  struct arena *arena;
  unsigned count;
};

static enum err row_taken(void *self, const struct send_said *said)
{
  struct taken *taken = self;
  unsigned n = said->row - 2; /* the header is row 1 */

  if (said->id.len == 0 || said->row < 2 || n >= DEMO_CHILDREN || taken->id[n].len > 0) return OK;
  taken->count++;
  return arena_copy(taken->arena, &taken->id[n], said->id);
}

static enum err children_take(struct demo *demo, const struct demo_sheet *sheet,
                              struct taken *taken)
{
  struct send_order order = {.token = demo->token[DEMO_OFFICER_A],
                             .csv = sheet->csv,
                             .source = "demo",
                             .on = "",
                             .each = row_taken,
                             .self = taken};

  TRY(send_sheet(demo->cli, demo->service, &order));
  if (taken->count != DEMO_CHILDREN)
    return FAIL_AT(&demo->cli->trail, ERR_INTERNAL, "not every child was taken in; a were",
                   taken->count, 0);
  return OK;
}

static void decisions_start(struct demo *demo, struct json *json, const char *level)
{
  body_start(demo, json);
  demo_ask(json, "safeguarding_enquiry");
  JSON_KEY(json, "level");
  json_str(json, str_from(level));
  JSON_KEY(json, "ids");
  json_array_start(json);
}

static enum err decisions_send(struct demo *demo, struct json *json, struct reply *ret_reply)
{
  json_array_end(json);
  return post(demo, DEMO_LEAD, STR("/v1/first-decisions"), json, ret_reply);
}

/* Children about whom one decision is to be made. */
struct batch {
  struct str id[BATCH];
  unsigned count;
};

/* Asks for none; who is still undecided stays in the batch, or, where there is something to be
 * looked at first, goes to `alone`. */
static enum err none_ask(struct demo *demo, struct batch *batch, struct batch *alone)
{
  OWNED(reply_free) struct reply reply = {0};
  unsigned asked = batch->count;
  struct json json;

  decisions_start(demo, &json, "none");
  for (unsigned i = 0; i < asked; i++)
    json_str(&json, batch->id[i]);
  TRY(decisions_send(demo, &json, &reply));
  const json_t *decisions = json_object_get(reply.json, "decisions");
  batch->count = 0;
  for (unsigned i = 0; i < asked; i++) {
    const char *said = json_string_value(json_object_get(json_array_get(decisions, i), "outcome"));
    struct str outcome = str_from(said != NULL ? said : "");

    if (str_is(outcome, "not_compared"))
      batch->id[batch->count++] = batch->id[i];
    else if (str_is(outcome, "decide_alone"))
      alone->id[alone->count++] = batch->id[i];
    else if (!str_is(outcome, "decided"))
      return FAIL(&demo->cli->trail, ERR_INTERNAL, "a first decision was not taken");
  }
  return OK;
}

/* Not before the custodian has compared each of them. */
static enum err none_decide(struct demo *demo, struct batch *batch)
{
  struct batch alone = {.count = 0};

  for (unsigned looks = 0; batch->count > 0; looks++) {
    if (looks == COMPARE_LOOKS)
      return FAIL(&demo->cli->trail, ERR_CUSTODIAN, "the custodian does not compare");
    if (looks > 0) usleep(COMPARE_LOOK_US);
    TRY(none_ask(demo, batch, &alone));
  }
  for (unsigned i = 0; i < alone.count; i++) {
    struct batch one = {.id = {alone.id[i]}, .count = 1}, again = {.count = 0};

    TRY(none_ask(demo, &one, &again));
    if (one.count + again.count > 0)
      return FAIL(&demo->cli->trail, ERR_INTERNAL, "a first decision was not taken");
  }
  return OK;
}

/* One request for up to BATCH children from *next on; protected and undecided ones are passed over.
 */
static enum err batch_decide(struct demo *demo, const struct demo_sheet *sheet,
                             const struct taken *taken, unsigned *next)
{
  struct batch batch = {.count = 0};

  for (; *next < DEMO_CHILDREN && batch.count < BATCH; (*next)++)
    if (sheet->child[*next].level == DEMO_NONE) batch.id[batch.count++] = taken->id[*next];
  return none_decide(demo, &batch);
}

/* Raised at once, as anybody may; that it stays so is then the lead's decision. */
static enum err protection_raise(struct demo *demo, struct str id, const char *level)
{
  OWNED(reply_free) struct reply reply = {0};
  struct json json;

  body_start(demo, &json);
  demo_ask(&json, "safeguarding_enquiry");
  JSON_KEY(&json, "level");
  json_str(&json, str_from(level));
  JSON_KEY(&json, "against");
  json_array_start(&json);
  json_int(&json, 1); /* parent 2, who lives elsewhere */
  json_array_end(&json);
  JSON_KEY(&json, "protects");
  json_array_start(&json);
  json_int(&json, 0);
  json_array_end(&json);
  JSON_KEY(&json, "reason");
  json_str(&json, STR("Made up for the demonstration."));
  TRY(post_only(demo, DEMO_LEAD,
                formatted(demo->cli, "/v1/entries/%.*s/protection", (int)id.len, id.ptr), &json));
  decisions_start(demo, &json, level);
  json_str(&json, id);
  return decisions_send(demo, &json, &reply);
}

static enum err safety_decide(struct demo *demo, const struct demo_sheet *sheet,
                              const struct taken *taken)
{
  for (unsigned i = 0; i < DEMO_CHILDREN; i++) {
    enum demo_level level = sheet->child[i].level;

    if (level == DEMO_CONTACT_PROTECTED || level == DEMO_HIDDEN)
      TRY(protection_raise(demo, taken->id[i],
                           level == DEMO_HIDDEN ? "hidden" : "contact_protected"));
  }
  for (unsigned next = 0; next < DEMO_CHILDREN;)
    TRY(batch_decide(demo, sheet, taken, &next));
  return OK;
}

/* The children that the tour is about: the first ordinary one of officer.a's, and the first hidden
 * one. */
static enum err tour_choose(struct demo *demo, const struct demo_sheet *sheet,
                            const struct taken *taken)
{
  struct cli *cli = demo->cli;

  for (unsigned i = DEMO_CHILDREN; i-- > 0;) {
    const struct demo_child *child = &sheet->child[i];

    if (child->level == DEMO_HIDDEN) demo->id[DEMO_ID_HIDDEN] = taken->id[i];
    if (child->level != DEMO_NONE || child->officer != 0) continue;
    demo->id[DEMO_ID_ASSIGNED] = taken->id[i];
    demo->child_name = formatted(cli, "%.*s %.*s", (int)child->forename.len, child->forename.ptr,
                                 (int)child->surname.len, child->surname.ptr);
  }
  return demo->child_name.len > 0 ? OK : ERR_MEMORY;
}

static enum err assign(struct demo *demo, enum demo_account officer, const char *purpose)
{
  struct json json;

  body_start(demo, &json);
  JSON_KEY(&json, "id");
  json_str(&json, demo->id[DEMO_ID_ASSIGNED]);
  JSON_KEY(&json, "officer");
  json_str(&json, str_from(demo_accounts[officer].user));
  JSON_KEY(&json, "relation");
  json_str(&json, STR("assigned"));
  JSON_KEY(&json, "purpose");
  json_str(&json, str_from(purpose));
  return post_only(demo, DEMO_HEAD, STR("/v1/assignments"), &json);
}

static enum err tour_assign(struct demo *demo)
{
  TRY(assign(demo, DEMO_SUPPORT, "support_provision"));
  TRY(assign(demo, DEMO_ATTENDANCE, "school_attendance_order"));
  return assign(demo, DEMO_ALN, "support_provision");
}

/* ---- another authority's officer ---- */

/* The recipient makes their key with their own tool. Without it there is no recipient, and that is
 * said. */
static enum err recipient_key(struct demo *demo, struct str *ret_public)
{
  static const char mark[] = "# public key: ";
  struct cli *cli = demo->cli;
  const char *path = path_join(cli, demo->place.people_dir, "mockbury.agekey");
  const char *argv[] = {"age-keygen", "-o", path, NULL};
  struct str text;

  *ret_public = STR("");
  if (path == NULL) return ERR_MEMORY;
  enum err err = child_run(cli, argv, true);
  if (err == ERR_ABSENT) {
    cli->trail = (struct trail){0};
    note(cli, TEXT_DEMO_NO_AGE);
    return OK;
  }
  if (err != OK) return err;
  TRY(file_read(cli, &text, path, 4096));
  const char *at = strstr(text.ptr, mark); /* file_read puts a NUL behind the text */
  if (at == NULL) return FAIL(&cli->trail, ERR_INPUT, "age-keygen wrote no public key");
  at += sizeof mark - 1;
  *ret_public = (struct str){at, strcspn(at, "\n")};
  return OK;
}

static enum err recipient_approve(struct demo *demo, enum demo_account who)
{
  struct str id = demo->id[DEMO_ID_RECIPIENT];
  struct json json;

  body_start(demo, &json);
  return post_only(
    demo, who, formatted(demo->cli, "/v1/recipients/%.*s/approvals", (int)id.len, id.ptr), &json);
}

/* It opens another body's door: a second person confirms it. */
static enum err relation_confirm(struct demo *demo, struct str id)
{
  struct json json;

  body_start(demo, &json);
  return post_only(demo, DEMO_DEPUTY,
                   formatted(demo->cli, "/v1/relations/%.*s/approvals", (int)id.len, id.ptr),
                   &json);
}

static enum err recipient_relate(struct demo *demo)
{
  OWNED(reply_free) struct reply reply = {0};
  struct json json;

  body_start(demo, &json);
  JSON_KEY(&json, "id");
  json_str(&json, demo->id[DEMO_ID_ASSIGNED]);
  JSON_KEY(&json, "recipient");
  json_str(&json, demo->id[DEMO_ID_RECIPIENT]);
  JSON_KEY(&json, "relation");
  json_str(&json, STR("receiving"));
  JSON_KEY(&json, "evidence");
  json_str(&json, STR("The family wrote on 2 November 2026 that they are moving."));
  TRY(post(demo, DEMO_LEAD, STR("/v1/relations"), &json, &reply));
  return relation_confirm(demo, reply_text(&reply, "id"));
}

static enum err recipient_add(struct demo *demo)
{
  OWNED(reply_free) struct reply reply = {0};
  struct json json;
  struct str key;

  TRY(recipient_key(demo, &key));
  if (key.len == 0) return OK;
  body_start(demo, &json);
  JSON_KEY(&json, "name");
  json_str(&json, STR("Mari Mockbury"));
  JSON_KEY(&json, "role");
  json_str(&json, STR("other_la_officer"));
  JSON_KEY(&json, "organisation");
  json_str(&json, STR("Mockbury Council"));
  JSON_KEY(&json, "age_key");
  json_str(&json, key);
  TRY(post(demo, DEMO_DATA_PROTECTION, STR("/v1/recipients"), &json, &reply));
  TRY(arena_copy(demo->cli->arena, &demo->id[DEMO_ID_RECIPIENT], reply_text(&reply, "recipient")));
  TRY(recipient_approve(demo, DEMO_DATA_PROTECTION_2));
  return recipient_relate(demo);
}

enum err demo_fill(struct demo *demo)
{
  static const enum demo_account makers[] = {DEMO_OFFICER_A, DEMO_LEAD, DEMO_HEAD,
                                             DEMO_DATA_PROTECTION, DEMO_DATA_PROTECTION_2};
  struct cli *cli = demo->cli;
  struct demo_sheet *sheet;
  struct taken *taken = arena_take(cli->arena, sizeof *taken);

  if (taken == NULL) return ERR_MEMORY;
  taken->arena = cli->arena;
  TRY(demo_sheet_make(&sheet, cli->arena, DEMO_SEED,
                      instant_day(cli->outside.now(cli->outside.self))));
  TRY(accounts_add(demo));
  TRY(keys_enrol(demo));
  for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++)
    TRY(demo_sign_in(demo, makers[i]));
  TRY(children_take(demo, sheet, taken));
  TRY(safety_decide(demo, sheet, taken));
  TRY(tour_choose(demo, sheet, taken));
  TRY(tour_assign(demo));
  return recipient_add(demo);
}

/* People who work here, and their sessions. A wrong password, an unknown user and an account that
 * is not active take the same time and get the same answer; no answer and no entry ever holds a
 * password or a token's hash. Who adds people never makes alone anyone who sees a protected child
 * or stands as a second person: such an account waits until another person confirms it. */
#include <string.h>

#include "base/guard.h"
#include "base/json.h"
#include "register/once.h"
#include "register/reply.h"

/* ---- accounts (W-07, W-11) ---- */

static bool user_name_is_good(struct str user)
{
  if (user.len == 0 || user.len > USER_NAME_MAX) return false;
  for (size_t i = 0; i < user.len; i++) {
    char c = user.ptr[i];

    if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-') return false;
  }
  return true;
}

/* Changes the table in memory once the change is durable. Lives in the op's arena. */
struct put_account {
  struct people *people;
  struct account account;
};

static void account_applied(void *self)
{
  struct put_account *put = self;

  /* Without memory for it, the account is known from the next start on. */
  if (people_put(put->people, &put->account) != OK) wipe(&put->account, sizeof put->account);
  wipe(&put->account, sizeof put->account);
}

static enum err put_account(struct op *op, const struct account *account, struct item item)
{
  struct put_account *put = arena_take(op->arena, sizeof *put);
  struct personal text;

  if (put == NULL) return ERR_MEMORY;
  *put = (struct put_account){.people = op->reg->people, .account = *account};
  TRY(account_write(op->arena, &text, reg_policy(op->reg), account));
  TRY(op_item_put(op, &item, NULL, text));
  op_applied(op, account_applied, put);
  return OK;
}

/* No child is asked about: any purpose will do. */
static bool may(struct op *op, const char *what, struct entry_of *entry, uint16_t *rule)
{
  struct act_asked act = {.act = what, .purposes = ~UINT64_C(1)};
  unsigned purposes = policy_word_count(reg_policy(op->reg), POLICY_PURPOSE);
  struct policy_permission found;

  act.purposes &= (UINT64_C(2) << purposes) - 1;
  found = asked_act(op, &act, &entry->role);
  *rule = found.rule;
  entry->rules = rule;
  entry->rule_count = found.allowed ? 1 : 0;
  return found.allowed;
}

static void write_roles(struct json *json, const struct op *op, uint64_t roles)
{
  JSON_KEY(json, "roles");
  json_array_start(json);
  for (; roles != 0; roles &= roles - 1)
    json_str(json,
             policy_word_name(reg_policy(op->reg), POLICY_ROLE, (uint8_t)__builtin_ctzll(roles)));
  json_array_end(json);
}

static void write_account(struct json *json, const struct op *op, const struct account *account)
{
  JSON_KEY(json, "id"); /* by which the custodian knows the person */
  json_hex(json, account->id.b, ID_BYTES);
  JSON_KEY(json, "user");
  json_str(json, str_from(account->user));
  JSON_KEY(json, "name");
  json_str(json, str_from(account->name));
  write_roles(json, op, account->roles);
}

static enum err finish(struct op *op, struct json *json, int status, const struct entry_of *entry)
{
  json_object_end(json);
  TRY(reply_json(op, json, status));
  TRY(op_entry(op, entry));
  op_end(op);
  return OK;
}

static void copy_text(char *to, size_t capacity, const char *from, size_t n)
{
  if (n >= capacity) n = capacity - 1;
  memcpy(to, from, n);
  to[n] = '\0';
}

static enum err account_of(struct op *op, struct account *ret_account, const struct user *in)
{
  uint64_t uid = ACCOUNT_UID_NONE;

  if (in->unix_uid.len > 0 && !str_to_u64(in->unix_uid, &uid)) return ERR_INPUT;
  *ret_account = (struct account){
    .id = op_random_id(op), .roles = in->roles, .maker = op->actor.account, .uid = (uint32_t)uid};
  copy_text(ret_account->user, sizeof ret_account->user, in->user.ptr, in->user.len);
  copy_text(ret_account->name, sizeof ret_account->name, in->name.ptr, in->name.len);
  return password_hash(ret_account->password, (struct personal){in->password.ptr, in->password.len},
                       &op->reg->outside);
}

static void account_wipe(struct account *account)
{
  wipe(account, sizeof *account);
}

/* One Unix user is one person. */
static bool is_bound(const struct people *people, struct str unix_uid)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};
  uint64_t uid;

  return str_to_u64(unix_uid, &uid) && people_by_uid(people, &account, (uint32_t)uid);
}

static enum err refuse(struct op *op, enum text_id why, struct entry_of *entry)
{
  entry->outcome = OUTCOME_REFUSED;
  return reply_problem(op, &(struct problem){.err = ERR_CONFLICT, .detail = why}, entry);
}

/* A name is one item: of two who take it at the same time, the second is decided again. */
static struct id item_of_name(const struct op *op, struct str user)
{
  struct id id = {{0}};

  key_tag(id.b, &op->reg->secrets, "cnis/user/1", user.ptr, user.len);
  return id;
}

/* How a new account begins, and what its maker is told; TEXT_NONE: active, like most. */
struct beginning {
  bool waiting;
  enum text_id says;
};

static enum err add(struct op *op, const struct user *in, struct beginning beginning,
                    struct entry_of *entry)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};
  struct json json;

  if (people_by_name(op->reg->people, &account, in->user) ||
      is_bound(op->reg->people, in->unix_uid))
    return refuse(op, TEXT_REGISTER_USER_EXISTS, entry);
  TRY(account_of(op, &account, in));
  account.waiting = beginning.waiting;
  struct item item = {.id = item_of_name(op, in->user),
                      .kind = ITEM_ACCOUNT,
                      .subject = account.id,
                      .until = DAY_NONE};
  TRY(put_account(op, &account, item));
  json_start(&json, op->arena, 512);
  json_object_start(&json);
  write_account(&json, op, &account);
  JSON_KEY(&json, "waiting");
  json_bool(&json, account.waiting);
  if (beginning.says != TEXT_NONE) {
    JSON_KEY(&json, "detail");
    json_str(&json, text_get(beginning.says, op->lang));
  }
  entry->recipients[0] = account.id;
  return finish(op, &json, 201, entry);
}

#define PASSWORD_MIN                                                                               \
  12 /* bytes; the longer, the better, and no rules of composition (NIST SP 800-63B) */
#define PASSWORD_MAX 256

static bool user_is_good(const struct user *in)
{
  uint64_t uid;

  if (!user_name_is_good(in->user) || in->name.len == 0 || in->name.len > PERSON_NAME_MAX)
    return false;
  if (in->unix_uid.len > 0 && (!str_to_u64(in->unix_uid, &uid) || uid >= ACCOUNT_UID_NONE))
    return false;
  return in->password.len >= PASSWORD_MIN && in->password.len <= PASSWORD_MAX && in->roles != 0;
}

/* The roles that may confirm others. */
static uint64_t confirming_roles(const struct op *op)
{
  const struct policy *policy = reg_policy(op->reg);
  uint8_t act = policy_word(policy, POLICY_ACT, STR("confirm_user")), own = asked_own_la(op);
  uint64_t roles = 0;

  for (unsigned role = 1; role <= policy_word_count(policy, POLICY_ROLE); role++)
    for (unsigned purpose = 1; purpose <= policy_word_count(policy, POLICY_PURPOSE); purpose++)
      if (policy_may_act(policy, (uint8_t)role, own, (uint8_t)purpose, act).allowed)
        roles |= POLICY_BIT(role);
  return roles;
}

/* The first who can confirm has nobody to be confirmed by. There is one such moment in the life of
 * a register: a disabled account counts, or whoever can disable could make another first one. */
static struct beginning begins(const struct op *op, uint64_t roles)
{
  uint64_t confirming = confirming_roles(op);

  if ((roles & policy_roles_confirmed(reg_policy(op->reg))) == 0)
    return (struct beginning){false, TEXT_NONE};
  if ((roles & confirming) != 0 && (people_roles(op->reg->people) & confirming) == 0)
    return (struct beginning){false, TEXT_REGISTER_USER_FIRST};
  return (struct beginning){true, TEXT_REGISTER_USER_WAITS};
}

static bool are_apart(const struct op *op, uint64_t roles)
{
  return (roles & policy_roles_alone(reg_policy(op->reg))) == 0 || (roles & (roles - 1)) == 0;
}

enum err user_add(struct op *op, const struct user *in)
{
  struct entry_of entry = {.action = ACTION_USER};
  uint16_t rule;

  TRY(op_begin(op));
  if (!may(op, "manage_users", &entry, &rule)) return reply_no_act(op, ACTION_USER, 0);
  if (!user_is_good(in)) return ERR_INPUT;
  if (!are_apart(op, in->roles)) return refuse(op, TEXT_REGISTER_ROLE_ALONE, &entry);
  return add(op, in, begins(op, in->roles), &entry);
}

/* There is nobody yet who could be asked whether they may: the entry names nobody but the new
 * account. */
enum err user_first(struct op *op, const struct user *in)
{
  struct entry_of entry = {.action = ACTION_USER};

  TRY(op_begin(op));
  if (people_count(op->reg->people) > 0) return ERR_CONFLICT;
  if (!user_is_good(in)) return ERR_INPUT;
  return add(op, in, (struct beginning){false, TEXT_NONE}, &entry);
}

/* Decided by what is stored, not by the table in memory: with the version that is replaced. */
enum err user_confirm(struct op *op, struct str user)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};
  struct entry_of entry = {.action = ACTION_USER};
  struct personal text;
  struct json json;
  struct item item;
  uint16_t rule;

  TRY(op_begin(op));
  if (!may(op, "confirm_user", &entry, &rule)) return reply_no_act(op, ACTION_USER, 0);
  TRY(op_item_text(op, &text, &item, item_of_name(op, user), NULL));
  account.id = item.subject;
  TRY(account_parse(&account, reg_policy(op->reg), text));
  if (account.disabled) return ERR_ABSENT;
  entry.recipients[0] = account.id;
  if (id_equal(account.maker, op->actor.account) && GUARD(NO_SELF_APPROVAL))
    return refuse(op, TEXT_SAFETY_ANOTHER_PERSON, &entry);
  account.waiting = false;
  TRY(put_account(op, &account, item));
  json_start(&json, op->arena, 256);
  json_object_start(&json);
  write_account(&json, op, &account);
  JSON_KEY(&json, "waiting");
  json_bool(&json, false);
  return finish(op, &json, 200, &entry);
}

static bool find_item(const struct op *op, struct item *ret_item, struct id account)
{
  const struct item *item;
  size_t cursor = 0;

  index_read(op->reg->index);
  item = index_item_of_subject(op->reg->index, account, ITEM_ACCOUNT, &cursor);
  if (item != NULL) *ret_item = *item;
  index_done(op->reg->index);
  return item != NULL;
}

enum err user_disable(struct op *op, struct str user)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};
  struct entry_of entry = {.action = ACTION_USER};
  struct json json;
  struct item item;
  uint16_t rule;

  TRY(op_begin(op));
  if (!may(op, "manage_users", &entry, &rule)) return reply_no_act(op, ACTION_USER, 0);
  if (!people_by_name(op->reg->people, &account, user) || !find_item(op, &item, account.id))
    return ERR_ABSENT;
  account.disabled = true;
  TRY(put_account(op, &account, item));
  json_start(&json, op->arena, 256);
  json_object_start(&json);
  write_account(&json, op, &account);
  JSON_KEY(&json, "disabled");
  json_bool(&json, true);
  entry.recipients[0] = account.id;
  return finish(op, &json, 200, &entry);
}

/* ---- sessions ---- */

/* A session that begins or ends, once its entry is durable. Lives in the op's arena. */
struct session_change {
  struct people *people;
  struct id session;
};

static void session_begun(void *self)
{
  const struct session_change *change = self;

  session_confirm(change->people, change->session);
}

static void session_ended(void *self)
{
  const struct session_change *change = self;

  session_close(change->people, change->session);
}

static enum err change_session(struct op *op, void (*applied)(void *self))
{
  struct session_change *change = arena_take(op->arena, sizeof *change);

  if (change == NULL) return ERR_MEMORY;
  *change = (struct session_change){op->reg->people, op->actor.session};
  op_applied(op, applied, change);
  return OK;
}

enum err session_make(struct op *op, const struct sign_in *in)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};
  struct entry_of entry = {.action = ACTION_SIGN_IN};
  char token[SESSION_TOKEN_TEXT];
  struct instant expires;
  struct json json;

  TRY(op_begin(op));
  TRY(people_check(op->reg->people, &account, in->user,
                   (struct personal){in->password.ptr, in->password.len}));
  TRY(session_open(op->reg->people, token, &op->actor, account.id));
  op->commit->request.account = op->actor.account; /* nobody was signed in when it began */
  op->commit->request.session = op->actor.session;
  TRY(change_session(op, session_begun));
  expires.us = op->reg->outside.now(op->reg->outside.self).us + (int64_t)SESSION_LIFE_US;
  json_start(&json, op->arena, 512);
  json_object_start(&json);
  JSON_KEY(&json, "token");
  json_str(&json, (struct str){token, sizeof token});
  JSON_KEY(&json, "expires");
  json_instant(&json, expires);
  write_account(&json, op, &account);
  wipe(token, sizeof token);
  return finish(op, &json, 201, &entry);
}

enum err session_end(struct op *op)
{
  struct entry_of entry = {.action = ACTION_SIGN_OUT};

  TRY(op_begin(op));
  TRY(change_session(op, session_ended));
  op->answer.status = 204;
  TRY(op_entry(op, &entry));
  op_end(op);
  return OK;
}

enum err session_resume(struct op *op, struct str token)
{
  return session_find(op->reg->people, token, &op->actor);
}

/* There is no session to be ended or stolen; the account stands in its place. */
enum err session_local(struct op *op, uint32_t uid)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};

  if (!people_by_uid(op->reg->people, &account, uid) || !account_is_active(&account))
    return ERR_UNAUTHENTICATED;
  op->actor = (struct actor){.account = account.id, .roles = account.roles, .session = account.id};
  return OK;
}

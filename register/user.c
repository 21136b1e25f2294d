/* What the operations on accounts are made of. */
#include "register/user.h"

#include <string.h>

#include "register/second.h"

/* Bytes; the longer, the better, and no rules of composition (NIST SP 800-63B section 5.1.1). */
enum { PASSWORD_MIN = 12, PASSWORD_MAX = 256 };

bool user_may(struct op *op, const char *what, struct entry_of *entry, uint16_t *rule)
{
  return asked_may(op, what, asked_any_purpose(op), entry, rule);
}

/* ---- the account ---- */

void account_wipe(struct account *account)
{
  wipe(account, sizeof *account);
}

static struct id item_of_name(const struct op *op, struct str user)
{
  struct id id = {{0}};

  key_tag(id.b, &op->reg->secrets, "cnis/user/1", user.ptr, user.len);
  return id;
}

enum err user_read(struct op *op, struct account *ret_account, struct item *ret_item,
                   struct str user)
{
  struct personal text;

  TRY(op_item_text(op, &text, ret_item, item_of_name(op, user), NULL));
  ret_account->id = ret_item->subject;
  return account_parse(ret_account, reg_policy(op->reg), text);
}

struct item user_item_new(const struct op *op, const struct account *account)
{
  return (struct item){.id = item_of_name(op, str_from(account->user)),
                       .kind = ITEM_ACCOUNT,
                       .subject = account->id,
                       .until = DAY_NONE};
}

/* Changes the table in memory once the change is durable. Lives in the op's arena. */
struct put_account {
  struct people *people;
  struct account account;
  enum user_sessions sessions;
  struct id own; /* session of who asked */
};

static void account_applied(void *self)
{
  struct put_account *put = self;
  bool keeps_own = put->sessions == SESSIONS_OTHERS_END;

  /* Without memory for it, the account is known from the next start on. */
  enum err err = people_put(put->people, &put->account);
  if (err != OK || put->sessions != SESSIONS_STAY)
    session_close_all(put->people, put->account.id, keeps_own ? put->own : (struct id){{0}});
  account_wipe(&put->account);
}

enum err user_put(struct op *op, const struct account *account, struct item item,
                  enum user_sessions sessions)
{
  struct put_account *put = arena_take(op->arena, sizeof *put);
  struct personal text;

  if (put == NULL) return ERR_MEMORY;
  *put = (struct put_account){op->reg->people, *account, sessions, op->actor.session};
  TRY(account_write(op->arena, &text, reg_policy(op->reg), account));
  TRY(op_item_put(op, &item, NULL, text));
  if (account_waits(account))
    TRY(second_begin(op, item.id, (struct id){{0}}));
  else
    TRY(second_done(op, item.id));
  op_applied(op, account_applied, put);
  return OK;
}

/* ---- passwords ---- */

bool user_password_is_good(struct str password)
{
  return password.len >= PASSWORD_MIN && password.len <= PASSWORD_MAX;
}

static struct personal as_personal(struct str password)
{
  return (struct personal){password.ptr, password.len};
}

enum err user_password_set(struct op *op, struct account *account, struct str password)
{
  return password_hash(account->password, as_personal(password), &op->reg->outside);
}

enum err user_password_check(const struct account *account, struct str password)
{
  return password_verify(account->password, as_personal(password));
}

/* ---- once ---- */

enum err user_once(struct op *op, struct once *ret_once, const char *deed, struct str user,
                   struct hash more)
{
  struct hash body = more;

  once_feed(op, &body, deed, strlen(deed));
  once_feed(op, &body, user.ptr, user.len);
  return once_begin(op, ret_once, ACTION_USER, &body);
}

enum err user_same_password(const struct account *account, struct str password)
{
  enum err err = user_password_check(account, password);

  return err == ERR_UNAUTHENTICATED ? ERR_KEY_REUSED : err;
}

/* ---- answers ---- */

void user_write_roles(struct json *json, const struct op *op, const char *key, uint64_t roles)
{
  json_key(json, str_from(key));
  json_array_start(json);
  for (; roles != 0; roles &= roles - 1)
    json_str(json,
             policy_word_name(reg_policy(op->reg), POLICY_ROLE, (uint8_t)__builtin_ctzll(roles)));
  json_array_end(json);
}

void user_write(struct json *json, const struct op *op, const struct account *account)
{
  JSON_KEY(json, "id"); /* by which the custodian knows the person */
  json_hex(json, account->id.b, ID_BYTES);
  JSON_KEY(json, "user");
  json_str(json, str_from(account->user));
  JSON_KEY(json, "name");
  json_str(json, str_from(account->name));
  user_write_roles(json, op, "roles", account->roles);
}

void user_write_state(struct json *json, const struct op *op, const struct account *account)
{
  JSON_KEY(json, "state");
  json_str(json, account->disabled  ? STR("disabled")
                 : account->waiting ? STR("waiting")
                                    : STR("active"));
  JSON_KEY(json, "waiting");
  json_bool(json, account_waits(account));
  user_write_roles(json, op, "roles_waiting", account->asked);
  JSON_KEY(json, "must_change_password");
  json_bool(json, account->must_change);
}

enum err user_finish(struct op *op, struct json *json, int status, const struct entry_of *entry)
{
  json_object_end(json);
  TRY(reply_json(op, json, status));
  TRY(op_entry(op, entry));
  op_end(op);
  return OK;
}

enum err user_refuse(struct op *op, enum err err, enum text_id why, struct entry_of *entry)
{
  entry->outcome = OUTCOME_REFUSED;
  return reply_problem(op, &(struct problem){.err = err, .detail = why}, entry);
}

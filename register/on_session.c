/* Signing in and out, and the password of one's own. A wrong password, an unknown user and an
 * account that is not active take the same time and get the same answer; no answer and no entry
 * ever holds a password or a token's hash. */
#include <string.h>

#include "base/guard.h"
#include "register/user.h"

/* A session that begins or ends, once its entry is durable. Lives in the op's arena. */
struct session_change {
  struct people *people;
  struct id session;
  struct id before; /* ends when this one begins; zero: none */
};

static void session_begun(void *self)
{
  const struct session_change *change = self;

  if (!id_is_zero(change->before)) session_close(change->people, change->before);
  session_confirm(change->people, change->session);
}

static void session_ended(void *self)
{
  const struct session_change *change = self;

  session_close(change->people, change->session);
}

static enum err change_session(struct op *op, void (*applied)(void *self), struct id before)
{
  struct session_change *change = arena_take(op->arena, sizeof *change);

  if (change == NULL) return ERR_MEMORY;
  *change = (struct session_change){op->reg->people, op->actor.session, before};
  op_applied(op, applied, change);
  return OK;
}

/* Waiting is the same for a name that nobody has, in bytes and in time: no password is looked at.
 */
static enum err too_soon(struct op *op, unsigned wait_s, struct entry_of *entry)
{
  TRY(user_refuse(op, ERR_RATE, TEXT_REGISTER_TRY_LATER, entry));
  op->answer.retry_s = wait_s;
  return OK;
}

/* The number itself is kept nowhere. */
static struct id browser_tag(const struct op *op)
{
  struct id tag = {{0}};

  if (!id_is_zero(op->browser))
    key_tag(tag.b, &op->reg->secrets, "cnis/browser/1", op->browser.b, ID_BYTES);
  return tag;
}

/* Whoever signs in where somebody is signed in still ends that one's session. */
enum err session_make(struct op *op, const struct sign_in *in)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};
  struct entry_of entry = {.action = ACTION_SIGN_IN};
  const struct throttle_try tried = {in->user, op->source};
  char token[SESSION_TOKEN_TEXT];
  struct instant expires;
  struct id before;
  struct json json;

  TRY(op_begin_anyway(op));
  unsigned wait_s = people_wait(op->reg->people, &tried);
  if (wait_s > 0 && GUARD(GUESSING_WAITS)) return too_soon(op, wait_s, &entry);
  TRY(people_check(op->reg->people, &account, in->user,
                   (struct personal){in->password.ptr, in->password.len}));
  people_forgive(op->reg->people, &tried);
  before = op->actor.session;
  if (!id_is_zero(before)) TRY(op_entry(op, &(struct entry_of){.action = ACTION_SIGN_OUT}));
  TRY(session_open(op->reg->people, token, &op->actor, &account, browser_tag(op)));
  op->commit->request.account = op->actor.account; /* nobody was signed in when it began */
  op->commit->request.session = op->actor.session;
  TRY(change_session(op, session_begun, before));
  expires.us = op->reg->outside.now(op->reg->outside.self).us + (int64_t)SESSION_LIFE_US;
  json_start(&json, op->arena, 512);
  json_object_start(&json);
  JSON_KEY(&json, "token");
  json_str(&json, (struct str){token, sizeof token});
  JSON_KEY(&json, "expires");
  json_instant(&json, expires);
  user_write(&json, op, &account);
  JSON_KEY(&json, "must_change_password");
  json_bool(&json, account.must_change);
  wipe(token, sizeof token);
  return user_finish(op, &json, 201, &entry);
}

enum err session_end(struct op *op)
{
  struct entry_of entry = {.action = ACTION_SIGN_OUT};

  TRY(op_begin_anyway(op));
  TRY(change_session(op, session_ended, (struct id){{0}}));
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
  op->actor = (struct actor){.account = account.id,
                             .roles = account.roles,
                             .session = account.id,
                             .must_change = account.must_change};
  return OK;
}

/* ---- one's own password ---- */

static bool is_own_name(const struct op *op, struct str user)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};

  return people_by_id(op->reg->people, &account, op->actor.account) && str_is(user, account.user);
}

/* Whoever holds a session and not the password takes nothing over: the old one is asked for. */
static enum err change_password(struct op *op, struct account *account, struct item item,
                                const struct password_change *in, struct entry_of *entry)
{
  const struct throttle_try tried = {in->user, op->source};
  unsigned wait_s = people_wait(op->reg->people, &tried);

  if (wait_s > 0) return too_soon(op, wait_s, entry);
  enum err err = user_password_check(account, in->old);
  if (err == ERR_UNAUTHENTICATED)
    return user_refuse(op, ERR_REFUSED, TEXT_REGISTER_PASSWORD_WRONG, entry);
  TRY(err);
  people_forgive(op->reg->people, &tried);
  if (!user_password_is_good(in->password) || str_equal(in->password, in->old))
    return user_refuse(op, ERR_INPUT, TEXT_REGISTER_PASSWORD_POOR, entry);
  TRY(user_password_set(op, account, in->password));
  account->must_change = false;
  return user_put(op, account, item, SESSIONS_OTHERS_END);
}

enum err user_password(struct op *op, const struct password_change *in)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};
  struct entry_of entry = {.action = ACTION_PASSWORD};
  struct once once;
  struct item item;
  struct json json;

  TRY(op_begin_anyway(op));
  entry.recipients[0] = op->actor.account;
  if (!is_own_name(op, in->user)) return reply_no_act(op, ACTION_PASSWORD, 0);
  TRY(user_once(op, &once, "password", in->user, (struct hash){{0}}));
  TRY(user_read(op, &account, &item, in->user));
  if (once.is_replay) {
    TRY(user_same_password(&account, in->password));
  } else {
    TRY(change_password(op, &account, item, in, &entry));
    if (entry.outcome == OUTCOME_REFUSED) return OK;
  }
  TRY(once_done(op, &once, account.id));
  json_start(&json, op->arena, 256);
  json_object_start(&json);
  user_write(&json, op, &account);
  user_write_state(&json, op, &account);
  return user_finish(op, &json, 200, &entry);
}

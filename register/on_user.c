/* People who work here, as the administrator and the data-protection officer see to them (W-07,
 * W-11). Who adds people never makes alone anyone who sees a protected child or stands as a second
 * person: such an account waits until another person confirms it. */
#include <string.h>

#include "base/guard.h"
#include "register/cursor.h"
#include "register/second.h"
#include "register/user.h"

enum { USER_PAGE = 50 };

static bool user_name_is_good(struct str user)
{
  if (user.len == 0 || user.len > USER_NAME_MAX) return false;
  for (size_t i = 0; i < user.len; i++) {
    char c = user.ptr[i];

    if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-') return false;
  }
  return true;
}

static void copy_text(char *to, size_t capacity, const char *from, size_t n)
{
  if (n >= capacity) n = capacity - 1;
  memcpy(to, from, n);
  to[n] = '\0';
}

/* Of somebody who has an account already. */
static bool find_person(const struct op *op, struct id *ret_person, struct str user)
{
  OWNED(account_wipe) struct account first = {.uid = ACCOUNT_UID_NONE};

  if (user.len == 0) return true;
  if (!people_by_name(op->reg->people, &first, user)) return false;
  *ret_person = id_is_zero(first.person) ? first.id : first.person;
  return true;
}

static enum err account_of(struct op *op, struct account *ret_account, const struct user *in)
{
  uint64_t uid = ACCOUNT_UID_NONE;

  if (in->unix_uid.len > 0 && !str_to_u64(in->unix_uid, &uid)) return ERR_INPUT;
  *ret_account = (struct account){.id = op_random_id(op),
                                  .roles = in->roles,
                                  .must_change = true,
                                  .maker = op->actor.account,
                                  .asker = op->actor.account,
                                  .uid = (uint32_t)uid};
  copy_text(ret_account->user, sizeof ret_account->user, in->user.ptr, in->user.len);
  copy_text(ret_account->name, sizeof ret_account->name, in->name.ptr, in->name.len);
  if (!find_person(op, &ret_account->person, in->person)) return ERR_INPUT;
  return user_password_set(op, ret_account, in->password);
}

/* One Unix user is one person. */
static bool is_bound(const struct people *people, struct str unix_uid)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};
  uint64_t uid;

  return str_to_u64(unix_uid, &uid) && people_by_uid(people, &account, (uint32_t)uid);
}

static bool is_taken(const struct op *op, const struct user *in)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};

  return people_by_name(op->reg->people, &account, in->user) ||
         is_bound(op->reg->people, in->unix_uid);
}

/* ---- what one person cannot do alone ---- */

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

/* What is given to an account, and what whoever gives it is told; TEXT_NONE: in force, like most.
 */
struct giving {
  bool waits;
  enum text_id says;
};

/* The first who can confirm has nobody to be confirmed by. There is one such moment in the life of
 * a register: a role that was taken away again and a disabled account count, or whoever can do that
 * could make another first one. */
static struct giving giving_of(const struct op *op, uint64_t roles)
{
  uint64_t confirming = confirming_roles(op);
  uint64_t confirmed = roles & policy_roles_confirmed(reg_policy(op->reg));

  if (confirmed == 0) return (struct giving){false, TEXT_NONE};
  if ((confirmed & ~confirming) == 0 && (people_roles(op->reg->people) & confirming) == 0)
    return (struct giving){false, TEXT_REGISTER_USER_FIRST};
  return (struct giving){true, TEXT_REGISTER_USER_WAITS};
}

static bool are_apart(const struct op *op, uint64_t roles, struct problem *ret_problem)
{
  const struct policy *policy = reg_policy(op->reg);
  uint8_t one, other;

  if (!policy_roles_clash(policy, roles, &one, &other)) return true;
  *ret_problem =
    (struct problem){.err = ERR_CONFLICT,
                     .detail = TEXT_REGISTER_ROLES_APART,
                     .slots = {policy_word_text(policy, POLICY_ROLE, one, op->lang),
                               policy_word_text(policy, POLICY_ROLE, other, op->lang)}};
  return false;
}

static enum err answer(struct op *op, const struct account *account, struct giving giving,
                       int status, struct entry_of *entry)
{
  struct json json;

  json_start(&json, op->arena, 512);
  json_object_start(&json);
  user_write(&json, op, account);
  user_write_state(&json, op, account);
  if (giving.says != TEXT_NONE) {
    JSON_KEY(&json, "detail");
    json_str(&json, text_get(giving.says, op->lang));
  }
  entry->recipients[0] = account->id;
  return user_finish(op, &json, status, entry);
}

static enum err answer_done(struct op *op, const struct account *account, struct entry_of *entry)
{
  return answer(op, account, (struct giving){false, TEXT_NONE}, 200, entry);
}

/* ---- adding ---- */

static bool user_is_good(const struct user *in)
{
  uint64_t uid;

  if (!user_name_is_good(in->user) || in->name.len == 0 || in->name.len > PERSON_NAME_MAX)
    return false;
  if (in->unix_uid.len > 0 && (!str_to_u64(in->unix_uid, &uid) || uid >= ACCOUNT_UID_NONE))
    return false;
  return user_password_is_good(in->password) && in->roles != 0;
}

static enum err add(struct op *op, const struct user *in, const struct once *once,
                    struct entry_of *entry)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};
  struct giving giving = giving_of(op, in->roles);
  struct problem problem;

  if (!find_person(op, &account.person, in->person)) return ERR_INPUT;
  if (!are_apart(op, in->roles | people_roles_beside(op->reg->people, &account), &problem)) {
    entry->outcome = OUTCOME_REFUSED;
    return reply_problem(op, &problem, entry);
  }
  if (is_taken(op, in)) return user_refuse(op, ERR_CONFLICT, TEXT_REGISTER_USER_EXISTS, entry);
  TRY(account_of(op, &account, in));
  account.waiting = giving.waits;
  TRY(user_put(op, &account, user_item_new(op, &account), SESSIONS_STAY));
  TRY(once_done(op, once, account.id));
  return answer(op, &account, giving, 201, entry);
}

/* Asked for a second time: what has become of the account is said anew. */
static enum err added(struct op *op, const struct user *in, struct entry_of *entry)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};
  struct giving giving = {false, TEXT_NONE};
  struct item item;

  TRY(user_read(op, &account, &item, in->user));
  if (account.must_change) TRY(user_same_password(&account, in->password));
  if (account.waiting) giving = (struct giving){true, TEXT_REGISTER_USER_WAITS};
  return answer(op, &account, giving, 201, entry);
}

static struct hash hash_of(const struct op *op, const struct user *in)
{
  struct hash hash = {{0}};

  once_feed(op, &hash, in->name.ptr, in->name.len);
  once_feed(op, &hash, &in->roles, sizeof in->roles);
  once_feed(op, &hash, in->unix_uid.ptr, in->unix_uid.len);
  once_feed(op, &hash, in->person.ptr, in->person.len);
  return hash;
}

enum err user_add(struct op *op, const struct user *in)
{
  struct entry_of entry = {.action = ACTION_USER};
  struct once once;
  uint16_t rule;

  TRY(op_begin(op));
  if (!user_may(op, "manage_users", &entry, &rule)) return reply_no_act(op, ACTION_USER, 0);
  if (!user_is_good(in)) return ERR_INPUT;
  TRY(user_once(op, &once, "add", in->user, hash_of(op, in)));
  return once.is_replay ? added(op, in, &entry) : add(op, in, &once, &entry);
}

/* There is nobody yet who could be asked whether they may: the entry names nobody but the new
 * account. Whoever makes the register chooses the password for themselves. */
enum err user_first(struct op *op, const struct user *in)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};
  struct entry_of entry = {.action = ACTION_USER};

  TRY(op_begin(op));
  if (people_count(op->reg->people) > 0) return ERR_CONFLICT;
  if (!user_is_good(in)) return ERR_INPUT;
  TRY(account_of(op, &account, in));
  account.must_change = false;
  TRY(user_put(op, &account, user_item_new(op, &account), SESSIONS_STAY));
  return answer(op, &account, (struct giving){false, TEXT_NONE}, 201, &entry);
}

/* ---- changing ---- */

bool user_is_another(const struct op *op, const struct account *account)
{
  return !second_is(op, account->maker) && !second_is(op, account->asker) &&
         !second_is(op, account->id);
}

enum err user_confirm(struct op *op, struct str user)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};
  struct entry_of entry = {.action = ACTION_USER};
  struct once once;
  struct item item;
  uint16_t rule;

  TRY(op_begin(op));
  if (!user_may(op, "confirm_user", &entry, &rule)) return reply_no_act(op, ACTION_USER, 0);
  TRY(user_read(op, &account, &item, user));
  if (account.disabled) return ERR_ABSENT;
  entry.recipients[0] = account.id;
  if (!user_is_another(op, &account) && GUARD(NO_SELF_APPROVAL))
    return user_refuse(op, ERR_CONFLICT, TEXT_SAFETY_ANOTHER_PERSON, &entry);
  if (second_is_same_browser(op, item.id))
    return user_refuse(op, ERR_CONFLICT, TEXT_SAFETY_SAME_BROWSER, &entry);
  TRY(user_once(op, &once, "confirm", user, (struct hash){{0}}));
  if (!once.is_replay && (account.waiting || account.asked != 0)) {
    account.waiting = false;
    account.roles |= account.asked;
    account.asked = 0;
    TRY(user_put(op, &account, item, SESSIONS_STAY));
  }
  TRY(once_done(op, &once, account.id));
  return answer_done(op, &account, &entry);
}

/* Done again it says the same. */
enum err user_turn_down(struct op *op, struct str user)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};
  struct entry_of entry = {.action = ACTION_USER, .outcome = OUTCOME_REFUSED};
  enum user_sessions sessions;
  struct item item;
  uint16_t rule;

  TRY(op_begin(op));
  if (!user_may(op, "confirm_user", &entry, &rule)) return reply_no_act(op, ACTION_USER, 0);
  TRY(user_read(op, &account, &item, user));
  entry.recipients[0] = account.id;
  if (!user_is_another(op, &account) && GUARD(NO_SELF_APPROVAL))
    return user_refuse(op, ERR_CONFLICT, TEXT_SAFETY_ANOTHER_PERSON, &entry);
  sessions = account.waiting ? SESSIONS_END : SESSIONS_STAY;
  if (account_waits(&account)) {
    account.disabled = account.disabled || account.waiting;
    account.asked = 0;
    TRY(user_put(op, &account, item, sessions));
  }
  return answer_done(op, &account, &entry);
}

/* What the account has been given and what it loses; roles that have to be confirmed wait, and the
 * others hold at once. */
static struct giving roles_given(const struct op *op, struct account *account,
                                 const struct role_change *in)
{
  uint64_t fresh = in->add & ~account->roles;
  struct giving giving = giving_of(op, fresh);
  uint64_t waiting = giving.waits ? fresh & policy_roles_confirmed(reg_policy(op->reg)) : 0;

  if (fresh != 0) account->asker = op->actor.account;
  if (account->waiting) waiting = 0; /* the whole account does */
  account->ever |= account->roles | account->asked;
  account->asked = (account->asked | waiting) & ~in->remove;
  account->roles = (account->roles | (fresh & ~waiting)) & ~in->remove;
  if (waiting != 0) giving.says = TEXT_REGISTER_ROLES_WAIT;
  return giving;
}

enum err user_roles(struct op *op, const struct role_change *in)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};
  struct entry_of entry = {.action = ACTION_USER};
  struct giving giving;
  struct problem problem;
  struct item item;
  uint64_t held;
  uint16_t rule;

  TRY(op_begin(op));
  if (!user_may(op, "manage_users", &entry, &rule)) return reply_no_act(op, ACTION_USER, 0);
  if ((in->add | in->remove) == 0 || (in->add & in->remove) != 0) return ERR_INPUT;
  TRY(user_read(op, &account, &item, in->user));
  if (account.disabled) return ERR_ABSENT;
  entry.recipients[0] = account.id;
  giving = roles_given(op, &account, in);
  if (account.roles == 0) return user_refuse(op, ERR_CONFLICT, TEXT_REGISTER_ROLE_LAST, &entry);
  held = account.roles | account.asked | people_roles_beside(op->reg->people, &account);
  if (!are_apart(op, held, &problem)) {
    entry.outcome = OUTCOME_REFUSED;
    return reply_problem(op, &problem, &entry);
  }
  TRY(user_put(op, &account, item, SESSIONS_STAY));
  return answer(op, &account, giving, 200, &entry);
}

/* A new first password. Whoever sets it could sign in with it, so that an account with a role that
 * has to be confirmed waits again. */
static enum err reset(struct op *op, const struct password_reset *in, struct account *account,
                      struct item item)
{
  uint64_t held = account->roles | account->asked;

  TRY(user_password_set(op, account, in->password));
  account->must_change = true;
  account->asker = op->actor.account;
  if ((held & policy_roles_confirmed(reg_policy(op->reg))) != 0) account->waiting = true;
  return user_put(op, account, item, SESSIONS_END);
}

enum err user_reset(struct op *op, const struct password_reset *in)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};
  struct entry_of entry = {.action = ACTION_USER};
  struct giving giving = {false, TEXT_NONE};
  struct once once;
  struct item item;
  uint16_t rule;

  TRY(op_begin(op));
  if (!user_may(op, "manage_users", &entry, &rule)) return reply_no_act(op, ACTION_USER, 0);
  if (!user_password_is_good(in->password))
    return user_refuse(op, ERR_INPUT, TEXT_REGISTER_PASSWORD_POOR, &entry);
  TRY(user_read(op, &account, &item, in->user));
  if (account.disabled) return ERR_ABSENT;
  entry.recipients[0] = account.id;
  if (id_equal(account.id, op->actor.account))
    return user_refuse(op, ERR_CONFLICT, TEXT_REGISTER_PASSWORD_OWN, &entry);
  TRY(user_once(op, &once, "reset", in->user, (struct hash){{0}}));
  if (!once.is_replay)
    TRY(reset(op, in, &account, item));
  else if (account.must_change)
    TRY(user_same_password(&account, in->password));
  TRY(once_done(op, &once, account.id));
  if (account.waiting) giving = (struct giving){true, TEXT_REGISTER_USER_WAITS};
  return answer(op, &account, giving, 200, &entry);
}

enum err user_disable(struct op *op, struct str user)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};
  struct entry_of entry = {.action = ACTION_USER};
  struct item item;
  uint16_t rule;

  TRY(op_begin(op));
  if (!user_may(op, "manage_users", &entry, &rule)) return reply_no_act(op, ACTION_USER, 0);
  TRY(user_read(op, &account, &item, user));
  account.disabled = true;
  TRY(user_put(op, &account, item, SESSIONS_END));
  return answer_done(op, &account, &entry);
}

/* ---- who there is ---- */

static void write_waits_for(struct json *json, const struct op *op, const struct account *account)
{
  OWNED(account_wipe) struct account asker = {.uid = ACCOUNT_UID_NONE};

  user_write_roles(json, op, "waits_for", confirming_roles(op));
  JSON_KEY(json, "asked_by"); /* who cannot be the one to confirm it */
  if (people_by_id(op->reg->people, &asker, account->asker))
    json_str(json, str_from(asker.user));
  else
    json_none(json);
}

/* A page of names in their order; whether there are others behind the last. */
static bool write_people(struct json *json, struct op *op, struct account *last)
{
  OWNED(account_wipe) struct account next = {.uid = ACCOUNT_UID_NONE};
  unsigned count = 0;

  JSON_KEY(json, "users");
  json_array_start(json);
  while (count < USER_PAGE && people_next(op->reg->people, last, str_from(last->user))) {
    json_object_start(json);
    user_write(json, op, last);
    user_write_state(json, op, last);
    if (account_waits(last)) write_waits_for(json, op, last);
    json_object_end(json);
    count++;
  }
  json_array_end(json);
  return people_next(op->reg->people, &next, str_from(last->user));
}

enum err user_list(struct op *op, struct str cursor)
{
  OWNED(account_wipe) struct account last = {.uid = ACCOUNT_UID_NONE};
  struct entry_of entry = {.action = ACTION_LIST};
  struct str next = {0};
  struct id after;
  struct json json;
  uint16_t rule;

  TRY(op_begin(op));
  if (!user_may(op, "list_users", &entry, &rule)) return reply_no_act(op, ACTION_LIST, 0);
  TRY(cursor_read(op, &after, ACTION_USER, cursor));
  if (!id_is_zero(after) && !people_by_id(op->reg->people, &last, after)) return ERR_INPUT;
  json_start(&json, op->arena, 4096);
  json_object_start(&json);
  if (write_people(&json, op, &last)) {
    TRY(cursor_write(op, &next, ACTION_USER, last.id));
    JSON_KEY(&json, "next");
    json_str(&json, next);
  }
  return user_finish(op, &json, 200, &entry);
}

/* Who may sign in, and who has. A token is 32 random bytes, known here by a keyed hash only. Must
 * never say which of user and password was wrong, by answer or by time. */
#include "register/people.h"

#include <pthread.h>
#include <string.h>

enum { SESSIONS_MAX = 4096, TOKEN_BYTES = 32 };
#define CONFIRM_US UINT64_C(10000000) /* longer than a commit is ever waited for */

struct session {
  struct hash token; /* keyed hash */
  struct id id, account, browser;
  uint64_t opened_us, used_us;
  bool is_open, is_confirmed;
};
struct people {
  pthread_mutex_t mutex;
  const struct outside *outside;
  struct key key;
  struct account *accounts;
  size_t count, held;
  struct session sessions[SESSIONS_MAX];
  size_t session_top;            /* no session at or above this place was ever opened */
  char dummy[PASSWORD_TEXT_MAX]; /* verified against when there is no such user */
  struct throttle throttle;
};

static void enter(const struct people *people)
{
  pthread_mutex_lock(&((struct people *)(uintptr_t)people)->mutex);
}

static void leave(const struct people *people)
{
  pthread_mutex_unlock(&((struct people *)(uintptr_t)people)->mutex);
}

void people_free(struct people **people)
{
  if (!people || !*people) return;
  void *accounts = (*people)->accounts, *block = *people;
  size_t one = 1;

  block_free(&accounts, &(*people)->held, sizeof(struct account));
  pthread_mutex_destroy(&(*people)->mutex);
  block_free(&block, &one, sizeof(struct people));
  *people = NULL;
}

enum err people_new(struct people **ret_people, const struct key *serve_key,
                    const struct outside *outside)
{
  void *block = NULL;
  size_t held = 0;

  TRY(block_grow(&block, &held, 1, sizeof(struct people)));
  OWNED(people_free) struct people *people = block;
  if (pthread_mutex_init(&people->mutex, NULL) != 0) return ERR_MEMORY;
  people->outside = outside;
  key_derive(&people->key, serve_key, "cnis/people/1", NULL, 0);
  password_of_nobody(people->dummy, outside);
  key_derive(&people->throttle.key, serve_key, "cnis/throttle/1", NULL, 0);
  *ret_people = people;
  people = NULL;
  return OK;
}

/* ---- accounts ---- */

static bool same(struct id a, struct id b)
{
  return memcmp(a.b, b.b, ID_BYTES) == 0;
}

static struct account *account_at(const struct people *people, struct id id)
{
  for (size_t i = 0; i < people->count; i++)
    if (same(people->accounts[i].id, id)) return &people->accounts[i];
  return NULL;
}

bool people_by_id(const struct people *people, struct account *ret_account, struct id id)
{
  enter(people);
  const struct account *account = account_at(people, id);
  if (account) *ret_account = *account;
  leave(people);
  return account != NULL;
}

bool people_by_name(const struct people *people, struct account *ret_account, struct str user)
{
  bool found = false;

  enter(people);
  for (size_t i = 0; i < people->count && !found; i++) {
    found = str_is(user, people->accounts[i].user);
    if (found) *ret_account = people->accounts[i];
  }
  leave(people);
  return found;
}

bool people_by_uid(const struct people *people, struct account *ret_account, uint32_t uid)
{
  bool found = false;

  enter(people);
  for (size_t i = 0; i < people->count && !found; i++) {
    found = uid != ACCOUNT_UID_NONE && people->accounts[i].uid == uid;
    if (found) *ret_account = people->accounts[i];
  }
  leave(people);
  return found;
}

bool people_next(const struct people *people, struct account *ret_account, struct str user)
{
  const struct account *next = NULL;
  char after[USER_NAME_MAX + 1] = "";

  memcpy(after, user.ptr, user.len < USER_NAME_MAX ? user.len : USER_NAME_MAX);
  enter(people);
  for (size_t i = 0; i < people->count; i++) {
    const struct account *account = &people->accounts[i];
    if (strcmp(account->user, after) <= 0) continue;
    if (!next || strcmp(account->user, next->user) < 0) next = account;
  }
  if (next) *ret_account = *next;
  leave(people);
  return next != NULL;
}

static struct id person_of(const struct account *account)
{
  static const struct id none;

  return same(account->person, none) ? account->id : account->person;
}

bool people_same(const struct people *people, struct id a, struct id b)
{
  enter(people);
  const struct account *one = account_at(people, a), *other = account_at(people, b);
  bool is_same = one != NULL && other != NULL && same(person_of(one), person_of(other));
  leave(people);
  return is_same;
}

uint64_t people_roles_beside(const struct people *people, const struct account *account)
{
  struct id person = person_of(account);
  uint64_t roles = 0;

  enter(people);
  for (size_t i = 0; i < people->count; i++) {
    const struct account *other = &people->accounts[i];
    if (!other->disabled && !same(other->id, account->id) && same(person_of(other), person))
      roles |= other->roles | other->asked;
  }
  leave(people);
  return roles;
}

size_t people_count(const struct people *people)
{
  enter(people);
  size_t count = people->count;
  leave(people);
  return count;
}

uint64_t people_roles(const struct people *people)
{
  uint64_t roles = 0;

  enter(people);
  for (size_t i = 0; i < people->count; i++)
    roles |= people->accounts[i].roles | people->accounts[i].asked | people->accounts[i].ever;
  leave(people);
  return roles;
}

enum err people_put(struct people *people, const struct account *account)
{
  enter(people);
  struct account *place = account_at(people, account->id);
  enum err err = OK;
  if (!place) {
    void *block = people->accounts;
    err = block_grow(&block, &people->held, people->count + 1, sizeof *account);
    people->accounts = block;
    if (err == OK) place = &people->accounts[people->count++];
  }
  if (place) *place = *account;
  leave(people);
  if (err == OK && account->disabled) session_close_all(people, account->id, (struct id){{0}});
  return err;
}

enum err people_check(const struct people *people, struct account *ret_account, struct str user,
                      struct personal password)
{
  struct account account = {0};
  bool found = people_by_name(people, &account, user);
  enum err err = password_verify(found ? account.password : people->dummy, password);

  if (err == OK && !(found && account_is_active(&account))) err = ERR_UNAUTHENTICATED;
  if (err == OK) *ret_account = account;
  wipe(&account, sizeof account);
  return err;
}

unsigned people_wait(struct people *people, const struct throttle_try *tried)
{
  enter(people);
  unsigned wait =
    throttle_enter(&people->throttle, tried, people->outside->mono_us(people->outside->self));
  leave(people);
  return wait;
}

void people_forgive(struct people *people, const struct throttle_try *tried)
{
  enter(people);
  throttle_forgive(&people->throttle, tried, people->outside->mono_us(people->outside->self));
  leave(people);
}

/* ---- sessions ---- */

static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* 32 bytes as 43 digits of base64url; the last digit carries four bits. */
static void token_write(char ret_token[static SESSION_TOKEN_TEXT],
                        const uint8_t bytes[static TOKEN_BYTES])
{
  uint32_t bits = 0;
  unsigned have = 0;
  size_t n = 0;

  for (size_t i = 0; i < TOKEN_BYTES; i++) {
    bits = bits << 8 | bytes[i];
    for (have += 8; have >= 6; have -= 6)
      ret_token[n++] = digits64[bits >> (have - 6) & 63];
  }
  ret_token[n] = digits64[bits << (6 - have) & 63];
}

static void token_hash(const struct people *people, struct hash *ret_hash, struct str token)
{
  key_mac(ret_hash, &people->key, "cnis/token/1", token.ptr, token.len);
}

static bool is_over(const struct session *session, uint64_t now)
{
  uint64_t idle_us = session->is_confirmed ? SESSION_IDLE_US : CONFIRM_US;

  return !session->is_open || now - session->opened_us > SESSION_LIFE_US ||
         now - session->used_us > idle_us;
}

static void fill_actor(const struct people *people, struct actor *ret_actor,
                       const struct session *session, const struct account *account)
{
  *ret_actor = (struct actor){
    .account = account->id,
    .handle = (uint32_t)(account - people->accounts),
    .roles = account->roles,
    .session = session->id,
    .must_change = account->must_change,
    .browser = session->browser,
  };
}

static bool is_as_checked(const struct account *held, const struct account *checked)
{
  return held && account_is_active(held) &&
         bytes_equal(held->password, checked->password, sizeof held->password);
}

enum err session_open(struct people *people, char ret_token[static SESSION_TOKEN_TEXT],
                      struct actor *ret_actor, const struct account *account, struct id browser)
{
  uint8_t bytes[TOKEN_BYTES];
  struct session *place = NULL;

  people->outside->random(people->outside->self, bytes, sizeof bytes);
  enter(people);
  /* Under the lock, here and below: read before it, the clock could be behind another's used_us. */
  uint64_t now = people->outside->mono_us(people->outside->self);
  const struct account *of = account_at(people, account->id);
  for (size_t i = 0; i < SESSIONS_MAX && !place; i++)
    if (is_over(&people->sessions[i], now)) place = &people->sessions[i];
  enum err err = !is_as_checked(of, account) ? ERR_UNAUTHENTICATED : place ? OK : ERR_RATE;
  if (err == OK) {
    token_write(ret_token, bytes);
    *place = (struct session){
      .account = of->id, .browser = browser, .opened_us = now, .used_us = now, .is_open = true};
    people->outside->random(people->outside->self, place->id.b, ID_BYTES);
    token_hash(people, &place->token, (struct str){ret_token, SESSION_TOKEN_TEXT});
    fill_actor(people, ret_actor, place, of);
    size_t top = (size_t)(place - people->sessions) + 1;
    if (people->session_top < top) people->session_top = top;
  }
  leave(people);
  wipe(bytes, sizeof bytes);
  return err;
}

/* Ends the oldest of an account's sessions when there are more than one person needs. */
static void end_oldest(struct people *people, struct id account, uint64_t now)
{
  struct session *oldest = NULL;
  size_t count = 0;

  for (size_t i = 0; i < people->session_top; i++) {
    struct session *session = &people->sessions[i];
    if (!session->is_confirmed || is_over(session, now) || !same(session->account, account))
      continue;
    count++;
    if (!oldest || session->opened_us < oldest->opened_us) oldest = session;
  }
  if (count > SESSIONS_EACH) *oldest = (struct session){0};
}

void session_confirm(struct people *people, struct id session)
{
  enter(people);
  uint64_t now = people->outside->mono_us(people->outside->self);
  for (size_t i = 0; i < people->session_top; i++) {
    struct session *place = &people->sessions[i];
    if (!place->is_open || !same(place->id, session)) continue;
    place->is_confirmed = true;
    end_oldest(people, place->account, now);
  }
  leave(people);
}

enum err session_find(struct people *people, struct str token, struct actor *ret_actor)
{
  struct hash hash;
  enum err err = ERR_UNAUTHENTICATED;

  token_hash(people, &hash, token);
  enter(people);
  uint64_t now = people->outside->mono_us(people->outside->self);
  for (size_t i = 0; i < people->session_top; i++) {
    struct session *session = &people->sessions[i];
    if (!session->is_confirmed || !hash_equal(&session->token, &hash)) continue;
    const struct account *account = account_at(people, session->account);
    if (is_over(session, now) || !account || !account_is_active(account)) break;
    session->used_us = now;
    fill_actor(people, ret_actor, session, account);
    err = OK;
    break;
  }
  leave(people);
  return err;
}

void session_close(struct people *people, struct id session)
{
  enter(people);
  for (size_t i = 0; i < SESSIONS_MAX; i++)
    if (people->sessions[i].is_open && same(people->sessions[i].id, session))
      people->sessions[i] = (struct session){0};
  leave(people);
}

void session_close_all(struct people *people, struct id account, struct id kept)
{
  enter(people);
  for (size_t i = 0; i < SESSIONS_MAX; i++) {
    struct session *session = &people->sessions[i];
    if (session->is_open && same(session->account, account) && !same(session->id, kept))
      *session = (struct session){0};
  }
  leave(people);
}

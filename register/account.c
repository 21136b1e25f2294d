/* An account as the text of its item: lines of "key value". Roles stand by name. */
#include <stdio.h>
#include <string.h>

#include "register/people.h"

enum { ACCOUNT_TEXT_MAX = ITEM_TEXT_MAX };

bool account_is_active(const struct account *account)
{
  return !account->disabled && !account->waiting;
}

bool account_waits(const struct account *account)
{
  return !account->disabled && (account->waiting || account->asked != 0);
}

static bool put(char *text, size_t *n, const char *key, struct str value)
{
  size_t key_n = strlen(key);

  if (*n + key_n + 1 + value.len + 1 > ACCOUNT_TEXT_MAX) return false;
  memcpy(text + *n, key, key_n);
  text[*n + key_n] = ' ';
  if (value.len > 0) memcpy(text + *n + key_n + 1, value.ptr, value.len);
  text[*n + key_n + 1 + value.len] = '\n';
  *n += key_n + 1 + value.len + 1;
  return true;
}

static bool put_roles(char *text, size_t *n, const struct policy *policy, const char *key,
                      uint64_t roles)
{
  bool fits = true;

  for (uint8_t word = 1; word < 64 && fits; word++)
    if (roles & POLICY_BIT(word))
      fits = put(text, n, key, policy_word_name(policy, POLICY_ROLE, word));
  return fits;
}

/* A role that the policy no longer has is in no set. */
static bool take_role(uint64_t *roles, const struct policy *policy, struct str value)
{
  uint8_t word = policy_word(policy, POLICY_ROLE, value);

  if (word != POLICY_NO_WORD) *roles |= POLICY_BIT(word);
  return true;
}

enum err account_write(struct arena *arena, struct personal *ret_text, const struct policy *policy,
                       const struct account *account)
{
  char *text = arena_take(arena, ACCOUNT_TEXT_MAX);
  char uid[16], maker[2 * ID_BYTES], asker[2 * ID_BYTES], person[2 * ID_BYTES];
  size_t n = 0;

  if (!text) return ERR_MEMORY;
  (void)snprintf(uid, sizeof uid, "%u", account->uid);
  hex_write(maker, account->maker.b, ID_BYTES);
  hex_write(asker, account->asker.b, ID_BYTES);
  hex_write(person, account->person.b, ID_BYTES);
  bool fits = put(text, &n, "user", str_from(account->user)) &&
              put(text, &n, "name", str_from(account->name)) &&
              put(text, &n, "password", str_from(account->password)) &&
              put(text, &n, "uid", str_from(uid)) &&
              put(text, &n, "disabled", account->disabled ? STR("yes") : STR("no")) &&
              put(text, &n, "waiting", account->waiting ? STR("yes") : STR("no")) &&
              put(text, &n, "must_change", account->must_change ? STR("yes") : STR("no")) &&
              put(text, &n, "maker", (struct str){maker, sizeof maker}) &&
              put(text, &n, "asker", (struct str){asker, sizeof asker}) &&
              put(text, &n, "person", (struct str){person, sizeof person});
  fits = fits && put_roles(text, &n, policy, "role", account->roles) &&
         put_roles(text, &n, policy, "asked", account->asked) &&
         put_roles(text, &n, policy, "ever", account->ever);
  if (!fits) return ERR_TOO_LARGE;
  *ret_text = (struct personal){text, n};
  return OK;
}

static bool copy(char *to, size_t capacity, struct str value)
{
  if (value.len >= capacity) return false;
  memset(to, 0, capacity);
  memcpy(to, value.ptr, value.len);
  return true;
}

static bool take_line(struct account *account, const struct policy *policy, struct str key,
                      struct str value)
{
  uint64_t uid = 0;

  if (str_is(key, "user")) return copy(account->user, sizeof account->user, value);
  if (str_is(key, "name")) return copy(account->name, sizeof account->name, value);
  if (str_is(key, "password")) return copy(account->password, sizeof account->password, value);
  if (str_is(key, "disabled")) {
    account->disabled = str_is(value, "yes");
    return true;
  }
  if (str_is(key, "waiting")) {
    account->waiting = str_is(value, "yes");
    return true;
  }
  if (str_is(key, "must_change")) {
    account->must_change = !str_is(value, "no");
    return true;
  }
  if (str_is(key, "maker")) return hex_read(account->maker.b, ID_BYTES, value);
  if (str_is(key, "asker")) return hex_read(account->asker.b, ID_BYTES, value);
  if (str_is(key, "person")) return hex_read(account->person.b, ID_BYTES, value);
  if (str_is(key, "uid")) {
    if (!str_to_u64(value, &uid) || uid > UINT32_MAX) return false;
    account->uid = (uint32_t)uid;
    return true;
  }
  if (str_is(key, "role")) return take_role(&account->roles, policy, value);
  if (str_is(key, "asked")) return take_role(&account->asked, policy, value);
  return str_is(key, "ever") && take_role(&account->ever, policy, value);
}

enum err account_parse(struct account *ret_account, const struct policy *policy,
                       struct personal text)
{
  /* One written before this was asked about: who made it may know its password. */
  struct account account = {.uid = ACCOUNT_UID_NONE, .must_change = true};

  for (size_t from = 0; from < text.len;) {
    const char *line = text.ptr + from;
    const char *end = memchr(line, '\n', text.len - from);
    const char *space = end ? memchr(line, ' ', (size_t)(end - line)) : NULL;
    if (!space) return ERR_CORRUPT;
    struct str key = {line, (size_t)(space - line)}, value = {space + 1, (size_t)(end - space - 1)};
    if (!take_line(&account, policy, key, value)) return ERR_CORRUPT;
    from += (size_t)(end - line) + 1;
  }
  account.id = ret_account->id;
  *ret_account = account;
  return OK;
}

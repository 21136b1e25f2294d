/* Password hashes (password.h): Argon2id with our own salt in the text form that libsodium and
 * others read. Must never accept a stored hash that is cheaper than the floor. */
#include "crypto/password.h"

#include <sodium.h>
#include <string.h>

#include "base/arena.h"

enum { PASSES = 3, SALT_BYTES = crypto_pwhash_SALTBYTES, RAW_BYTES = 32 };
static const size_t memory_bytes = (size_t)64 << 20;
static const char prefix[] = "$argon2id$v=19$m=65536,t=3,p=1$";
enum { PREFIX = sizeof prefix - 1 };

_Static_assert(PASSWORD_TEXT_MAX == crypto_pwhash_STRBYTES, "the library's text form");

static void write_text(char ret_text[static PASSWORD_TEXT_MAX], const uint8_t *salt,
                       const uint8_t *raw)
{
  enum { UNPADDED = sodium_base64_VARIANT_ORIGINAL_NO_PADDING };
  char *at = ret_text + PREFIX;

  memset(ret_text, 0, PASSWORD_TEXT_MAX);
  memcpy(ret_text, prefix, PREFIX);
  sodium_bin2base64(at, sodium_base64_ENCODED_LEN(SALT_BYTES, UNPADDED), salt, SALT_BYTES,
                    UNPADDED);
  at += strlen(at);
  *at++ = '$';
  sodium_bin2base64(at, sodium_base64_ENCODED_LEN(RAW_BYTES, UNPADDED), raw, RAW_BYTES, UNPADDED);
}

enum err password_hash(char ret_text[static PASSWORD_TEXT_MAX], struct personal password,
                       const struct outside *outside)
{
  uint8_t salt[SALT_BYTES], raw[RAW_BYTES];

  outside->random(outside->self, salt, sizeof salt);
  if (crypto_pwhash(raw, sizeof raw, password.ptr, password.len, salt, PASSES, memory_bytes,
                    crypto_pwhash_ALG_ARGON2ID13) != 0)
    return ERR_MEMORY;
  write_text(ret_text, salt, raw);
  wipe(raw, sizeof raw);
  return OK;
}

void password_of_nobody(char ret_text[static PASSWORD_TEXT_MAX], const struct outside *outside)
{
  uint8_t salt[SALT_BYTES], raw[RAW_BYTES];

  outside->random(outside->self, salt, sizeof salt);
  outside->random(outside->self, raw, sizeof raw);
  write_text(ret_text, salt, raw);
}

enum err password_verify(const char text[static PASSWORD_TEXT_MAX], struct personal password)
{
  if (memchr(text, '\0', PASSWORD_TEXT_MAX) == NULL || strncmp(text, prefix, PREFIX) != 0)
    return ERR_CORRUPT;
  int bad = crypto_pwhash_str_verify(text, password.ptr, password.len);
  return bad == 0 ? OK : ERR_UNAUTHENTICATED;
}

/* See endorsement.h. One content, one spelling: what is read is written again and compared. */
#include "crypto/endorsement.h"

#include <string.h>

#include "crypto/text.h"

#define DOMAIN "cnis-policy/v1\n"
#define SIGNATURE_BYTES sizeof(((struct signature *)NULL)->bytes)
#define MESSAGE_MAX (sizeof DOMAIN + ENDORSEMENT_ROLE_MAX + 1 + 21 + 2 * (2 * HASH_BYTES + 1))

static bool is_role(struct str role)
{
  if (role.len == 0 || role.len > ENDORSEMENT_ROLE_MAX) return false;
  for (size_t i = 0; i < role.len; i++)
    if ((role.ptr[i] < 'a' || role.ptr[i] > 'z') && role.ptr[i] != '_') return false;
  return true;
}

static void put_hash(struct text_out *out, const struct hash *hash)
{
  char digits[2 * HASH_BYTES];

  hex_write(digits, hash->bytes, HASH_BYTES);
  text_put(out, (struct str){digits, sizeof digits});
}

static struct str message_write(char text[static MESSAGE_MAX],
                                const struct endorsement *endorsement, const struct hash *version)
{
  struct text_out out = {.ptr = text, .capacity = MESSAGE_MAX};

  text_put(&out, STR(DOMAIN));
  text_put(&out, str_from(endorsement->role));
  text_put(&out, STR("\n"));
  text_put_u64(&out, endorsement->number);
  text_put(&out, STR("\n"));
  put_hash(&out, &endorsement->replaces);
  text_put(&out, STR("\n"));
  put_hash(&out, version);
  text_put(&out, STR("\n"));
  return (struct str){text, out.n};
}

enum err endorsement_sign(struct endorsement *ret_endorsement, struct str role,
                          const struct endorsed *endorsed, const struct signer *signer)
{
  struct endorsement made = {
    .number = endorsed->number, .replaces = endorsed->replaces, .key = signer_public(signer)};
  char text[MESSAGE_MAX];

  if (!is_role(role)) return ERR_INPUT;
  memcpy(made.role, role.ptr, role.len);
  struct str message = message_write(text, &made, &endorsed->version);
  signer_sign(signer, &made.signature, message.ptr, message.len);
  *ret_endorsement = made;
  return OK;
}

enum err endorsement_verify(const struct endorsement *endorsement, const struct hash *version)
{
  char text[MESSAGE_MAX];
  struct str message = message_write(text, endorsement, version);

  return verify_signature(&endorsement->key, &endorsement->signature, message.ptr, message.len);
}

/* ---- as text ---- */

size_t endorsements_write(char ret_text[static ENDORSEMENTS_TEXT_MAX],
                          const struct endorsements *endorsements)
{
  struct text_out out = {.ptr = ret_text, .capacity = ENDORSEMENTS_TEXT_MAX};

  for (size_t i = 0; i < endorsements->count; i++) {
    const struct endorsement *one = &endorsements->at[i];
    char key[VERIFY_KEY_TEXT];

    verify_key_write(key, &one->key);
    text_put(&out, str_from(one->role));
    text_put(&out, STR(" "));
    text_put_u64(&out, one->number);
    text_put(&out, STR(" "));
    put_hash(&out, &one->replaces);
    text_put(&out, STR(" "));
    text_put(&out, (struct str){key, sizeof key});
    text_put(&out, STR(" "));
    text_put_base64(&out, one->signature.bytes, SIGNATURE_BYTES);
    text_put(&out, STR("\n"));
  }
  return out.n; /* parts of known length: it fits */
}

/* The next word of a line. */
static struct str take_word(struct str *line)
{
  const char *gap = line->len == 0 ? NULL : memchr(line->ptr, ' ', line->len);
  struct str word = *line;

  if (gap != NULL) word.len = (size_t)(gap - line->ptr);
  *line = gap == NULL ? STR("") : (struct str){gap + 1, line->len - word.len - 1};
  return word;
}

static bool take_line(struct endorsement *endorsement, struct str line)
{
  struct str role = take_word(&line), number = take_word(&line);
  struct str replaces = take_word(&line), key = take_word(&line);

  if (!is_role(role)) return false;
  memcpy(endorsement->role, role.ptr, role.len);
  return str_to_u64(number, &endorsement->number) &&
         hex_read(endorsement->replaces.bytes, HASH_BYTES, replaces) &&
         verify_key_parse(&endorsement->key, key) == OK &&
         base64_get(endorsement->signature.bytes, SIGNATURE_BYTES, line);
}

enum err endorsements_parse(struct endorsements *ret_endorsements, struct str text,
                            struct trail *trail)
{
  struct endorsements found = {.count = 0};
  struct str rest = text, line;
  char again[ENDORSEMENTS_TEXT_MAX];

  while (rest.len > 0) {
    if (found.count == ENDORSEMENTS_MAX || !text_line(&line, &rest) ||
        !take_line(&found.at[found.count], line))
      return FAIL_AT(trail, ERR_INPUT, "signatures: not a line of it", 0,
                     (long long)found.count + 1);
    found.count++;
  }
  size_t n = endorsements_write(again, &found);
  if (n != text.len || (n > 0 && memcmp(again, text.ptr, n) != 0))
    return FAIL_AT(trail, ERR_INPUT, "signatures: not as they are written", 0, 1);
  *ret_endorsements = found;
  return OK;
}

/* custodian.pub as text. One content, one spelling: parsing writes again and compares. */
#include "crypto/custodian_pub.h"

#include <string.h>

#include "crypto/text.h"

static void fingerprint(char ret_text[static FINGERPRINT_TEXT], const char *text, size_t n)
{
  struct hash hash;
  hash_sha256(&hash, text, n);
  char digits[16];
  hex_write(digits, hash.bytes, 8);
  for (size_t i = 0, at = 0; i < sizeof(digits); i++) {
    if (i > 0 && i % 4 == 0) ret_text[at++] = '-';
    ret_text[at++] = digits[i];
  }
}

size_t custodian_pub_write(char ret_text[static CUSTODIAN_PUB_MAX], struct custodian_pub *pub)
{
  struct text_out out = {.ptr = ret_text, .capacity = CUSTODIAN_PUB_MAX};
  char authority[2 * ID_BYTES], vkey[NOTE_VKEY_MAX];
  hex_write(authority, pub->authority, ID_BYTES);
  size_t vkey_len = note_vkey_write(vkey, &pub->log);
  text_put(&out, STR("cnis-custodian/v1\nauthority "));
  text_put(&out, (struct str){authority, sizeof(authority)});
  text_put(&out, STR("\nlog "));
  text_put(&out, (struct str){vkey, vkey_len});
  text_put(&out, STR("\nshield "));
  text_put_base64(&out, pub->shield.bytes, sizeof(pub->shield.bytes));
  text_put(&out, STR("\n"));
  fingerprint(pub->fingerprint, ret_text, out.n);
  text_put(&out, STR("fingerprint "));
  text_put(&out, (struct str){pub->fingerprint, FINGERPRINT_TEXT});
  text_put(&out, STR("\n"));
  return out.n; /* the longest origin leaves room: 18 + 43 + 178 + 52 + 32 */
}

/* What follows `label` on the next line. */
static bool labelled(struct str *ret_value, struct str *rest, struct str label)
{
  struct str line = {0};
  if (!text_line(&line, rest) || !text_starts(line, label)) return false;
  *ret_value = (struct str){line.ptr + label.len, line.len - label.len};
  return true;
}

enum err custodian_pub_parse(struct custodian_pub *ret_pub, struct str text)
{
  struct custodian_pub pub = {0};
  struct str rest = text, authority = {0}, log = {0}, shield = {0}, version = {0};
  if (!labelled(&version, &rest, STR("cnis-custodian/v1")) || version.len != 0 ||
      !labelled(&authority, &rest, STR("authority ")) ||
      !hex_read(pub.authority, ID_BYTES, authority) || !labelled(&log, &rest, STR("log ")) ||
      note_vkey_parse(&pub.log, log) != OK || !labelled(&shield, &rest, STR("shield ")) ||
      !base64_get(pub.shield.bytes, sizeof(pub.shield.bytes), shield))
    return ERR_INPUT;
  char again[CUSTODIAN_PUB_MAX];
  size_t n = custodian_pub_write(again, &pub);
  if (n != text.len || memcmp(again, text.ptr, n) != 0) return ERR_INPUT;
  *ret_pub = pub;
  return OK;
}

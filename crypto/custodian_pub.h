/* custodian.pub: what the custodian tells the world, made by `cnis-custodian init`, read by
 * `cnis init` and given to whoever checks the log. Nothing in it is secret; that it is the right
 * one is checked by its fingerprint.
 *
 *   cnis-custodian/v1
 *   authority <32 hexadecimal digits>
 *   log <verifier key of the log, as in c2sp.org/signed-note>
 *   shield <base64 of the X25519 public key>
 *   fingerprint <16 hexadecimal digits in groups of four, over all lines above> */
#ifndef CRYPTO_CUSTODIAN_PUB_H
#define CRYPTO_CUSTODIAN_PUB_H

#include "crypto/note.h"
#include "crypto/shield.h"

#define CUSTODIAN_PUB_MAX 512

struct custodian_pub {
  uint8_t authority[ID_BYTES];
  struct note_key log; /* its name is the log's origin */
  struct shield_public shield;
  char fingerprint[FINGERPRINT_TEXT];
};

/* The text, and the fingerprint into *pub. Returns the length. */
size_t custodian_pub_write(char ret_text[static CUSTODIAN_PUB_MAX], struct custodian_pub *pub);
/* Only what custodian_pub_write writes; anything else is ERR_INPUT. */
MUST_USE enum err custodian_pub_parse(struct custodian_pub *ret_pub, struct str text);

#endif

/* A person's word for a policy: signed with their own key, in a role, for one manifest and in the
 * place of one policy. All of that stands inside what is signed, so that it serves for nothing
 * else:
 *
 *   cnis-policy/v1
 *   ROLE              a word of the vocabulary
 *   NUMBER            which activation of the register it is: 1 for the first; so it serves once
 *   REPLACES          version of the policy that it takes the place of, 64 hexadecimal digits
 *   VERSION           SHA-256 of the manifest, 64 hexadecimal digits
 *
 * The file `signatures` of a policy's folder has one line each:
 *
 *   ROLE NUMBER REPLACES ed25519:KEY SIGNATURE  the key as verify_key_write, the signature in
 * base64
 *
 * Whose key it is, and whether that person holds the role, is for others to know. */
#ifndef CRYPTO_ENDORSEMENT_H
#define CRYPTO_ENDORSEMENT_H

#include "crypto/key.h"
#include "crypto/sign.h"

#define ENDORSEMENT_ROLE_MAX 47
#define ENDORSEMENTS_MAX 2
#define ENDORSEMENT_LINE_MAX                                                                       \
  (ENDORSEMENT_ROLE_MAX + 1 + 20 + 1 + 2 * HASH_BYTES + 1 + VERIFY_KEY_TEXT + 1 + 88 + 1)
#define ENDORSEMENTS_TEXT_MAX (ENDORSEMENTS_MAX * ENDORSEMENT_LINE_MAX)

struct endorsement {
  char role[ENDORSEMENT_ROLE_MAX + 1]; /* NUL-padded */
  uint64_t number;
  struct hash replaces;
  struct verify_key key;
  struct signature signature;
};
struct endorsements {
  size_t count;
  struct endorsement at[ENDORSEMENTS_MAX];
};

/* What somebody puts their name to. */
struct endorsed {
  uint64_t number;
  struct hash replaces, version;
};
/* ERR_INPUT: a role that is no word. */
MUST_USE enum err endorsement_sign(struct endorsement *ret_endorsement, struct str role,
                                   const struct endorsed *endorsed, const struct signer *signer);
/* ERR_REFUSED when it does not hold for this version. */
MUST_USE enum err endorsement_verify(const struct endorsement *endorsement,
                                     const struct hash *version);

/* In the order given; returns the length. */
size_t endorsements_write(char ret_text[static ENDORSEMENTS_TEXT_MAX],
                          const struct endorsements *endorsements);
/* Only what endorsements_write writes; empty: none. ERR_INPUT, with the line in trail.b. */
MUST_USE enum err endorsements_parse(struct endorsements *ret_endorsements, struct str text,
                                     struct trail *trail);

#endif

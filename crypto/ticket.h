/* A ticket: leave to open named fields of one child once, for one person, purpose and basis,
 * resting on a log entry that is already durable. The requester signs it with a key that the server
 * does not hold, and so does each approver; the custodian checks. Canonical: one ticket, one byte
 * string. */
#ifndef CRYPTO_TICKET_H
#define CRYPTO_TICKET_H

#include "base/str.h"
#include "crypto/sign.h"

#define TICKET_WORD_MAX 47 /* purpose, basis: words of policy/vocabulary.json */
#define TICKET_RULE_MAX 11 /* "G-36a" */
#define TICKET_RULES 8
#define TICKET_FIELD_BYTES 32 /* bitset over field ids 0 to 255 */

enum ticket_act { TICKET_OPEN = 1, TICKET_LOWER = 2, TICKET_BREAK_GLASS = 3 };
/* In which part somebody signs: a request never counts as an approval. */
enum ticket_role { TICKET_REQUESTS = 1, TICKET_APPROVES = 2 };

struct ticket {
  uint8_t authority[ID_BYTES];
  uint8_t person[ID_BYTES];
  uint8_t record[ID_BYTES]; /* the child */
  uint8_t fields[TICKET_FIELD_BYTES];
  char purpose[TICKET_WORD_MAX + 1]; /* NUL-padded */
  char basis[TICKET_WORD_MAX + 1];
  unsigned rule_count;
  char rules[TICKET_RULES][TICKET_RULE_MAX + 1];
  struct instant expiry;
  uint64_t entry_index;  /* of the committed audit entry */
  uint8_t recipient[32]; /* age recipient of an outside body; zero: the requester's own session */
  uint8_t nonce[ID_BYTES];
  enum ticket_act act;
};

#define TICKET_MAX 512 /* bytes of the canonical form */
#define TICKET_TEXT_MAX ((TICKET_MAX + 2) / 3 * 4)
#define TICKET_SIGNED_BYTES (1 + 32 + 64)
#define TICKET_SIGNED_TEXT ((TICKET_SIGNED_BYTES + 2) / 3 * 4)

/* Canonical bytes. ERR_INPUT: an empty or unprintable word, no field, too many rules. */
MUST_USE enum err ticket_write(uint8_t ret_bytes[static TICKET_MAX], size_t *ret_n,
                               const struct ticket *ticket);
/* Only what ticket_write writes; anything else is ERR_INPUT. */
MUST_USE enum err ticket_parse(struct ticket *ret_ticket, const void *bytes, size_t n);
/* One line of base64, without a newline. */
MUST_USE enum err ticket_text_write(char ret_text[static TICKET_TEXT_MAX], size_t *ret_n,
                                    const struct ticket *ticket);
MUST_USE enum err ticket_text_parse(struct ticket *ret_ticket, struct str text);

struct ticket_signature {
  enum ticket_role role;
  struct verify_key key;
  struct signature signature; /* over "cnis-ticket/v1\n" || role || canonical bytes */
};
MUST_USE enum err ticket_sign(struct ticket_signature *ret_signature, const struct ticket *ticket,
                              enum ticket_role role, const struct signer *signer);
/* ERR_REFUSED when it does not hold. Whether the key is enrolled is the caller's to know. */
MUST_USE enum err ticket_verify(const struct ticket *ticket,
                                const struct ticket_signature *signature);
/* One line of base64: role, key, signature. What `cnis sign` prints. */
void ticket_signature_write(char ret_text[static TICKET_SIGNED_TEXT],
                            const struct ticket_signature *signature);
MUST_USE enum err ticket_signature_parse(struct ticket_signature *ret_signature, struct str text);

bool ticket_field(const struct ticket *ticket, unsigned field);
void ticket_field_add(struct ticket *ticket, unsigned field); /* field < 256 */

#endif

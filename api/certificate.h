/* Reads a certificate and its key from PEM files and says whether they can be shown to a browser.
 * What cannot is refused with a sentence, before anything listens. Never hands out a byte of the
 * key, and leaves no copy of its file in memory. */
#ifndef API_CERTIFICATE_H
#define API_CERTIFICATE_H

#include <gnutls/abstract.h>

#include "base/day.h"
#include "base/text.h"

#define CERTIFICATE_CHAIN_MAX 8

struct certificate_files {
  const char *certificate; /* the server's own first, then those between it and a root */
  const char *key;         /* this user's alone; or root's, and readable for a group at most */
};

/* Why it was refused, for a person. */
struct certificate_refusal {
  enum text_id says; /* its %1 is `file`, its %2 `day` */
  const char *file;  /* of certificate_files */
  struct day day;    /* DAY_NONE: the sentence names none */
};

struct certificate {
  gnutls_pcert_st chain[CERTIFICATE_CHAIN_MAX];
  unsigned count;
  gnutls_privkey_t key;
  struct instant until; /* the first of the chain to end */
};

/* Both files are read once. ERR_CERTIFICATE with *ret_why; ERR_MEMORY. */
MUST_USE enum err certificate_read(struct certificate *ret_certificate,
                                   const struct certificate_files *files, struct instant now,
                                   struct certificate_refusal *ret_why);
void certificate_free(struct certificate *certificate); /* a zeroed one is fine */

#endif

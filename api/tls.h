/* TLS of the public listener: the certificate that is shown, and how it is changed for a renewed
 * one while the service runs. A connection keeps the pair that it began with to its end, so nothing
 * is cut by a renewal. What is agreed on the wire is GnuTLS's affair, within TLS_PRIORITIES. */
#ifndef API_TLS_H
#define API_TLS_H

#include "api/certificate.h"

/* TLS 1.3 and 1.2; no key exchange without forward secrecy. SECURE192 and SECURE256 fail with curl
 * for both P-256 and Ed25519 certificates. */
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:%SERVER_PRECEDENCE"

struct tls;
struct tls_pair; /* counted: one more user by tls_take, one less by tls_give */

/* The files are named again at each renewal and must outlive it. ERR_CERTIFICATE with *ret_why;
 * ERR_MEMORY. */
MUST_USE enum err tls_new(struct tls **ret_tls, const struct certificate_files *files,
                          struct outside outside, struct certificate_refusal *ret_why);
void tls_free(struct tls **tls); /* after every connection has ended; NULL is fine */
/* Reads both files anew; on failure the pair of before stays. Safe beside tls_take. */
MUST_USE enum err tls_renew(struct tls *tls, struct certificate_refusal *ret_why);
/* When the pair that is shown now ends. */
struct instant tls_until(struct tls *tls);

struct tls_pair *tls_take(struct tls *tls);
void tls_give(struct tls_pair *pair); /* NULL is fine */
/* For a handshake: what stays the pair's own. The user count must hold until the session is gone.
 */
void tls_show(struct tls_pair *pair, gnutls_pcert_st **ret_chain, unsigned *ret_count,
              gnutls_privkey_t *ret_key);

#endif

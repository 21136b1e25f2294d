/* Makes certificates and keys as a test wants them, wrong ones too, in a folder of its own. */
#ifndef TESTS_API_CERTIFICATES_H
#define TESTS_API_CERTIFICATES_H

#include <criterion/criterion.h>
#include <fcntl.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "api/certificate.h"

#define DAY_S 86400

/* What is zero is as it should be. */
struct wanted {
  gnutls_pk_algorithm_t kind; /* GNUTLS_PK_UNKNOWN: ECDSA */
  unsigned bits;              /* 0: P-256 */
  int from_days, until_days;  /* from today; both 0: yesterday to in a month */
  const char *purpose;        /* NULL: a server's */
  bool has_no_name;
  unsigned serial;
};

static char made_folder[] = "/tmp/cnis-certificates-XXXXXX";
static char made_certificate[64], made_key[64];

static struct certificate_files made_files(void)
{
  return (struct certificate_files){made_certificate, made_key};
}

static void made_begin(void)
{
  cr_assert_not_null(mkdtemp(made_folder));
  (void)snprintf(made_certificate, sizeof made_certificate, "%s/crt.pem", made_folder);
  (void)snprintf(made_key, sizeof made_key, "%s/key.pem", made_folder);
}

static void made_end(void)
{
  (void)unlink(made_certificate);
  (void)unlink(made_key);
  (void)rmdir(made_folder);
}

static void made_write(const char *path, const void *bytes, size_t count, mode_t mode)
{
  (void)unlink(path);
  int to = open(path, O_WRONLY | O_CREAT | O_EXCL, mode);

  cr_assert_eq(write(to, bytes, count), (ssize_t)count);
  cr_assert_eq(fchmod(to, mode), 0);
  (void)close(to);
}

static void made_sign(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const struct wanted *want)
{
  const char *purpose = want->purpose == NULL ? GNUTLS_KP_TLS_WWW_SERVER : want->purpose;
  bool is_usual = want->from_days == 0 && want->until_days == 0;
  unsigned char serial[] = {1, (unsigned char)want->serial};
  time_t now = time(NULL);

  cr_assert_eq(gnutls_x509_crt_set_version(crt, 3), 0);
  cr_assert_eq(gnutls_x509_crt_set_serial(crt, serial, sizeof serial), 0);
  cr_assert_eq(gnutls_x509_crt_set_key(crt, key), 0);
  cr_assert_eq(gnutls_x509_crt_set_dn(crt, "CN=localhost", NULL), 0);
  cr_assert_eq(
    gnutls_x509_crt_set_activation_time(crt, now + DAY_S * (is_usual ? -1 : want->from_days)), 0);
  cr_assert_eq(
    gnutls_x509_crt_set_expiration_time(crt, now + DAY_S * (is_usual ? 30 : want->until_days)), 0);
  cr_assert_eq(gnutls_x509_crt_set_key_purpose_oid(crt, purpose, 0), 0);
  if (!want->has_no_name)
    cr_assert_eq(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, "localhost", 9, 0),
                 0);
  cr_assert_eq(gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_UNKNOWN, 0), 0);
}

/* Writes a new pair over the one that is there. */
static void made_pair(const struct wanted *want)
{
  gnutls_pk_algorithm_t kind = want->kind == GNUTLS_PK_UNKNOWN ? GNUTLS_PK_ECDSA : want->kind;
  unsigned bits = want->bits == 0 ? GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1) : want->bits;
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t crt;
  gnutls_datum_t pem;

  cr_assert_eq(gnutls_x509_privkey_init(&key), 0);
  cr_assert_eq(gnutls_x509_crt_init(&crt), 0);
  cr_assert_eq(gnutls_x509_privkey_generate(key, kind, bits, 0), 0);
  made_sign(crt, key, want);
  cr_assert_eq(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem), 0);
  made_write(made_certificate, pem.data, pem.size, 0644);
  gnutls_free(pem.data);
  cr_assert_eq(
    gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem), 0);
  made_write(made_key, pem.data, pem.size, 0600);
  gnutls_free(pem.data);
  gnutls_x509_crt_deinit(crt);
  gnutls_x509_privkey_deinit(key);
}

#endif

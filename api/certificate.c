/* See certificate.h. The checks stand in the order in which a person would mend what they find. */
#include "api/certificate.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gnutls/x509.h>

#include "base/arena.h"
#include "base/guard.h"

#define FILE_MAX (64 * 1024)
#define FILES_ARENA_BYTES (4 * FILE_MAX)
#define KEY_ID_BYTES 32
#define NAME_MAX_BYTES 256

struct reading {
  struct arena *arena; /* the files as they are, wiped at the end */
  const struct certificate_files *files;
  struct certificate_refusal *why;
  gnutls_x509_crt_t chain[CERTIFICATE_CHAIN_MAX];
  unsigned count;
  gnutls_x509_privkey_t key;
};

static void reading_end(struct reading *reading)
{
  for (unsigned i = 0; i < reading->count; i++)
    gnutls_x509_crt_deinit(reading->chain[i]);
  if (reading->key != NULL) gnutls_x509_privkey_deinit(reading->key);
  arena_free(&reading->arena);
}

static enum err refuse(struct reading *reading, enum text_id says, const char *file)
{
  *reading->why = (struct certificate_refusal){says, file, DAY_NONE};
  return ERR_CERTIFICATE;
}

static enum err refuse_day(struct reading *reading, enum text_id says, time_t when)
{
  enum err err = refuse(reading, says, reading->files->certificate);

  reading->why->day = instant_day((struct instant){(int64_t)when * 1000000});
  return err;
}

/* ---- files ---- */

/* Nobody reads it but this user; or root gave it to a group, as for certificates on Debian. */
static bool is_private(const struct stat *file)
{
  mode_t others = file->st_mode & (S_IRWXG | S_IRWXO);

  if (file->st_uid == geteuid()) return others == 0;
  return file->st_uid == 0 && (others & (mode_t)~S_IRGRP) == 0;
}

static enum err read_open(struct reading *reading, gnutls_datum_t *ret_text, const char *path,
                          int fd)
{
  size_t held = 0;
  unsigned char *bytes = arena_take(reading->arena, FILE_MAX + 1);

  if (bytes == NULL) return ERR_MEMORY;
  while (held <= FILE_MAX) {
    ssize_t n = read(fd, bytes + held, FILE_MAX + 1 - held);

    if (n < 0) return refuse(reading, TEXT_TLS_UNREADABLE, path);
    if (n == 0) break;
    held += (size_t)n;
  }
  if (held > FILE_MAX) return refuse(reading, TEXT_TLS_UNREADABLE, path);
  *ret_text = (gnutls_datum_t){bytes, (unsigned)held};
  return OK;
}

/* O_NONBLOCK: what is no file may not hold up the start. */
static enum err read_file(struct reading *reading, gnutls_datum_t *ret_text, const char *path,
                          bool is_key)
{
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat file;
  enum err err;

  if (fd < 0) return refuse(reading, TEXT_TLS_UNREADABLE, path);
  if (fstat(fd, &file) != 0 || !S_ISREG(file.st_mode))
    err = refuse(reading, TEXT_TLS_UNREADABLE, path);
  else if (is_key && !is_private(&file) && GUARD(TLS_KEY_PRIVATE))
    err = refuse(reading, TEXT_TLS_KEY_NOT_PRIVATE, path);
  else
    err = read_open(reading, ret_text, path, fd);
  (void)close(fd);
  return err;
}

static enum err read_chain(struct reading *reading)
{
  const char *path = reading->files->certificate;
  unsigned count = CERTIFICATE_CHAIN_MAX;
  gnutls_datum_t pem;

  TRY(read_file(reading, &pem, path, false));
  if (gnutls_x509_crt_list_import(reading->chain, &count, &pem, GNUTLS_X509_FMT_PEM,
                                  GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED) <= 0)
    return refuse(reading, TEXT_TLS_NO_CERTIFICATE, path);
  reading->count = count;
  return OK;
}

static enum err read_key(struct reading *reading)
{
  const char *path = reading->files->key;
  gnutls_datum_t pem;

  TRY(read_file(reading, &pem, path, true));
  if (gnutls_x509_privkey_init(&reading->key) < 0) return ERR_MEMORY;
  if (gnutls_x509_privkey_import2(reading->key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0) < 0)
    return refuse(reading, TEXT_TLS_NO_KEY, path);
  return OK;
}

/* ---- what they say ---- */

static enum err check_pair(struct reading *reading)
{
  unsigned char of_certificate[KEY_ID_BYTES], of_key[KEY_ID_BYTES];
  size_t len = sizeof of_certificate, key_len = sizeof of_key;
  unsigned bits = 0;
  int kind = gnutls_x509_privkey_get_pk_algorithm2(reading->key, &bits);

  if (kind < 0 ||
      gnutls_pk_bits_to_sec_param((gnutls_pk_algorithm_t)kind, bits) < GNUTLS_SEC_PARAM_MEDIUM)
    return refuse(reading, TEXT_TLS_KEY_WEAK, reading->files->key);
  if (gnutls_x509_crt_get_key_id(reading->chain[0], GNUTLS_KEYID_USE_SHA256, of_certificate, &len) <
        0 ||
      gnutls_x509_privkey_get_key_id(reading->key, GNUTLS_KEYID_USE_SHA256, of_key, &key_len) < 0 ||
      len != key_len || memcmp(of_certificate, of_key, len) != 0)
    return refuse(reading, TEXT_TLS_NOT_A_PAIR, reading->files->key);
  return OK;
}

/* A chain is as good as its shortest-lived part: browsers look at each. */
static enum err check_days(struct reading *reading, struct instant now, struct instant *ret_until)
{
  int64_t now_s = now.us / 1000000, until_s = INT64_MAX / 1000000;

  for (unsigned i = 0; i < reading->count; i++) {
    time_t from = gnutls_x509_crt_get_activation_time(reading->chain[i]);
    time_t until = gnutls_x509_crt_get_expiration_time(reading->chain[i]);

    if (from == (time_t)-1 || until == (time_t)-1)
      return refuse(reading, TEXT_TLS_NO_CERTIFICATE, reading->files->certificate);
    if (from > now_s) return refuse_day(reading, TEXT_TLS_NOT_YET, from);
    if (until <= now_s) return refuse_day(reading, TEXT_TLS_EXPIRED, until);
    if (until < until_s) until_s = until;
  }
  *ret_until = (struct instant){until_s * 1000000};
  return OK;
}

static enum err check_use(struct reading *reading)
{
  gnutls_x509_crt_t own = reading->chain[0];
  char name[NAME_MAX_BYTES];
  size_t len = sizeof name;
  int kind = gnutls_x509_crt_get_subject_alt_name(own, 0, name, &len, NULL);

  if (gnutls_x509_crt_check_key_purpose(own, GNUTLS_KP_TLS_WWW_SERVER, 0) == 0)
    return refuse(reading, TEXT_TLS_NOT_FOR_A_SERVER, reading->files->certificate);
  if (kind < 0 && kind != GNUTLS_E_SHORT_MEMORY_BUFFER)
    return refuse(reading, TEXT_TLS_NO_NAME, reading->files->certificate);
  return OK;
}

/* Into the form in which GnuTLS shows them; the key changes hands. */
static enum err take(struct reading *reading, struct certificate *certificate)
{
  certificate->count = reading->count;
  if (gnutls_pcert_import_x509_list(certificate->chain, reading->chain, &certificate->count, 0) <
      0) {
    certificate->count = 0;
    return refuse(reading, TEXT_TLS_NO_CERTIFICATE, reading->files->certificate);
  }
  if (gnutls_privkey_init(&certificate->key) < 0) return ERR_MEMORY;
  if (gnutls_privkey_import_x509(certificate->key, reading->key,
                                 GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE) < 0)
    return refuse(reading, TEXT_TLS_NO_KEY, reading->files->key);
  reading->key = NULL;
  return OK;
}

enum err certificate_read(struct certificate *ret_certificate,
                          const struct certificate_files *files, struct instant now,
                          struct certificate_refusal *ret_why)
{
  OWNED(reading_end) struct reading reading = {.files = files, .why = ret_why};
  OWNED(certificate_free) struct certificate certificate = {0};

  TRY(arena_new(&reading.arena, FILES_ARENA_BYTES));
  TRY(read_chain(&reading));
  TRY(read_key(&reading));
  TRY(check_pair(&reading));
  TRY(check_days(&reading, now, &certificate.until));
  TRY(check_use(&reading));
  TRY(take(&reading, &certificate));
  *ret_certificate = certificate;
  certificate = (struct certificate){0};
  return OK;
}

void certificate_free(struct certificate *certificate)
{
  for (unsigned i = 0; i < certificate->count; i++)
    gnutls_pcert_deinit(&certificate->chain[i]);
  if (certificate->key != NULL) gnutls_privkey_deinit(certificate->key);
  *certificate = (struct certificate){0};
}

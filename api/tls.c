/* See tls.h. */
#include "api/tls.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/arena.h"

#define PAIR_ARENA_BYTES (64 * 1024)
#define TLS_ARENA_BYTES (64 * 1024)

struct tls_pair {
  struct arena *arena; /* it lives there */
  struct certificate certificate;
  atomic_uint users;
};

struct tls {
  struct arena *arena; /* it lives there */
  struct certificate_files files;
  struct outside outside;
  pthread_mutex_t lock; /* of `shown`: between reading it and counting one more user */
  struct tls_pair *shown;
};

static enum err pair_read(struct tls_pair **ret_pair, const struct tls *tls,
                          struct certificate_refusal *ret_why)
{
  struct certificate certificate;
  struct tls_pair *pair;
  struct arena *arena;

  TRY(certificate_read(&certificate, &tls->files, tls->outside.now(tls->outside.self), ret_why));
  if (arena_new(&arena, PAIR_ARENA_BYTES) != OK) {
    certificate_free(&certificate);
    return ERR_MEMORY;
  }
  pair = arena_take(arena, sizeof *pair); /* the cap is far more than one */
  pair->arena = arena;
  pair->certificate = certificate;
  atomic_init(&pair->users, 1);
  *ret_pair = pair;
  return OK;
}

void tls_give(struct tls_pair *pair)
{
  struct arena *arena;

  if (pair == NULL || atomic_fetch_sub(&pair->users, 1) > 1) return;
  certificate_free(&pair->certificate);
  arena = pair->arena;
  arena_free(&arena);
}

enum err tls_new(struct tls **ret_tls, const struct certificate_files *files,
                 struct outside outside, struct certificate_refusal *ret_why)
{
  OWNED(arena_free) struct arena *arena = NULL;
  struct tls *tls;

  TRY(arena_new(&arena, TLS_ARENA_BYTES));
  tls = arena_take(arena, sizeof *tls);
  if (tls == NULL) return ERR_MEMORY;
  tls->files = *files;
  tls->outside = outside;
  TRY(pair_read(&tls->shown, tls, ret_why));
  (void)pthread_mutex_init(&tls->lock, NULL);
  tls->arena = arena;
  arena = NULL;
  *ret_tls = tls;
  return OK;
}

void tls_free(struct tls **tls)
{
  struct arena *arena;

  if (tls == NULL || *tls == NULL) return;
  tls_give((*tls)->shown);
  (void)pthread_mutex_destroy(&(*tls)->lock);
  arena = (*tls)->arena;
  *tls = NULL;
  arena_free(&arena);
}

enum err tls_renew(struct tls *tls, struct certificate_refusal *ret_why)
{
  struct tls_pair *fresh, *before;

  TRY(pair_read(&fresh, tls, ret_why));
  (void)pthread_mutex_lock(&tls->lock);
  before = tls->shown;
  tls->shown = fresh;
  (void)pthread_mutex_unlock(&tls->lock);
  tls_give(before);
  return OK;
}

struct tls_pair *tls_take(struct tls *tls)
{
  struct tls_pair *pair;

  (void)pthread_mutex_lock(&tls->lock);
  pair = tls->shown;
  atomic_fetch_add(&pair->users, 1);
  (void)pthread_mutex_unlock(&tls->lock);
  return pair;
}

struct instant tls_until(struct tls *tls)
{
  struct tls_pair *pair = tls_take(tls);
  struct instant until = pair->certificate.until;

  tls_give(pair);
  return until;
}

void tls_show(struct tls_pair *pair, gnutls_pcert_st **ret_chain, unsigned *ret_count,
              gnutls_privkey_t *ret_key)
{
  *ret_chain = pair->certificate.chain;
  *ret_count = pair->certificate.count;
  *ret_key = pair->certificate.key;
}

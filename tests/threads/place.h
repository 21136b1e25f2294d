/* What the programs of this folder stand on: a register in a temporary folder, with real files and
 * keys, and a witness in memory that signs heads with a real key and only ever forward. They are
 * plain programs, because Criterion does not run under ThreadSanitizer; they say what went wrong
 * and exit 1. */
#ifndef TESTS_THREADS_PLACE_H
#define TESTS_THREADS_PLACE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "register/op.h"
#include "register/operations.h"

#define PLACE_ORIGIN "cnis.example/audit/1"

#define MUST(holds)                                                                                \
  do {                                                                                             \
    if (!(holds)) place_fail(__FILE__, __LINE__, #holds);                                          \
  } while (0)
#define MUST_OK(call) place_ok(__FILE__, __LINE__, #call, (call))

static inline void place_fail(const char *file, int line, const char *what)
{
  fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
  exit(1);
}

static inline void place_ok(const char *file, int line, const char *what, enum err err)
{
  if (err == OK) return;
  fprintf(stderr, "%s:%d: %s: %s\n", file, line, err_name(err), what);
  exit(1);
}

/* The heads thread's alone, once the register is open. */
struct place_witness {
  struct signer *signer;
  struct note_key key;
  uint64_t size;
  struct hash root;
};

struct place {
  char dir[64], register_dir[96], root_dir[96], socket[96];
  struct reg_config config;
  struct place_witness witness;
  struct head_witness seam;
  struct reg *reg;
};

static inline enum err place_last(void *self, uint64_t *ret_size, struct hash *ret_root)
{
  const struct place_witness *witness = self;

  *ret_size = witness->size;
  *ret_root = witness->root;
  return OK;
}

static inline enum err place_sign(void *self, char ret_note[static NOTE_MAX], size_t *ret_n,
                                  uint64_t old_size, const struct tree_proof *proof,
                                  uint64_t new_size, const struct hash *root)
{
  struct place_witness *witness = self;
  struct checkpoint checkpoint = {STR(PLACE_ORIGIN), new_size, *root};
  char body[NOTE_BODY_MAX];
  size_t n = 0;

  if (old_size != witness->size) return ERR_CUSTODIAN;
  if (old_size > 0) TRY(tree_verify_consistency(proof, old_size, &witness->root, new_size, root));
  TRY(checkpoint_write(body, &n, &checkpoint));
  TRY(note_sign(ret_note, ret_n, (struct str){body, n}, &witness->key, witness->signer));
  witness->size = new_size;
  witness->root = *root;
  return OK;
}

static inline size_t place_custodian(struct place *place, char text[static CUSTODIAN_PUB_MAX])
{
  const struct outside *outside = &place->config.outside;
  struct place_witness *witness = &place->witness;
  struct custodian_pub pub = {0};
  struct verify_key verify;
  struct key seed;

  outside->random(outside->self, pub.authority, ID_BYTES);
  outside->random(outside->self, &pub.shield, sizeof pub.shield);
  pub.shield.bytes[31] &= 0x7f;
  key_random(&seed, outside);
  MUST_OK(signer_new(&witness->signer, &seed));
  verify = signer_public(witness->signer);
  MUST_OK(note_key_make(&witness->key, STR(PLACE_ORIGIN), &verify));
  pub.log = witness->key;
  return custodian_pub_write(text, &pub);
}

static inline void place_open(struct place *place)
{
  struct reg_seams seams = {.witness = &place->seam};
  struct trail trail = {0};
  enum err err = reg_open_with(&place->reg, &place->config, &seams, &trail);

  if (err != OK && trail.where) fprintf(stderr, "%s\n", trail.where);
  MUST_OK(err);
}

static inline void place_begin(struct place *place)
{
  struct trail trail = {0};
  char pub[CUSTODIAN_PUB_MAX];

  *place = (struct place){.dir = "/tmp/cnis-threads-XXXXXX"};
  MUST_OK(crypto_ready());
  MUST(mkdtemp(place->dir) != NULL);
  snprintf(place->register_dir, sizeof place->register_dir, "%s/register", place->dir);
  snprintf(place->root_dir, sizeof place->root_dir, "%s/root", place->dir);
  snprintf(place->socket, sizeof place->socket, "%s/socket", place->dir);
  place->config = (struct reg_config){.register_dir = place->register_dir,
                                      .root_dir = place->root_dir,
                                      .outside = outside_real(),
                                      .log = {.fd = -1, .outside = outside_real()},
                                      .tick_us = 50000};
  place->seam = (struct head_witness){place_last, place_sign, &place->witness};
  const struct reg_init init = {.authority_name = STR("Awdurdod Enghreifftiol"),
                                .authority_code = STR("672"),
                                .origin = STR(PLACE_ORIGIN),
                                .regime = STR("illustration-2026-09"),
                                .custodian_pub = {pub, place_custodian(place, pub)},
                                .synthetic = true};
  MUST_OK(reg_create(&place->config, &init, &trail));
  place_open(place);
}

/* The folder stays when something went wrong. */
static inline void place_end(struct place *place)
{
  char command[128];

  reg_close(&place->reg);
  signer_free(&place->witness.signer);
  snprintf(command, sizeof command, "rm -rf %s", place->dir);
  MUST(system(command) == 0);
}

/* ---- one request without HTTP ---- */

struct place_wait {
  pthread_mutex_t lock;
  pthread_cond_t said;
  bool is_said;
  enum err err;
};

static inline void place_said(void *self, enum err err)
{
  struct place_wait *wait = self;

  pthread_mutex_lock(&wait->lock);
  wait->err = err;
  wait->is_said = true;
  pthread_cond_signal(&wait->said);
  pthread_mutex_unlock(&wait->lock);
}

static inline enum err place_submit(struct op *op)
{
  struct place_wait wait = {.lock = PTHREAD_MUTEX_INITIALIZER, .said = PTHREAD_COND_INITIALIZER};

  reg_submit(op, place_said, &wait);
  pthread_mutex_lock(&wait.lock);
  while (!wait.is_said)
    pthread_cond_wait(&wait.said, &wait.lock);
  pthread_mutex_unlock(&wait.lock);
  return wait.err;
}

/* A child with a name; ERR_BUSY while spare keys are being made, ERR_MOVED when it has to be done
 * again. */
static inline enum err place_child(struct op *op, struct id *ret_id, const char *surname,
                                   enum level level)
{
  struct entry_of entry = {.action = ACTION_ENTRY_CREATE};
  struct value name = value_absent;
  struct record *record = NULL;
  struct audit_secret secret;
  struct safety safety;

  arena_reset(op->arena);
  MUST_OK(op_begin(op));
  MUST_OK(op_record_new(op, &record));
  name.text = (struct personal){surname, strlen(surname)};
  name.state = VALUE_CHECKED;
  record_set(record, FIELD_surname, 0, name);
  MUST_OK(record_safety(record, &safety));
  safety.level = level;
  MUST_OK(record_set_safety(op->arena, record, &safety));
  MUST_OK(record_audit(record, &secret));
  entry.child = &secret;
  entry.record = record->id;
  TRY(op_put(op, record, NULL));
  MUST_OK(op_entry(op, &entry));
  *ret_id = record->id;
  return place_submit(op);
}

#endif

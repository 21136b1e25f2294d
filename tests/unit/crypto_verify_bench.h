/* A folder, a log key and a manifest key, and the program to be judged, for the tests of
 * cnis-verify. */
#ifndef TESTS_UNIT_CRYPTO_VERIFY_BENCH_H
#define TESTS_UNIT_CRYPTO_VERIFY_BENCH_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/package.h"
#include "crypto/text.h"

#define ORIGIN "cnis.example/audit/1"

struct bench {
  char dir[64];
  struct signer *log, *manifest;
  struct note_key log_key, manifest_key;
  struct arena *arena;
  struct outside outside;
};

static inline struct hash hash_of(const char *hex)
{
  struct hash hash;
  cr_assert(hex_read(hash.bytes, HASH_BYTES, str_from(hex)));
  return hash;
}

static inline struct str copy(struct bench *bench, const char *text, size_t n)
{
  char *to = arena_take(bench->arena, n + 1);
  memcpy(to, text, n);
  return (struct str){to, n};
}

static inline void save(struct bench *bench, const char *name, struct str text)
{
  char path[128];
  snprintf(path, sizeof(path), "%s/%s", bench->dir, name);
  FILE *file = fopen(path, "w");
  cr_assert_not_null(file);
  cr_assert_eq(fwrite(text.ptr, 1, text.len, file), text.len);
  fclose(file);
}

static inline int verify(struct bench *bench, const char *arguments)
{
  char command[512];
  const char *bin = getenv("BIN_DIR");
  snprintf(command, sizeof(command), "cd %s && %s/cnis-verify %s >said 2>&1", bench->dir,
           bin == NULL ? "./bin" : bin, arguments);
  return WEXITSTATUS(system(command));
}

static inline struct signer *new_signer(struct bench *bench)
{
  struct key seed;
  struct signer *signer = NULL;
  key_random(&seed, &bench->outside);
  cr_assert_eq(signer_new(&signer, &seed), OK);
  return signer;
}

static inline struct bench set_up(void)
{
  struct bench bench = {.dir = "/tmp/cnis-verify-XXXXXX", .outside = outside_real()};
  char vkey[NOTE_VKEY_MAX];
  cr_assert_eq(crypto_ready(), OK);
  cr_assert_not_null(mkdtemp(bench.dir));
  cr_assert_eq(arena_new(&bench.arena, 1 << 22), OK);
  bench.log = new_signer(&bench);
  bench.manifest = new_signer(&bench);
  struct verify_key key = signer_public(bench.log);
  cr_assert_eq(note_key_make(&bench.log_key, STR(ORIGIN), &key), OK);
  key = signer_public(bench.manifest);
  cr_assert_eq(package_key(&bench.manifest_key, STR(ORIGIN), &key), OK);
  size_t n = note_vkey_write(vkey, &bench.log_key);
  save(&bench, "key", (struct str){vkey, n});
  return bench;
}

static inline void tear_down(struct bench *bench)
{
  char command[128];
  snprintf(command, sizeof(command), "rm -r %s", bench->dir);
  cr_assert_eq(system(command), 0);
  signer_free(&bench->log);
  signer_free(&bench->manifest);
  arena_free(&bench->arena);
}

static inline struct str head_note(struct bench *bench, uint64_t size, struct hash root,
                                   const struct signer *signer)
{
  struct checkpoint head = {.origin = STR(ORIGIN), .size = size, .root = root};
  char body[NOTE_BODY_MAX], note[NOTE_MAX];
  size_t body_n = 0, n = 0;
  cr_assert_eq(checkpoint_write(body, &body_n, &head), OK);
  cr_assert_eq(note_sign(note, &n, (struct str){body, body_n}, &bench->log_key, signer), OK);
  return copy(bench, note, n);
}

static inline struct str proof_text(struct bench *bench, const struct note_proof *proof)
{
  char text[NOTE_PROOF_MAX];
  size_t n = 0;
  cr_assert_eq(note_proof_write(text, sizeof(text), &n, proof), OK);
  return copy(bench, text, n);
}

#endif

/* cnis-verify: checks proofs offline, with a public key and no secret, no database, no server. What
 * it prints of an input has been authenticated first. */
#ifndef CLI_VERIFY_H
#define CLI_VERIFY_H

#include "base/arena.h"
#include "base/text.h"
#include "crypto/note.h"

/* Exit codes: part of the interface. The first that applies to an input is its verdict; of several
 * inputs the gravest is the program's (the order below, equivocation first). */
enum verdict {
  VERDICT_HOLDS = 0,
  VERDICT_PROOF_FAILS = 1,
  VERDICT_MALFORMED = 2,
  VERDICT_SIGNATURE = 3,
  VERDICT_STALE = 4,
  VERDICT_EQUIVOCATION = 5,
  VERDICT_EXPIRED = 6, /* a package that holds, past its day */
  VERDICT_USAGE = 64,
  VERDICT_NO_INPUT = 66,
  VERDICT_INTERNAL = 70
};

#define VERIFY_KEYS_MAX 16
#define VERIFY_INPUT_MAX ((size_t)64 * 1024 * 1024)

struct verify {
  struct note_key keys[VERIFY_KEYS_MAX]; /* of logs that are trusted */
  size_t key_count;
  uint64_t at_least; /* a head smaller than this is stale */
  struct str leaf;   /* given apart from the proof; ptr NULL: the proof's extra line is the leaf */
  struct instant on; /* the moment at which a package must not have expired */
  bool is_package;
  bool json;
  enum lang lang;
  struct arena *arena;
  struct outside outside;
};

enum verdict verdict_of(enum err err);
enum verdict verdict_graver(enum verdict a, enum verdict b);

/* ---- input (verify_input.c) ---- */

/* A whole file, or standard input for "-". ERR_ABSENT, ERR_TOO_LARGE, ERR_MEMORY, ERR_IO. */
MUST_USE enum err verify_read(struct verify *verify, struct str *ret_text, const char *path);
struct verify_sink {
  enum verdict (*take)(void *self, struct verify *verify, const char *name, struct str text);
  void *self;
};
/* Each file in turn; a folder stands for its files in the order of their names. */
enum verdict verify_each(struct verify *verify, char **paths, int count,
                         const struct verify_sink *sink);
/* custodian.pub, lines of c2sp.org/tlog-policy with quorum "none", or verifier keys alone. */
MUST_USE enum err verify_keys(struct verify *verify, struct str text);

/* ---- what is said (verify_main.c) ---- */

void verify_say(struct verify *verify, enum text_id id, const struct str *slots, size_t count);
#define VERIFY_SAY(verify, id, ...)                                                                \
  verify_say((verify), (id), (const struct str[]){__VA_ARGS__},                                    \
             sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))
struct str verify_number(struct verify *verify, uint64_t value);
/* That an input does not hold, and why, in words or as JSON. Returns the verdict. */
enum verdict verify_fails(struct verify *verify, const char *name, enum verdict verdict);

/* The note's checkpoint, if a trusted log signed it. ERR_INPUT, ERR_REFUSED. */
MUST_USE enum err verify_head(const struct verify *verify, struct checkpoint *ret_head,
                              const struct note_key **ret_key, struct str note);

/* ---- verbs ---- */

enum verdict verify_proof(struct verify *verify, char **paths, int count);
enum verdict verify_consistency(struct verify *verify, char **paths, int count);

#endif

/* Signed notes, checkpoints, proofs as text and tile paths, as in c2sp.org: signed-note,
 * tlog-checkpoint, tlog-proof, tlog-tiles. Parsing is strict and gives out only what a known key
 * has signed. Nothing here allocates: texts go to the caller's buffer, parsed parts point into the
 * caller's text. */
#ifndef CRYPTO_NOTE_H
#define CRYPTO_NOTE_H

#include "base/str.h"
#include "crypto/sign.h"
#include "crypto/tree.h"

#define NOTE_NAME_MAX 120 /* bytes of a key name, which is also the log's origin */
#define NOTE_BODY_MAX 256 /* a checkpoint's text */
#define NOTE_MAX 8192     /* a note with its signatures: 16 witnesses fit */
#define NOTE_LINES_MAX 32 /* signature lines that are looked at; more are refused */
#define NOTE_VKEY_MAX (NOTE_NAME_MAX + 1 + 8 + 1 + 44)
#define NOTE_PROOF_MAX (NOTE_MAX + 64 + TREE_PROOF_MAX * 45)
#define NOTE_PATH_MAX 64

/* A public key with its name, as verifiers pin it. */
struct note_key {
  size_t name_len;
  char name[NOTE_NAME_MAX];
  uint8_t id[4]; /* SHA-256(name || "\n" || 0x01 || key), first four bytes */
  struct verify_key key;
};
/* ERR_INPUT: a name that is empty, too long, or holds a space, a plus or a control character. */
MUST_USE enum err note_key_make(struct note_key *ret_key, struct str name,
                                const struct verify_key *key);
/* "<name>+<id in hexadecimal>+<base64 of 0x01 || key>", at most NOTE_VKEY_MAX bytes; returns its
 * length. */
size_t note_vkey_write(char ret_text[static NOTE_VKEY_MAX], const struct note_key *key);
MUST_USE enum err note_vkey_parse(struct note_key *ret_key, struct str text); /* ERR_INPUT */

struct checkpoint {
  struct str origin;
  uint64_t size;
  struct hash root;
};
/* The three lines; *ret_n is their length. ERR_INPUT: an origin that cannot be one. */
MUST_USE enum err checkpoint_write(char ret_text[static NOTE_BODY_MAX], size_t *ret_n,
                                   const struct checkpoint *checkpoint);
/* Exactly three lines, canonical; extension lines are refused. ERR_INPUT. */
MUST_USE enum err checkpoint_parse(struct checkpoint *ret_checkpoint, struct str body);

/* Body, blank line, one signature line. The body must end with a newline. */
MUST_USE enum err note_sign(char ret_note[static NOTE_MAX], size_t *ret_n, struct str body,
                            const struct note_key *key, const struct signer *signer);
/* Adds a signature line to a note (the overlap of a key rotation). ERR_TOO_LARGE. */
MUST_USE enum err note_cosign(char note[static NOTE_MAX], size_t *n, const struct note_key *key,
                              const struct signer *signer);

/* The signed text of a note, if at least one of the known keys signed it and none of them wrongly;
 * lines of unknown keys are ignored. Bit i of *ret_signed (may be NULL): keys[i] signed; at most 64
 * keys. ERR_INPUT: malformed; ERR_REFUSED: a known key's signature is wrong, or no known key
 * signed. */
MUST_USE enum err note_open(struct str *ret_body, uint64_t *ret_signed, struct str note,
                            const struct note_key *keys, size_t key_count);
/* Body and origin too: the origin must be the name of the key (one log, one name). */
MUST_USE enum err note_open_checkpoint(struct checkpoint *ret_checkpoint, struct str note,
                                       const struct note_key *log_key);

/* c2sp.org/tlog-proof: index, inclusion proof, checkpoint verbatim. `extra` is opaque bytes that
 * nobody signed, in base64 as it stands in the file; empty: no such line. */
struct note_proof {
  uint64_t index;
  struct tree_proof proof;
  struct str checkpoint; /* the signed note */
  struct str extra;      /* base64 */
};
MUST_USE enum err note_proof_write(char *ret_text, size_t capacity, size_t *ret_n,
                                   const struct note_proof *proof); /* ERR_TOO_LARGE */
MUST_USE enum err note_proof_parse(struct note_proof *ret_proof, struct str text); /* ERR_INPUT */
/* Signature, origin, size and inclusion of this leaf: OK only when all hold. */
MUST_USE enum err note_proof_verify(struct checkpoint *ret_checkpoint,
                                    const struct note_proof *proof, const struct note_key *log_key,
                                    const void *leaf, size_t n);

/* "tile/0/x001/234", ".p/<width>" for a partial one; "tile/entries/..." for leaves. */
#define NOTE_TILE_ENTRIES UINT32_MAX
struct note_tile {
  uint32_t level; /* 0 to 63, or NOTE_TILE_ENTRIES */
  uint64_t n;
  unsigned width; /* 1 to 256 */
};
size_t note_tile_path(char ret_path[static NOTE_PATH_MAX], struct note_tile tile);
MUST_USE enum err note_tile_parse(struct note_tile *ret_tile, struct str path); /* ERR_INPUT */

#endif

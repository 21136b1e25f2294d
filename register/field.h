/* Where the fields of a record stand and the bytes that are sealed for them. This file knows no
 * SQL. It must never decide who sees what. */
#ifndef REGISTER_FIELD_H
#define REGISTER_FIELD_H

#include "crypto/envelope.h"
#include "crypto/shield.h"
#include "register/value.h"

/* ---- where it stands ---- */

#define BODY_BYTES 44144
#define PATCHES_BYTES (SHIELD_PATCHES * SHIELD_PATCH_BYTES)

size_t field_sealed_bytes(enum field field);          /* one slot */
size_t field_bucket(enum field field);                /* what one slot holds, padding included */
size_t field_offset(enum field field, unsigned slot); /* in the body; not for HOME_BLOB */

/* ---- a value, sealed ---- */

/* Head: u8 state, u8 said_by, u8 source, u8 flags, i32 since, i32 recorded; then the text.
 * Little-endian. */
#define VALUE_HEAD_BYTES 12
#define VALUE_EVENT_BYTES 6 /* more, of a value that says what came of an event */
#define VALUE_BYTES_MAX 512 /* the largest bucket of fields.def */
/* Writes the head, VALUE_EVENT_BYTES where outcome, route or until are said, and the text; returns
 * the number of bytes. */
size_t value_encode(uint8_t ret_bytes[static VALUE_BYTES_MAX], const struct value *value);
/* The text points into `bytes`. ERR_CORRUPT for anything that value_encode does not write. */
MUST_USE enum err value_decode(struct value *ret_value, const void *bytes, size_t n);

/* ---- protection, as it is sealed in FIELD_protection ---- */

struct safety {
  enum level level;
  bool first_decided;          /* a person has decided; without it nothing goes outward */
  bool ever_protected;         /* then unknown is left only by a lowering (promise 5) */
  bool asked_for;              /* a protection request waits */
  bool blob_in_use;            /* its blob, or a patch on the way there, may hold something */
  bool in_transit;             /* shielded by its level; the values still lie in casework, until the
                                  custodian has put them beside what the blob holds (shelter.c) */
  uint8_t against, protects;   /* bitsets of people slots */
  enum level person[PEOPLE];   /* the slot's words read this level when it is above the record's */
  uint8_t household[ID_BYTES]; /* random, set when protection is raised; zero: none */
  struct day raised, review;
};
#define SAFETY_BYTES 36
void safety_encode(uint8_t ret_bytes[static SAFETY_BYTES], const struct safety *safety);
MUST_USE enum err safety_decode(struct safety *ret_safety, const void *bytes,
                                size_t n); /* ERR_CORRUPT */

/* ---- what FIELD_audit_key holds: the child's part of the log ---- */

struct audit_secret {
  uint8_t stream[ID_BYTES]; /* names the child in the log, and nowhere else */
  struct key seed;          /* views and items of this child are sealed under keys made from it */
};
void audit_secret_wipe(struct audit_secret *secret); /* for OWNED */

#endif

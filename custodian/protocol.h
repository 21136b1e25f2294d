/* What goes over the Unix socket between the serving process and the custodian, for both sides.
 * It must never carry a key that opens or signs. Strict: one message, one byte string; a frame of
 * the wrong version, kind, size or layout ends the connection.
 *
 *   frame    u32 n | n bytes: u8 version 1 | u8 kind | u16 status | body        (little-endian)
 *
 * The caller sends status 0; the custodian answers with the same kind and an enum
 * custodian_status, and with an empty body unless it is OK. One request, one answer, in turn. */
#ifndef CUSTODIAN_PROTOCOL_H
#define CUSTODIAN_PROTOCOL_H

#include "base/str.h"
#include "crypto/leaf.h"
#include "crypto/note.h"
#include "crypto/shield.h"
#include "crypto/ticket.h"

#define PROTOCOL_VERSION 1
#define PROTOCOL_LENGTH_BYTES 4
#define PROTOCOL_HEAD_BYTES 4
#define PROTOCOL_BODY_MAX ((size_t)64 * 1024)
#define PROTOCOL_FRAME_MAX (PROTOCOL_LENGTH_BYTES + PROTOCOL_HEAD_BYTES + PROTOCOL_BODY_MAX)

/* Why the custodian did not do it. A(name, number, error to the caller, what a trail says) */
#define CUSTODIAN_STATUSES(A)                                                                      \
  A(OK, 0, OK, "custodian: done")                                                                  \
  A(MALFORMED, 1, ERR_CUSTODY_REFUSED, "custodian: the message is malformed")                      \
  A(FORBIDDEN, 2, ERR_CUSTODY_REFUSED, "custodian: this caller may not ask that")                  \
  A(HEAD, 3, ERR_CUSTODY_REFUSED, "custodian: the head does not grow from the last one signed")    \
  A(SIGNATURE, 4, ERR_CUSTODY_SIGNATURE,                                                           \
    "custodian: a signature is missing, wrong, or not by an enrolled key")                         \
  A(EVIDENCE, 5, ERR_CUSTODY_TICKET,                                                               \
    "custodian: the committed entry does not bear the ticket out")                                 \
  A(EXPIRED, 6, ERR_CUSTODY_TICKET, "custodian: the ticket has expired, or lives too long")        \
  A(SPENT, 7, ERR_CUSTODY_SPENT, "custodian: the ticket was used before")                          \
  A(BUDGET, 8, ERR_CUSTODY_BUDGET, "custodian: the hourly budget is used up")                      \
  A(CORE, 9, ERR_CUSTODY_REFUSED, "custodian: the shielded value did not open")                    \
  A(TOO_LARGE, 10, ERR_CUSTODY_REFUSED, "custodian: the result does not fit")                      \
  A(NOT_READY, 11, ERR_CUSTODY_REFUSED,                                                            \
    "custodian: not all protected values have been learnt yet")                                    \
  A(FULL, 12, ERR_CUSTODY_REFUSED, "custodian: no room for another")                               \
  A(STORE, 13, ERR_CUSTODY_REFUSED, "custodian: its own files cannot be written")                  \
  A(WITHDRAWN, 14, ERR_CUSTODY_WITHDRAWN, "custodian: this key was withdrawn")                     \
  A(NO_KEY, 15, ERR_CUSTODY_REFUSED, "custodian: this person has no key with this fingerprint")

enum custodian_status {
#define A(name, number, err, text) CUSTODIAN_##name = number,
  CUSTODIAN_STATUSES(A)
#undef A
};
#define CUSTODIAN_STATUS_MAX 15
const char *custodian_status_text(unsigned status); /* static literal; NULL when unknown */
enum err custodian_status_err(unsigned status);     /* ERR_CUSTODIAN when unknown */

enum custodian_kind {
#define R(number, KIND, name, callers, body_min, body_max) CUSTODIAN_##KIND = number,
#include "custodian/requests.def"
#undef R
};

/* ---- what is asked and answered ---- */

/* Each sealed value in a blob begins with register's own head (field.h); text follows. The
 * custodian returns heads as they are, and leaves them out where it reads the text itself. */
#define CUSTODIAN_VALUE_HEAD 12

#define CUSTODIAN_SIGNATURES_MAX 6
#define CUSTODIAN_VIEW_MAX 4096 /* bytes of one opened view */
#define CUSTODIAN_TEXT_MAX 16384
#define CUSTODIAN_OWN_MAX 16
#define CUSTODIAN_TICKET_LIFE_US                                                                   \
  ((int64_t)24 * 60 * 60 * 1000000)     /* a ticket that lives longer is refused */
#define CUSTODIAN_BUDGET_AN_HOUR 30     /* openings, for each person */
#define CUSTODIAN_COMPARES_AN_HOUR 2000 /* for the serving process */

struct custodian_head {
  uint64_t size; /* 0: none signed yet */
  struct hash root;
};

struct custodian_public {
  uint8_t instance[ID_BYTES]; /* new at each start: what was learnt before is forgotten */
  struct custodian_head last;
  uint32_t able; /* people with a key that counts */
};

/* A head to be signed, and why it follows from the one signed before. */
struct custodian_growth {
  uint64_t old_size; /* the custodian's last; 0 with an empty proof for the first head ever */
  uint64_t size;
  struct hash root;
  struct tree_proof proof; /* consistency of old_size with size */
};

/* One opened view of the entry: the payload is the very bytes that were hashed. */
struct custodian_view {
  uint8_t salt[LEAF_SALT_BYTES];
  const void *payload;
  size_t n; /* at most CUSTODIAN_VIEW_MAX */
};

/* That the entry which a ticket rests on is committed. `ops` stays closed. The views are JSON
 * objects as register/audit.c writes them; among the three of them these members stand exactly
 * once: "staff"      hexadecimal, 16 bytes: the account; equals ticket.person "child" hexadecimal,
 * 16 bytes: the record id; equals ticket.record "released"   base64, the bitset of the granted
 * fields; the ticket's are among them "purposes"   array of policy words; the ticket's is among
 * them "approvals"  how many approvals the policy made pending */
struct custodian_evidence {
  uint64_t index;
  struct custodian_view core, who, what;
  struct hash ops;         /* its commitment */
  struct tree_proof proof; /* inclusion under the head */
  struct str head;         /* a note that this custodian signed */
};

struct custodian_opening {
  struct ticket ticket;
  struct ticket_signature
    signatures[CUSTODIAN_SIGNATURES_MAX]; /* the requester's and the approvals */
  unsigned signature_count;
  struct custodian_evidence evidence;
  const void *core; /* SHIELD_BLOB_CORE_BYTES of ticket.record */
};

struct custodian_merge {
  struct shield_place blob_place,
    patch_place; /* versions are not used: they bind the outer layer */
  const void *blob_core, *patch_core;
};

/* One record's blob, so that its values are known to compare. The bitset says which fields are
 * compared (names, addresses, phones, e-mails); an empty blob makes the record forgotten. */
struct custodian_learning {
  uint8_t record[ID_BYTES];
  uint8_t fields[TICKET_FIELD_BYTES];
  bool is_last; /* every record has been told since the custodian started: compare may answer */
  const void *core;
};

struct custodian_comparison {
  struct personal text;
  struct personal own[CUSTODIAN_OWN_MAX]; /* what the recipient gave about themselves: no hit */
  unsigned own_count;
};

struct custodian_enrolment {
  uint8_t person[ID_BYTES];
  struct verify_key key;
};

/* By its fingerprint, as whoever withdraws it has it before them. */
struct custodian_withdrawal {
  uint8_t person[ID_BYTES];
  char fingerprint[FINGERPRINT_TEXT];
};

/* A key that was withdrawn stays named, so that what it once signed can be explained. */
struct custodian_key {
  struct custodian_enrolment of;
  struct instant since, withdrawn; /* withdrawn.us 0: it counts */
};

/* All keys in the order of their enrolment, a page at a time; fewer than a page: the last one. */
#define CUSTODIAN_KEYS_A_PAGE 128
struct custodian_keys {
  size_t count;
  struct custodian_key at[CUSTODIAN_KEYS_A_PAGE];
};

/* Lists of selected values, as `open` and `lower` return them, are texts of crypto/shield.h
 * (shield_next reads them). */

/* ---- sizes ---- */

#define PROTOCOL_PROOF_MAX (1 + TREE_PROOF_MAX * HASH_BYTES)
#define PROTOCOL_SIGN_MIN (8 + 8 + HASH_BYTES + 1)
#define PROTOCOL_SIGN_MAX (PROTOCOL_SIGN_MIN - 1 + PROTOCOL_PROOF_MAX)
#define PROTOCOL_VIEW_MIN (LEAF_SALT_BYTES + 2)
#define PROTOCOL_OPEN_MIN                                                                          \
  (2 + 1 + 8 + 3 * PROTOCOL_VIEW_MIN + HASH_BYTES + 1 + 2 + SHIELD_BLOB_CORE_BYTES)
#define PROTOCOL_OPEN_MAX                                                                          \
  (PROTOCOL_OPEN_MIN - 1 + TICKET_MAX + CUSTODIAN_SIGNATURES_MAX * TICKET_SIGNED_BYTES +           \
   3 * CUSTODIAN_VIEW_MAX + PROTOCOL_PROOF_MAX + NOTE_MAX)
#define PROTOCOL_MERGE_BYTES (ID_BYTES + 2 + SHIELD_BLOB_CORE_BYTES + SHIELD_PATCH_CORE_BYTES)
#define PROTOCOL_LEARN_BYTES (ID_BYTES + TICKET_FIELD_BYTES + 1 + SHIELD_BLOB_CORE_BYTES)
#define PROTOCOL_COMPARE_MIN (2 + 1)
#define PROTOCOL_COMPARE_MAX (PROTOCOL_COMPARE_MIN + 2 * CUSTODIAN_TEXT_MAX)
#define PROTOCOL_ENROL_BYTES (ID_BYTES + 32)
#define PROTOCOL_KEYS_BYTES 4 /* number of the first key asked for */
#define PROTOCOL_KEY_BYTES (PROTOCOL_ENROL_BYTES + 8 + 8)
#define PROTOCOL_WITHDRAW_BYTES (ID_BYTES + FINGERPRINT_TEXT)
#define PROTOCOL_WHOSE_BYTES 32 /* a public key; the answer is its person, ID_BYTES */

/* ---- writing and reading bytes ---- */

/* Both stop at the first byte that does not fit and stay failed; callers look once, at the end. */
struct protocol_writer {
  uint8_t *bytes;
  size_t capacity, n;
  bool failed;
};
struct protocol_reader {
  const uint8_t *bytes;
  size_t n, at;
  bool failed;
};
void protocol_put(struct protocol_writer *writer, const void *bytes, size_t n);
void protocol_put_number(struct protocol_writer *writer, uint64_t value, unsigned bytes);
/* NULL and failed when fewer than n bytes are left. The bytes stay in the frame. */
const void *protocol_get(struct protocol_reader *reader, size_t n);
uint64_t protocol_get_number(struct protocol_reader *reader, unsigned bytes);
bool protocol_is_done(const struct protocol_reader *reader); /* all read, nothing failed */

/* Each pair is exact: what put writes is all that get accepts. Pointers point into the frame. get
 * fails with ERR_INPUT; put sets writer->failed for what a frame cannot hold. */
void protocol_put_growth(struct protocol_writer *writer, const struct custodian_growth *growth);
MUST_USE enum err protocol_get_growth(struct custodian_growth *ret, struct protocol_reader *reader);
void protocol_put_opening(struct protocol_writer *writer, const struct custodian_opening *opening);
MUST_USE enum err protocol_get_opening(struct custodian_opening *ret,
                                       struct protocol_reader *reader);
void protocol_put_merge(struct protocol_writer *writer, const struct custodian_merge *merge);
MUST_USE enum err protocol_get_merge(struct custodian_merge *ret, struct protocol_reader *reader,
                                     const uint8_t authority[static ID_BYTES]);
void protocol_put_learning(struct protocol_writer *writer,
                           const struct custodian_learning *learning);
MUST_USE enum err protocol_get_learning(struct custodian_learning *ret,
                                        struct protocol_reader *reader);
void protocol_put_comparison(struct protocol_writer *writer,
                             const struct custodian_comparison *comparison);
MUST_USE enum err protocol_get_comparison(struct custodian_comparison *ret,
                                          struct protocol_reader *reader);
void protocol_put_enrolment(struct protocol_writer *writer,
                            const struct custodian_enrolment *enrolment);
MUST_USE enum err protocol_get_enrolment(struct custodian_enrolment *ret,
                                         struct protocol_reader *reader);
void protocol_put_withdrawal(struct protocol_writer *writer,
                             const struct custodian_withdrawal *withdrawal);
MUST_USE enum err protocol_get_withdrawal(struct custodian_withdrawal *ret,
                                          struct protocol_reader *reader);
void protocol_put_keys(struct protocol_writer *writer, const struct custodian_keys *keys);
MUST_USE enum err protocol_get_keys(struct custodian_keys *ret, struct protocol_reader *reader);
void protocol_put_public(struct protocol_writer *writer, const struct custodian_public *told);
MUST_USE enum err protocol_get_public(struct custodian_public *ret, struct protocol_reader *reader);

/* ---- frames ---- */

/* The body is written behind the head, in place: begin, put the body, finish. */
struct protocol_writer protocol_frame_begin(uint8_t *frame, size_t capacity);
/* Bytes of the whole frame; 0 when the body did not fit. */
size_t protocol_frame_finish(struct protocol_writer *writer, unsigned kind, unsigned status);

struct protocol_frame {
  unsigned kind, status;
  const uint8_t *body;
  size_t n;
};
/* Reads and writes a whole frame on a blocking socket, each within the time left until `mono_us`
 * reaches `until_us`. Reading: ERR_ABSENT at an orderly end between frames, ERR_INPUT for a wrong
 * version or length, ERR_IO for all else. `frame` holds PROTOCOL_FRAME_MAX bytes. */
MUST_USE enum err protocol_receive(int fd, uint8_t *frame, struct protocol_frame *ret_frame,
                                   const struct outside *outside, uint64_t until_us);
MUST_USE enum err protocol_send(int fd, const uint8_t *frame, size_t n,
                                const struct outside *outside, uint64_t until_us);

#endif

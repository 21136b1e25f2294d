/* Bytes of the messages between the serving process and the custodian, both directions in one file
 * so that one review sees both. It must never accept two spellings of one message. */
#include "custodian/protocol.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

const char *custodian_status_text(unsigned status)
{
#define A(name, number, err, text)                                                                 \
  if (status == number) return text;
  CUSTODIAN_STATUSES(A)
#undef A
  return NULL;
}

enum err custodian_status_err(unsigned status)
{
#define A(name, number, err, text)                                                                 \
  if (status == number) return err;
  CUSTODIAN_STATUSES(A)
#undef A
  return ERR_CUSTODIAN;
}

/* ---- bytes ---- */

void protocol_put(struct protocol_writer *writer, const void *bytes, size_t n)
{
  if (writer->failed || n > writer->capacity - writer->n) {
    writer->failed = true;
    return;
  }
  if (n > 0) memcpy(writer->bytes + writer->n, bytes, n);
  writer->n += n;
}

void protocol_put_number(struct protocol_writer *writer, uint64_t value, unsigned bytes)
{
  uint8_t little_endian[8];
  for (unsigned i = 0; i < 8; i++)
    little_endian[i] = (uint8_t)(value >> (8 * i));
  if (bytes < 8 && value >> (8 * bytes) != 0) writer->failed = true;
  protocol_put(writer, little_endian, bytes);
}

const void *protocol_get(struct protocol_reader *reader, size_t n)
{
  if (reader->failed || n > reader->n - reader->at) {
    reader->failed = true;
    return NULL;
  }
  const void *bytes = reader->bytes + reader->at;
  reader->at += n;
  return bytes;
}

uint64_t protocol_get_number(struct protocol_reader *reader, unsigned bytes)
{
  const uint8_t *little_endian = protocol_get(reader, bytes);
  uint64_t value = 0;
  for (unsigned i = bytes; little_endian != NULL && i > 0; i--)
    value = value << 8 | little_endian[i - 1];
  return value;
}

bool protocol_is_done(const struct protocol_reader *reader)
{
  return !reader->failed && reader->at == reader->n;
}

static void get_into(struct protocol_reader *reader, void *ret, size_t n)
{
  const void *bytes = protocol_get(reader, n);
  if (bytes != NULL) memcpy(ret, bytes, n);
}

static enum err get_done(const struct protocol_reader *reader)
{
  return protocol_is_done(reader) ? OK : ERR_INPUT;
}

/* A length of two bytes, and that many bytes. */
static void put_sized(struct protocol_writer *writer, const void *bytes, size_t n, size_t max)
{
  if (n > max) writer->failed = true;
  protocol_put_number(writer, n, 2);
  protocol_put(writer, bytes, n);
}

static const void *get_sized(struct protocol_reader *reader, size_t *ret_n, size_t max)
{
  size_t n = (size_t)protocol_get_number(reader, 2);
  if (n > max) reader->failed = true;
  *ret_n = n;
  return protocol_get(reader, n);
}

static void put_proof(struct protocol_writer *writer, const struct tree_proof *proof)
{
  if (proof->count > TREE_PROOF_MAX) {
    writer->failed = true;
    return;
  }
  protocol_put_number(writer, proof->count, 1);
  for (unsigned i = 0; i < proof->count; i++)
    protocol_put(writer, proof->hashes[i].bytes, HASH_BYTES);
}

static void get_proof(struct protocol_reader *reader, struct tree_proof *ret_proof)
{
  unsigned count = (unsigned)protocol_get_number(reader, 1);
  if (count > TREE_PROOF_MAX) {
    reader->failed = true;
    return;
  }
  for (unsigned i = 0; i < count; i++)
    get_into(reader, ret_proof->hashes[i].bytes, HASH_BYTES);
  ret_proof->count = count;
}

/* ---- sign ---- */

void protocol_put_growth(struct protocol_writer *writer, const struct custodian_growth *growth)
{
  protocol_put_number(writer, growth->old_size, 8);
  protocol_put_number(writer, growth->size, 8);
  protocol_put(writer, growth->root.bytes, HASH_BYTES);
  put_proof(writer, &growth->proof);
}

enum err protocol_get_growth(struct custodian_growth *ret, struct protocol_reader *reader)
{
  struct custodian_growth growth = {0};
  growth.old_size = protocol_get_number(reader, 8);
  growth.size = protocol_get_number(reader, 8);
  get_into(reader, growth.root.bytes, HASH_BYTES);
  get_proof(reader, &growth.proof);
  TRY(get_done(reader));
  *ret = growth;
  return OK;
}

/* ---- open and lower ---- */

static void put_view(struct protocol_writer *writer, const struct custodian_view *view)
{
  protocol_put(writer, view->salt, LEAF_SALT_BYTES);
  put_sized(writer, view->payload, view->n, CUSTODIAN_VIEW_MAX);
}

static void get_view(struct protocol_reader *reader, struct custodian_view *ret_view)
{
  get_into(reader, ret_view->salt, LEAF_SALT_BYTES);
  ret_view->payload = get_sized(reader, &ret_view->n, CUSTODIAN_VIEW_MAX);
}

static void put_evidence(struct protocol_writer *writer, const struct custodian_evidence *evidence)
{
  protocol_put_number(writer, evidence->index, 8);
  put_view(writer, &evidence->core);
  put_view(writer, &evidence->who);
  put_view(writer, &evidence->what);
  protocol_put(writer, evidence->ops.bytes, HASH_BYTES);
  put_proof(writer, &evidence->proof);
  put_sized(writer, evidence->head.ptr, evidence->head.len, NOTE_MAX);
}

static void get_evidence(struct protocol_reader *reader, struct custodian_evidence *ret_evidence)
{
  ret_evidence->index = protocol_get_number(reader, 8);
  get_view(reader, &ret_evidence->core);
  get_view(reader, &ret_evidence->who);
  get_view(reader, &ret_evidence->what);
  get_into(reader, ret_evidence->ops.bytes, HASH_BYTES);
  get_proof(reader, &ret_evidence->proof);
  ret_evidence->head.ptr = get_sized(reader, &ret_evidence->head.len, NOTE_MAX);
}

void protocol_put_opening(struct protocol_writer *writer, const struct custodian_opening *opening)
{
  uint8_t ticket[TICKET_MAX];
  size_t n = 0;
  if (opening->signature_count > CUSTODIAN_SIGNATURES_MAX ||
      ticket_write(ticket, &n, &opening->ticket) != OK) {
    writer->failed = true;
    return;
  }
  put_sized(writer, ticket, n, TICKET_MAX);
  protocol_put_number(writer, opening->signature_count, 1);
  for (unsigned i = 0; i < opening->signature_count; i++) {
    const struct ticket_signature *signature = &opening->signatures[i];
    protocol_put_number(writer, signature->role, 1);
    protocol_put(writer, signature->key.bytes, sizeof(signature->key.bytes));
    protocol_put(writer, signature->signature.bytes, sizeof(signature->signature.bytes));
  }
  put_evidence(writer, &opening->evidence);
  protocol_put(writer, opening->core, SHIELD_BLOB_CORE_BYTES);
}

static void get_signatures(struct protocol_reader *reader, struct custodian_opening *ret)
{
  unsigned count = (unsigned)protocol_get_number(reader, 1);
  if (count > CUSTODIAN_SIGNATURES_MAX) {
    reader->failed = true;
    return;
  }
  for (unsigned i = 0; i < count; i++) {
    struct ticket_signature *signature = &ret->signatures[i];
    uint64_t role = protocol_get_number(reader, 1);
    if (role != TICKET_REQUESTS && role != TICKET_APPROVES) reader->failed = true;
    signature->role = role == TICKET_REQUESTS ? TICKET_REQUESTS : TICKET_APPROVES;
    get_into(reader, signature->key.bytes, sizeof(signature->key.bytes));
    get_into(reader, signature->signature.bytes, sizeof(signature->signature.bytes));
  }
  ret->signature_count = count;
}

enum err protocol_get_opening(struct custodian_opening *ret, struct protocol_reader *reader)
{
  struct custodian_opening opening = {0};
  size_t n = 0;
  const void *ticket = get_sized(reader, &n, TICKET_MAX);
  if (ticket == NULL) return ERR_INPUT;
  TRY(ticket_parse(&opening.ticket, ticket, n));
  get_signatures(reader, &opening);
  get_evidence(reader, &opening.evidence);
  opening.core = protocol_get(reader, SHIELD_BLOB_CORE_BYTES);
  TRY(get_done(reader));
  *ret = opening;
  return OK;
}

/* ---- merge, learn, compare ---- */

void protocol_put_merge(struct protocol_writer *writer, const struct custodian_merge *merge)
{
  protocol_put(writer, merge->blob_place.record, ID_BYTES);
  protocol_put_number(writer, merge->patch_place.slot, 2);
  protocol_put(writer, merge->blob_core, SHIELD_BLOB_CORE_BYTES);
  protocol_put(writer, merge->patch_core, SHIELD_PATCH_CORE_BYTES);
}

enum err protocol_get_merge(struct custodian_merge *ret, struct protocol_reader *reader,
                            const uint8_t authority[static ID_BYTES])
{
  struct custodian_merge merge = {0};
  get_into(reader, merge.blob_place.record, ID_BYTES);
  memcpy(merge.blob_place.authority, authority, ID_BYTES);
  merge.patch_place = merge.blob_place;
  merge.patch_place.slot = (uint16_t)protocol_get_number(reader, 2);
  merge.blob_core = protocol_get(reader, SHIELD_BLOB_CORE_BYTES);
  merge.patch_core = protocol_get(reader, SHIELD_PATCH_CORE_BYTES);
  TRY(get_done(reader));
  if (merge.patch_place.slot >= SHIELD_PATCHES) return ERR_INPUT;
  *ret = merge;
  return OK;
}

void protocol_put_learning(struct protocol_writer *writer,
                           const struct custodian_learning *learning)
{
  protocol_put(writer, learning->record, ID_BYTES);
  protocol_put(writer, learning->fields, TICKET_FIELD_BYTES);
  protocol_put_number(writer, learning->is_last, 1);
  protocol_put(writer, learning->core, SHIELD_BLOB_CORE_BYTES);
}

enum err protocol_get_learning(struct custodian_learning *ret, struct protocol_reader *reader)
{
  struct custodian_learning learning = {0};
  get_into(reader, learning.record, ID_BYTES);
  get_into(reader, learning.fields, TICKET_FIELD_BYTES);
  uint64_t is_last = protocol_get_number(reader, 1);
  learning.is_last = is_last == 1;
  learning.core = protocol_get(reader, SHIELD_BLOB_CORE_BYTES);
  TRY(get_done(reader));
  if (is_last > 1) return ERR_INPUT;
  *ret = learning;
  return OK;
}

void protocol_put_comparison(struct protocol_writer *writer,
                             const struct custodian_comparison *comparison)
{
  if (comparison->own_count > CUSTODIAN_OWN_MAX) {
    writer->failed = true;
    return;
  }
  put_sized(writer, comparison->text.ptr, comparison->text.len, CUSTODIAN_TEXT_MAX);
  protocol_put_number(writer, comparison->own_count, 1);
  for (unsigned i = 0; i < comparison->own_count; i++)
    put_sized(writer, comparison->own[i].ptr, comparison->own[i].len, CUSTODIAN_TEXT_MAX);
}

enum err protocol_get_comparison(struct custodian_comparison *ret, struct protocol_reader *reader)
{
  struct custodian_comparison comparison = {0};
  comparison.text.ptr = get_sized(reader, &comparison.text.len, CUSTODIAN_TEXT_MAX);
  unsigned count = (unsigned)protocol_get_number(reader, 1);
  if (count > CUSTODIAN_OWN_MAX) return ERR_INPUT;
  for (unsigned i = 0; i < count; i++)
    comparison.own[i].ptr = get_sized(reader, &comparison.own[i].len, CUSTODIAN_TEXT_MAX);
  comparison.own_count = count;
  TRY(get_done(reader));
  *ret = comparison;
  return OK;
}

/* ---- people's keys, public ---- */

void protocol_put_enrolment(struct protocol_writer *writer,
                            const struct custodian_enrolment *enrolment)
{
  protocol_put(writer, enrolment->person, ID_BYTES);
  protocol_put(writer, enrolment->key.bytes, sizeof(enrolment->key.bytes));
}

enum err protocol_get_enrolment(struct custodian_enrolment *ret, struct protocol_reader *reader)
{
  struct custodian_enrolment enrolment = {0};
  get_into(reader, enrolment.person, ID_BYTES);
  get_into(reader, enrolment.key.bytes, sizeof(enrolment.key.bytes));
  TRY(get_done(reader));
  *ret = enrolment;
  return OK;
}

void protocol_put_withdrawal(struct protocol_writer *writer,
                             const struct custodian_withdrawal *withdrawal)
{
  protocol_put(writer, withdrawal->person, ID_BYTES);
  protocol_put(writer, withdrawal->fingerprint, FINGERPRINT_TEXT);
}

enum err protocol_get_withdrawal(struct custodian_withdrawal *ret, struct protocol_reader *reader)
{
  struct custodian_withdrawal withdrawal = {0};
  get_into(reader, withdrawal.person, ID_BYTES);
  get_into(reader, withdrawal.fingerprint, FINGERPRINT_TEXT);
  TRY(get_done(reader));
  *ret = withdrawal;
  return OK;
}

void protocol_put_keys(struct protocol_writer *writer, const struct custodian_keys *keys)
{
  if (keys->count > CUSTODIAN_KEYS_A_PAGE) {
    writer->failed = true;
    return;
  }
  for (size_t i = 0; i < keys->count; i++) {
    protocol_put_enrolment(writer, &keys->at[i].of);
    protocol_put_number(writer, (uint64_t)keys->at[i].since.us, 8);
    protocol_put_number(writer, (uint64_t)keys->at[i].withdrawn.us, 8);
  }
}

enum err protocol_get_keys(struct custodian_keys *ret, struct protocol_reader *reader)
{
  size_t count = (reader->n - reader->at) / PROTOCOL_KEY_BYTES;
  if (count > CUSTODIAN_KEYS_A_PAGE) return ERR_INPUT;
  for (size_t i = 0; i < count; i++) {
    struct custodian_key *key = &ret->at[i];
    get_into(reader, key->of.person, ID_BYTES);
    get_into(reader, key->of.key.bytes, sizeof(key->of.key.bytes));
    key->since.us = (int64_t)protocol_get_number(reader, 8);
    key->withdrawn.us = (int64_t)protocol_get_number(reader, 8);
  }
  TRY(get_done(reader));
  ret->count = count;
  return OK;
}

void protocol_put_public(struct protocol_writer *writer, const struct custodian_public *told)
{
  protocol_put(writer, told->instance, ID_BYTES);
  protocol_put_number(writer, told->last.size, 8);
  protocol_put(writer, told->last.root.bytes, HASH_BYTES);
  protocol_put_number(writer, told->able, 4);
}

enum err protocol_get_public(struct custodian_public *ret, struct protocol_reader *reader)
{
  struct custodian_public told = {0};
  get_into(reader, told.instance, ID_BYTES);
  told.last.size = protocol_get_number(reader, 8);
  get_into(reader, told.last.root.bytes, HASH_BYTES);
  told.able = (uint32_t)protocol_get_number(reader, 4);
  TRY(get_done(reader));
  *ret = told;
  return OK;
}

/* ---- frames ---- */

struct protocol_writer protocol_frame_begin(uint8_t *frame, size_t capacity)
{
  struct protocol_writer writer = {.bytes = frame, .capacity = capacity};
  static const uint8_t head[PROTOCOL_LENGTH_BYTES + PROTOCOL_HEAD_BYTES];
  protocol_put(&writer, head, sizeof(head)); /* its place; written at the end */
  return writer;
}

size_t protocol_frame_finish(struct protocol_writer *writer, unsigned kind, unsigned status)
{
  if (writer->failed || writer->n > PROTOCOL_FRAME_MAX) return 0;
  struct protocol_writer head = {.bytes = writer->bytes,
                                 .capacity = PROTOCOL_LENGTH_BYTES + PROTOCOL_HEAD_BYTES};
  protocol_put_number(&head, writer->n - PROTOCOL_LENGTH_BYTES, 4);
  protocol_put_number(&head, PROTOCOL_VERSION, 1);
  protocol_put_number(&head, kind, 1);
  protocol_put_number(&head, status, 2);
  return head.failed ? 0 : writer->n;
}

/* OK when the socket is ready for `events`, ERR_IO when the time has run out first. */
static enum err wait_for(int fd, short events, const struct outside *outside, uint64_t until_us)
{
  for (;;) {
    uint64_t now_us = outside->mono_us(outside->self);
    if (now_us >= until_us) return ERR_IO;
    uint64_t left_ms = (until_us - now_us + 999) / 1000;
    struct pollfd ready = {.fd = fd, .events = events};
    int got = poll(&ready, 1, left_ms > 60000 ? 60000 : (int)left_ms);
    if (got > 0) return OK;
    if (got < 0 && errno != EINTR) return ERR_IO;
  }
}

static enum err receive_all(int fd, uint8_t *bytes, size_t n, size_t *ret_got,
                            const struct outside *outside, uint64_t until_us)
{
  for (*ret_got = 0; *ret_got < n;) {
    TRY(wait_for(fd, POLLIN, outside, until_us));
    ssize_t got = recv(fd, bytes + *ret_got, n - *ret_got, MSG_DONTWAIT);
    if (got == 0) return ERR_ABSENT;
    if (got < 0 && errno != EINTR && errno != EAGAIN) return ERR_IO;
    if (got > 0) *ret_got += (size_t)got;
  }
  return OK;
}

enum err protocol_receive(int fd, uint8_t *frame, struct protocol_frame *ret_frame,
                          const struct outside *outside, uint64_t until_us)
{
  size_t got = 0;
  enum err err = receive_all(fd, frame, PROTOCOL_LENGTH_BYTES, &got, outside, until_us);
  if (err == ERR_ABSENT && got > 0) return ERR_IO; /* cut off inside a frame */
  TRY(err);
  struct protocol_reader reader = {.bytes = frame, .n = PROTOCOL_LENGTH_BYTES};
  size_t n = (size_t)protocol_get_number(&reader, PROTOCOL_LENGTH_BYTES);
  if (n < PROTOCOL_HEAD_BYTES || n > PROTOCOL_FRAME_MAX - PROTOCOL_LENGTH_BYTES) return ERR_INPUT;
  err = receive_all(fd, frame + PROTOCOL_LENGTH_BYTES, n, &got, outside, until_us);
  if (err != OK) return ERR_IO;
  reader = (struct protocol_reader){.bytes = frame + PROTOCOL_LENGTH_BYTES, .n = n};
  if (protocol_get_number(&reader, 1) != PROTOCOL_VERSION) return ERR_INPUT;
  ret_frame->kind = (unsigned)protocol_get_number(&reader, 1);
  ret_frame->status = (unsigned)protocol_get_number(&reader, 2);
  ret_frame->body = frame + PROTOCOL_LENGTH_BYTES + PROTOCOL_HEAD_BYTES;
  ret_frame->n = n - PROTOCOL_HEAD_BYTES;
  return OK;
}

enum err protocol_send(int fd, const uint8_t *frame, size_t n, const struct outside *outside,
                       uint64_t until_us)
{
  for (size_t sent = 0; sent < n;) {
    TRY(wait_for(fd, POLLOUT, outside, until_us));
    ssize_t put = send(fd, frame + sent, n - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (put < 0 && errno != EINTR && errno != EAGAIN) return ERR_IO;
    if (put > 0) sent += (size_t)put;
  }
  return OK;
}

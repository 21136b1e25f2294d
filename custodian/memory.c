/* The custodian's memory on disk: two small sealed files that are replaced, one that grows. It must
 * never hold a value of a register, and never take damage for emptiness. */
#include "custodian/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/file.h"

#define HEAD_BYTES (8 + HASH_BYTES)
#define ROW_BYTES PROTOCOL_KEY_BYTES
#define DEED_BYTES (8 + 4 + 4 + 3 * ID_BYTES)
#define DEED_SEALED_BYTES (DEED_BYTES + ENVELOPE_OVERHEAD)
#define HOUR_US ((int64_t)3600 * 1000000)

/* ---- the last head signed ---- */

enum err memory_head_load(const struct custody *custody, struct custodian_head *ret_head)
{
  uint8_t bytes[HEAD_BYTES];
  size_t n = 0;
  enum err err = custody_recall(custody, "head", CUSTODY_HEAD, bytes, sizeof(bytes), &n);
  if (err == ERR_ABSENT) {
    *ret_head = (struct custodian_head){0};
    return OK;
  }
  TRY(err);
  if (n != sizeof(bytes)) return ERR_CORRUPT;
  struct protocol_reader reader = {.bytes = bytes, .n = n};
  ret_head->size = protocol_get_number(&reader, 8);
  memcpy(ret_head->root.bytes, bytes + 8, HASH_BYTES);
  return OK;
}

enum err memory_head_store(const struct custody *custody, const struct custodian_head *head)
{
  uint8_t bytes[HEAD_BYTES];
  struct protocol_writer writer = {.bytes = bytes, .capacity = sizeof(bytes)};
  protocol_put_number(&writer, head->size, 8);
  protocol_put(&writer, head->root.bytes, HASH_BYTES);
  return custody_store(custody, "head", CUSTODY_HEAD, bytes, sizeof(bytes));
}

/* ---- people and their keys ---- */

/* How many of the first `n` keys are this person's and count. */
static unsigned keys_of(const struct memory_people *people, size_t n,
                        const uint8_t person[static ID_BYTES])
{
  unsigned keys = 0;
  for (size_t i = 0; i < n; i++)
    if (people->at[i].withdrawn.us == 0 && bytes_equal(people->at[i].of.person, person, ID_BYTES))
      keys++;
  return keys;
}

static uint32_t count_able(const struct memory_people *people)
{
  uint32_t able = 0;
  for (size_t i = 0; i < people->count; i++)
    if (people->at[i].withdrawn.us == 0 && keys_of(people, i, people->at[i].of.person) == 0) able++;
  return able;
}

enum err memory_people_load(const struct custody *custody, struct memory_people *ret_people)
{
  size_t n = 0;
  ret_people->count = 0;
  ret_people->able = 0;
  /* The rows have no padding: the file is the array. */
  _Static_assert(sizeof(struct custodian_key) == ROW_BYTES, "rows are stored as they are");
  enum err err =
    custody_recall(custody, "people", CUSTODY_PEOPLE, ret_people->at, sizeof(ret_people->at), &n);
  if (err == ERR_ABSENT) return OK;
  TRY(err);
  if (n % ROW_BYTES != 0) return ERR_CORRUPT;
  ret_people->count = n / ROW_BYTES;
  ret_people->able = count_able(ret_people);
  return OK;
}

/* The first `count` keys, which were changed. */
static enum custodian_status people_store(const struct custody *custody,
                                          struct memory_people *people, size_t count)
{
  if (custody_store(custody, "people", CUSTODY_PEOPLE, people->at, count * ROW_BYTES) != OK)
    return CUSTODIAN_STORE;
  people->count = count;
  people->able = count_able(people);
  return CUSTODIAN_OK;
}

const struct custodian_key *memory_key(const struct memory_people *people,
                                       const struct verify_key *key)
{
  for (size_t i = 0; i < people->count; i++)
    if (bytes_equal(people->at[i].of.key.bytes, key->bytes, sizeof(key->bytes)))
      return &people->at[i];
  return NULL;
}

enum custodian_status memory_enrol(const struct custody *custody, struct memory_people *people,
                                   const struct custodian_enrolment *enrolment, struct instant now)
{
  const struct custodian_key *known = memory_key(people, &enrolment->key);
  if (known != NULL && known->withdrawn.us != 0) return CUSTODIAN_WITHDRAWN;
  if (known != NULL)
    return bytes_equal(known->of.person, enrolment->person, ID_BYTES) ? CUSTODIAN_OK
                                                                      : CUSTODIAN_FORBIDDEN;
  if (people->count >= MEMORY_PEOPLE_MAX ||
      keys_of(people, people->count, enrolment->person) >= MEMORY_KEYS_A_PERSON)
    return CUSTODIAN_FULL;
  people->at[people->count] = (struct custodian_key){.of = *enrolment, .since = now};
  return people_store(custody, people, people->count + 1);
}

static struct custodian_key *find_by_fingerprint(struct memory_people *people,
                                                 const struct custodian_withdrawal *withdrawal)
{
  for (size_t i = 0; i < people->count; i++) {
    struct custodian_key *key = &people->at[i];
    char fingerprint[FINGERPRINT_TEXT];
    verify_key_fingerprint(fingerprint, &key->of.key);
    if (bytes_equal(key->of.person, withdrawal->person, ID_BYTES) &&
        memcmp(fingerprint, withdrawal->fingerprint, FINGERPRINT_TEXT) == 0)
      return key;
  }
  return NULL;
}

enum custodian_status memory_withdraw(const struct custody *custody, struct memory_people *people,
                                      const struct custodian_withdrawal *withdrawal,
                                      struct instant now)
{
  struct custodian_key *key = find_by_fingerprint(people, withdrawal);
  if (key == NULL) return CUSTODIAN_NO_KEY;
  if (key->withdrawn.us != 0) return CUSTODIAN_OK;
  key->withdrawn = now;
  return people_store(custody, people, people->count);
}

/* ---- what was done ---- */

static void deed_write(uint8_t ret_bytes[static DEED_BYTES], const struct memory_deed *deed)
{
  struct protocol_writer writer = {.bytes = ret_bytes, .capacity = DEED_BYTES};
  protocol_put_number(&writer, (uint64_t)deed->at.us, 8);
  protocol_put_number(&writer, deed->kind, 4);
  protocol_put_number(&writer, deed->status, 4);
  protocol_put(&writer, deed->person, ID_BYTES);
  protocol_put(&writer, deed->record, ID_BYTES);
  protocol_put(&writer, deed->nonce, ID_BYTES);
}

static struct memory_deed deed_read(const uint8_t bytes[static DEED_BYTES])
{
  struct protocol_reader reader = {.bytes = bytes, .n = DEED_BYTES};
  struct memory_deed deed = {0};
  deed.at.us = (int64_t)protocol_get_number(&reader, 8);
  deed.kind = (unsigned)protocol_get_number(&reader, 4);
  deed.status = (unsigned)protocol_get_number(&reader, 4);
  memcpy(deed.person, protocol_get(&reader, ID_BYTES), ID_BYTES);
  memcpy(deed.record, protocol_get(&reader, ID_BYTES), ID_BYTES);
  memcpy(deed.nonce, protocol_get(&reader, ID_BYTES), ID_BYTES);
  return deed;
}

/* Keeps a deed in memory, and drops those too old to matter for tickets or budgets. */
static enum err keep_recent(struct memory_journal *journal, const struct memory_deed *deed)
{
  size_t kept = 0;
  for (size_t i = 0; i < journal->count; i++)
    if (deed->at.us - journal->recent[i].at.us <= CUSTODIAN_TICKET_LIFE_US)
      journal->recent[kept++] = journal->recent[i];
  journal->count = kept;
  void *block = journal->recent;
  TRY(block_grow(&block, &journal->held, journal->count + 1, sizeof(*journal->recent)));
  journal->recent = block;
  journal->recent[journal->count++] = *deed;
  return OK;
}

static enum err read_deeds(const struct custody *custody, struct memory_journal *journal,
                           uint64_t count)
{
  struct instant now = custody->outside.now(custody->outside.self);
  for (; journal->next < count; journal->next++) {
    uint8_t envelope[DEED_SEALED_BYTES], bytes[DEED_BYTES];
    TRY(file_read_all(journal->fd, envelope, sizeof(envelope)));
    TRY(custody_unseal(custody, bytes, CUSTODY_JOURNAL, journal->next, envelope, sizeof(envelope)));
    struct memory_deed deed = deed_read(bytes);
    if (now.us - deed.at.us <= CUSTODIAN_TICKET_LIFE_US) TRY(keep_recent(journal, &deed));
  }
  return OK;
}

static enum err open_file(const struct custody *custody, struct memory_journal *journal)
{
  char path[CUSTODY_PATH_MAX];
  struct stat stat;
  TRY(custody_path(path, custody->dir, "journal"));
  journal->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (journal->fd < 0 || fstat(journal->fd, &stat) != 0) return ERR_IO;
  uint64_t size = (uint64_t)stat.st_size;
  uint64_t whole = size - size % DEED_SEALED_BYTES;
  /* No answer has left for a record that is not whole. */
  if (whole != size && ftruncate(journal->fd, (off_t)whole) != 0) return ERR_IO;
  TRY(file_sync_folder(custody->dir));
  return read_deeds(custody, journal, whole / DEED_SEALED_BYTES);
}

enum err memory_journal_open(const struct custody *custody, struct memory_journal *ret_journal)
{
  struct memory_journal journal = {.fd = -1};
  enum err err = open_file(custody, &journal);
  if (err != OK) {
    memory_journal_close(&journal);
    return err;
  }
  *ret_journal = journal;
  return OK;
}

void memory_journal_close(struct memory_journal *journal)
{
  if (journal->fd >= 0) close(journal->fd);
  void *block = journal->recent;
  block_free(&block, &journal->held, sizeof(*journal->recent));
  *journal = (struct memory_journal){.fd = -1};
}

enum err memory_note(const struct custody *custody, struct memory_journal *journal,
                     const struct memory_deed *deed, bool durable)
{
  uint8_t bytes[DEED_BYTES], envelope[DEED_SEALED_BYTES];
  deed_write(bytes, deed);
  TRY(custody_seal(custody, envelope, CUSTODY_JOURNAL, journal->next, bytes, sizeof(bytes)));
  TRY(keep_recent(journal, deed));
  enum err err = file_write_all(journal->fd, envelope, sizeof(envelope));
  if (err != OK) { /* a half-written record would put all later ones out of step */
    if (ftruncate(journal->fd, (off_t)(journal->next * sizeof(envelope))) != 0) return ERR_IO;
    return err;
  }
  journal->next++;
  if (durable && fdatasync(journal->fd) != 0) return ERR_IO;
  return OK;
}

bool memory_is_spent(const struct memory_journal *journal, const uint8_t nonce[static ID_BYTES])
{
  for (size_t i = 0; i < journal->count; i++)
    if (journal->recent[i].status == CUSTODIAN_OK &&
        bytes_equal(journal->recent[i].nonce, nonce, ID_BYTES))
      return true;
  return false;
}

size_t memory_in_hour(const struct memory_journal *journal, unsigned kind, const uint8_t *person,
                      struct instant now)
{
  size_t count = 0;
  for (size_t i = 0; i < journal->count; i++) {
    const struct memory_deed *deed = &journal->recent[i];
    if (deed->kind == kind && deed->status == CUSTODIAN_OK && now.us - deed->at.us < HOUR_US &&
        (person == NULL || bytes_equal(deed->person, person, ID_BYTES)))
      count++;
  }
  return count;
}

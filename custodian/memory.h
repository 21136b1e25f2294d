/* What the custodian remembers: the last head, who may sign, and what was already done. All of it
 * survives a restart; whatever is remembered is on disk before the answer leaves. */
#ifndef CUSTODIAN_MEMORY_H
#define CUSTODIAN_MEMORY_H

#include "custodian/custody.h"

/* ---- the last head signed ---- */

/* Size 0 when none was signed yet. A damaged file is never taken for none. */
MUST_USE enum err memory_head_load(const struct custody *custody, struct custodian_head *ret_head);
MUST_USE enum err memory_head_store(const struct custody *custody,
                                    const struct custodian_head *head);

/* ---- people and their keys ---- */

#define MEMORY_PEOPLE_MAX 4096
#define MEMORY_KEYS_A_PERSON 2 /* that count */

struct memory_people {
  size_t count;
  uint32_t able;                              /* people with a key that counts */
  struct custodian_key at[MEMORY_PEOPLE_MAX]; /* a row for each key that ever was */
};
MUST_USE enum err memory_people_load(const struct custody *custody,
                                     struct memory_people *ret_people);
/* CUSTODIAN_OK (also when this key is enrolled for this person already), CUSTODIAN_FULL: the person
 * has two keys, or there is no room; CUSTODIAN_FORBIDDEN: the key is somebody else's;
 * CUSTODIAN_WITHDRAWN: it was, and does not come back; CUSTODIAN_STORE. */
MUST_USE enum custodian_status memory_enrol(const struct custody *custody,
                                            struct memory_people *people,
                                            const struct custodian_enrolment *enrolment,
                                            struct instant now);
/* From now on the key opens nothing. CUSTODIAN_OK (also when it was withdrawn before: since then),
 * CUSTODIAN_NO_KEY, CUSTODIAN_STORE: whether it is on disk is not known, in memory it is. */
MUST_USE enum custodian_status memory_withdraw(const struct custody *custody,
                                               struct memory_people *people,
                                               const struct custodian_withdrawal *withdrawal,
                                               struct instant now);
/* Also a key that was withdrawn. NULL when nobody has enrolled it. */
const struct custodian_key *memory_key(const struct memory_people *people,
                                       const struct verify_key *key);

/* ---- what was done ---- */

struct memory_deed {
  struct instant at;
  unsigned kind;                                               /* enum custodian_kind */
  unsigned status;                                             /* enum custodian_status */
  uint8_t person[ID_BYTES], record[ID_BYTES], nonce[ID_BYTES]; /* zero where there is none */
};
struct memory_journal {
  int fd;
  uint64_t next;              /* number of the next record in the file */
  struct memory_deed *recent; /* of the last CUSTODIAN_TICKET_LIFE_US */
  size_t held, count;
};
/* A record that was cut off while it was written is taken away; any other damage is ERR_CORRUPT or
 * ERR_OPEN. */
MUST_USE enum err memory_journal_open(const struct custody *custody,
                                      struct memory_journal *ret_journal);
void memory_journal_close(struct memory_journal *journal);
/* `durable`: on disk before this returns. */
MUST_USE enum err memory_note(const struct custody *custody, struct memory_journal *journal,
                              const struct memory_deed *deed, bool durable);
/* Whether a ticket with this nonce was accepted before. */
bool memory_is_spent(const struct memory_journal *journal, const uint8_t nonce[static ID_BYTES]);
/* Deeds of this kind that were done in the hour before `now`; person NULL: by anybody. */
size_t memory_in_hour(const struct memory_journal *journal, unsigned kind, const uint8_t *person,
                      struct instant now);

#endif

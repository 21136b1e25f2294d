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
#define MEMORY_KEYS_A_PERSON 2

struct memory_people {
  size_t count;
  struct custodian_enrolment at[MEMORY_PEOPLE_MAX]; /* two rows for a person with two keys */
};
MUST_USE enum err memory_people_load(const struct custody *custody,
                                     struct memory_people *ret_people);
/* CUSTODIAN_OK (also when this key is enrolled for this person already), CUSTODIAN_FULL: the person
 * has two keys, or there is no room; CUSTODIAN_FORBIDDEN: the key is somebody else's;
 * CUSTODIAN_STORE. */
MUST_USE enum custodian_status memory_enrol(const struct custody *custody,
                                            struct memory_people *people,
                                            const struct custodian_enrolment *enrolment);
/* NULL when nobody has enrolled this key. */
const uint8_t *memory_person(const struct memory_people *people, const struct verify_key *key);

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

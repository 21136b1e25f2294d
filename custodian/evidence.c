/* The checks before anything shielded is opened. Every one refuses on doubt; none is skipped
 * because another would catch the same. */
#include "custodian/evidence.h"

#include <string.h>

#include "base/guard.h"
#include "base/scan.h"
#include "crypto/text.h"

/* ---- signatures ---- */

/* Requests once, or approves as somebody who has not spoken yet. */
static bool speaks_first(const uint8_t *speakers[], unsigned count, const uint8_t *person)
{
  for (unsigned i = 0; i < count; i++)
    if (bytes_equal(speakers[i], person, ID_BYTES)) return false;
  return true;
}

static enum custodian_status check_signatures(const struct custodian_opening *opening,
                                              const struct memory_people *people, unsigned needed)
{
  const struct ticket *ticket = &opening->ticket;
  const uint8_t *speakers[CUSTODIAN_SIGNATURES_MAX];
  unsigned requests = 0, approvals = 0;
  for (unsigned i = 0; i < opening->signature_count; i++) {
    const struct ticket_signature *signature = &opening->signatures[i];
    const struct custodian_key *key = memory_key(people, &signature->key);
    if (key == NULL || ticket_verify(ticket, signature) != OK) return CUSTODIAN_SIGNATURE;
    if (key->withdrawn.us != 0 && GUARD(KEY_WITHDRAWN)) return CUSTODIAN_WITHDRAWN;
    const uint8_t *person = key->of.person;
    bool is_requester = bytes_equal(person, ticket->person, ID_BYTES);
    if ((signature->role == TICKET_REQUESTS) != is_requester && GUARD(NO_SELF_APPROVAL))
      return CUSTODIAN_SIGNATURE;
    if (!speaks_first(speakers, i, person) && GUARD(NO_SELF_APPROVAL)) return CUSTODIAN_SIGNATURE;
    speakers[i] = person;
    if (signature->role == TICKET_REQUESTS) requests++;
    if (signature->role == TICKET_APPROVES) approvals++;
  }
  return requests == 1 && approvals >= needed ? CUSTODIAN_OK : CUSTODIAN_SIGNATURE;
}

enum custodian_status evidence_signed(const struct custodian_opening *opening,
                                      const struct memory_people *people, unsigned needed)
{
  if (!GUARD(TICKET_SIGNED)) return CUSTODIAN_OK;
  return check_signatures(opening, people, needed);
}

/* ---- the committed entry ---- */

static enum err check_inclusion(const struct custodian_evidence *evidence,
                                const struct note_key *log_key)
{
  struct checkpoint head = {0};
  struct hash commitments[LEAF_VIEWS], leaf_hash;
  uint8_t leaf[LEAF_BYTES];
  leaf_commit(&commitments[LEAF_CORE], LEAF_CORE, evidence->core.salt, evidence->core.payload,
              evidence->core.n);
  leaf_commit(&commitments[LEAF_WHO], LEAF_WHO, evidence->who.salt, evidence->who.payload,
              evidence->who.n);
  leaf_commit(&commitments[LEAF_WHAT], LEAF_WHAT, evidence->what.salt, evidence->what.payload,
              evidence->what.n);
  commitments[LEAF_OPS] = evidence->ops;
  leaf_write(leaf, commitments);
  tree_leaf_hash(&leaf_hash, leaf, sizeof(leaf));
  TRY(note_open_checkpoint(&head, evidence->head, log_key));
  return tree_verify_inclusion(&evidence->proof, &leaf_hash, evidence->index, head.size,
                               &head.root);
}

/* The member's value; it stands in exactly one of the three views. */
static enum err find(struct str *ret_value, const struct custodian_evidence *evidence,
                     struct str name)
{
  const struct custodian_view *views[] = {&evidence->core, &evidence->who, &evidence->what};
  unsigned found = 0;
  for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
    struct str value = {0};
    enum err err = scan_member(&value, (struct str){views[i]->payload, views[i]->n}, name);
    if (err == ERR_ABSENT) continue;
    TRY(err);
    *ret_value = value;
    found++;
  }
  return found == 1 ? OK : ERR_INPUT;
}

/* The member's value without its quotes; none of what is looked up here has escapes. */
static enum err find_word(struct str *ret_word, const struct custodian_evidence *evidence,
                          struct str name)
{
  struct str value = {0};
  TRY(find(&value, evidence, name));
  if (value.len < 2 || value.ptr[0] != '"') return ERR_INPUT;
  *ret_word = (struct str){value.ptr + 1, value.len - 2};
  return OK;
}

static enum err check_id(const uint8_t wanted[static ID_BYTES],
                         const struct custodian_evidence *evidence, struct str name)
{
  uint8_t id[ID_BYTES];
  struct str word = {0};
  TRY(find_word(&word, evidence, name));
  if (!hex_read(id, sizeof(id), word)) return ERR_INPUT;
  return bytes_equal(id, wanted, sizeof(id)) ? OK : ERR_REFUSED;
}

/* One word of an array of words, in quotes. A purpose that has quotes itself is no word. */
static enum err check_purpose(const struct ticket *ticket,
                              const struct custodian_evidence *evidence)
{
  char quoted[TICKET_WORD_MAX + 2];
  struct str purposes = {0};
  size_t n = strlen(ticket->purpose);
  TRY(find(&purposes, evidence, STR("purposes")));
  if (purposes.ptr[0] != '[' || strpbrk(ticket->purpose, "\"\\") != NULL) return ERR_INPUT;
  quoted[0] = '"';
  memcpy(quoted + 1, ticket->purpose, n);
  quoted[n + 1] = '"';
  for (size_t at = 0; at + n + 2 <= purposes.len; at++)
    if (memcmp(purposes.ptr + at, quoted, n + 2) == 0) return OK;
  return ERR_REFUSED;
}

/* Fewer fields than were granted are fine: nothing is opened that was not logged. */
static enum err check_fields(const struct ticket *ticket, const struct custodian_evidence *evidence)
{
  uint8_t granted[TICKET_FIELD_BYTES];
  struct str word = {0};
  TRY(find_word(&word, evidence, STR("released")));
  if (!base64_get(granted, sizeof(granted), word)) return ERR_INPUT;
  for (size_t i = 0; i < sizeof(granted); i++)
    if ((ticket->fields[i] & ~granted[i]) != 0) return ERR_REFUSED;
  return OK;
}

static enum err check_all(uint64_t *ret_approvals, const struct custodian_opening *opening,
                          const struct note_key *log_key)
{
  const struct ticket *ticket = &opening->ticket;
  const struct custodian_evidence *evidence = &opening->evidence;
  struct str approvals = {0};
  if (evidence->index != ticket->entry_index) return ERR_REFUSED;
  TRY(check_inclusion(evidence, log_key));
  TRY(check_id(ticket->person, evidence, STR("staff")));
  TRY(check_id(ticket->record, evidence, STR("child")));
  TRY(check_purpose(ticket, evidence));
  TRY(check_fields(ticket, evidence));
  TRY(find(&approvals, evidence, STR("approvals")));
  return str_to_u64(approvals, ret_approvals) ? OK : ERR_INPUT;
}

enum custodian_status evidence_committed(unsigned *ret_approvals,
                                         const struct custodian_opening *opening,
                                         const struct note_key *log_key)
{
  uint64_t approvals = 0;
  if (check_all(&approvals, opening, log_key) != OK || approvals > CUSTODIAN_SIGNATURES_MAX)
    return CUSTODIAN_EVIDENCE;
  *ret_approvals = (unsigned)approvals;
  return CUSTODIAN_OK;
}

enum custodian_status evidence_in_time(const struct ticket *ticket, struct instant now)
{
  if (ticket->expiry.us <= now.us || ticket->expiry.us - now.us > CUSTODIAN_TICKET_LIFE_US)
    return CUSTODIAN_EXPIRED;
  return CUSTODIAN_OK;
}

/* What a recipient gets: an age file to their key. Inside, as crypto/package.h says it, one JSON
 * object that cnis-verify checks offline: the content, a manifest signed by this register, the log
 * entry of the decision, and the entry that announced the signing key, each with its proof.
 *
 * The content is made once, when the decision is, and kept sealed under the record, so that what
 * leaves is what was decided. Its members (minimised: granted words alone; never what was withheld,
 * nor that something was):
 *
 * - "authority", "origin", "policy": who discloses; version of the policy, hexadecimal
 * - "made", "expiry": instants
 * - "recipient": {"id", "name", "organisation", "role"}
 * - "purposes", "basis": words
 * - "rules": ids of the rules that granted
 * - "fields": as in a view (view.h): form, rule, values; "in_custody" where a value comes by itself
 * - "obligations": [{"obligation", "what", "who", "proof"}], the last three in {"cy", "en"}
 *
 * Manifest, proof and encryption are made anew at each fetch: the proof is of the newest published
 * head. */
#ifndef REGISTER_PACKAGE_H
#define REGISTER_PACKAGE_H

#include "crypto/age.h"
#include "crypto/package.h"
#include "register/recipient.h"
#include "register/sharing.h"
#include "register/view.h"

/* Writes the content of `view` for this disclosure; text in the arena. */
MUST_USE enum err package_content(struct op *op, struct str *ret_content,
                                  const struct sharing *sharing, const struct view *view,
                                  const struct recipient_row *recipient);

/* Its member "recipient". */
void package_write_recipient(struct json *json, const struct policy *policy,
                             const struct recipient_row *recipient);

/* Makes sure that the log names the key that signs manifests now: with the first disclosure under
 * it, an entry and an item are added to the commit. *ret_generation is the key's. */
MUST_USE enum err package_announce(struct op *op, uint32_t *ret_generation);

/* All that the thread of openings needs to finish a package; made in the worker. */
struct packing {
  struct age_recipient to;
  struct package_manifest manifest;
  struct package_entry decision, key; /* views; the proofs come with the head */
  uint64_t key_index;
  uint32_t key_generation;
  struct str content;
};
/* Of `sharing`: digest of the content, decision, expiry and key; `content` is its own; `child` is
 * the record's secret. ERR_ABSENT: an entry is not in the log. */
MUST_USE enum err package_prepare(struct op *op, struct packing *ret_packing,
                                  const struct sharing *sharing,
                                  const struct recipient_row *recipient, struct str content,
                                  const struct audit_secret *child);
/* The age file, padded to a size class. Reads through `store`, which may be another thread's. */
MUST_USE enum err package_finish(struct op *op, struct str *ret_file, struct packing *packing,
                                 struct store *store, struct str head, uint64_t size);
/* Has it finished under the next published head, as the answer: an operation's last step, after its
 * entry. */
MUST_USE enum err package_send(struct op *op, const struct packing *packing);

#endif

/* What a person gets of one child: a decision and a record, turned into granted values in their
 * forms. Views, short views, lists and packages are all made here, so that there is one place where
 * a value can leave. It opens through fields_open alone, writes into JSON, and sends nothing.
 *
 * The members that view_write adds to an object (stable; api/openapi.json says the same):
 *
 * - "outcome": "permit" | "partial" | "needs_second_person"
 * - "policy": version of the policy, hexadecimal
 * - "fields": an object, granted words alone: word -> {"form": "full", "rule": "G-01", "values",
 *   "in_custody"?}
 * - each of "values": {"field": "forename", "slot": 0, "value": "Siôn", "state": "checked" or
 *   "as_given", "said_by": "parent", "since"?, "recorded"?, "contested": false}; none where nothing
 *   is held; "value" is null where a text could not be redacted; a redacted one has "redaction":
 *   {"removed": 2, "how": {"cy", "en"}}
 * - "in_custody": names of fields that lie in the shielded blob, held or not: they come by a ticket
 *   (POST /v1/openings)
 * - "withheld": [{"field", "rule", "why", "nearest"?}]; why in the caller's language, nearest: a
 *   grant's id
 * - "pending": [{"field", "form", "rule"}]
 * - "approvals": [{"rule", "why", "by": ["role"]}]: what the pending ones wait for
 * - "obligations": [{"obligation", "what"}]
 *
 * Where anything granted lies in custody, the answer also has "ticket": leave to open it once
 * (crypto/ticket.h), for this person, purpose, basis and rules, within a quarter of an hour. They
 * sign it with their own key (cnis sign) and post it to /v1/openings. A ticket names the entry of
 * this very view in the log, whose index is known only when the entry is durable: so its place in
 * the body is taken with the final length, and it is written there in the writer's thread, after
 * the commit and before the answer may go (op_applied).
 */
#ifndef REGISTER_VIEW_H
#define REGISTER_VIEW_H

#include "base/json.h"
#include "register/asked.h"
#include "register/form.h"

#define VIEW_ETAG_BYTES 16

struct view {
  const struct asked *asked;
  struct opened opened;     /* values in the forms granted; what has no such form is gone */
  struct form_given *given; /* by value: how it came to be what it is */
  uint8_t custody[TICKET_FIELD_BYTES]; /* field ids granted that lie in the blob: what a ticket may
                                          open */
  bool has_custody;
};

/* Opens what `asked` grants and reduces it. `reader` is whose view it is (account or recipient):
 * pseudonyms are made for them. `asked` must outlive the view and not be refused. Errors are those
 * of fields_open. */
MUST_USE enum err view_open(struct op *op, struct view *ret_view, const struct asked *asked,
                            struct id reader);

/* What of `asked` lies in custody, and nothing else: no field is opened. */
void view_custody(const struct op *op, struct view *ret_view, const struct asked *asked);
/* The decision that a slot reads: the child's, or that of an adult with a level of their own. */
const struct decision *view_decision(const struct asked *asked, enum field field, unsigned slot);
/* Whether a value in this slot is granted. */
bool view_grants(const struct op *op, const struct asked *asked, enum field field, unsigned slot);
/* Reduces values that are already in view->opened (view_grants names each), as view_open does.
 * `others`: what a redacted text may not tell; NULL: then there is none. */
MUST_USE enum err view_reduce(struct op *op, struct view *view, struct id reader,
                              const struct needles *others);

/* Into an open object. */
void view_write(struct json *json, const struct op *op, const struct view *view);
/* "fields" alone, for lists and packages. */
void view_write_fields(struct json *json, const struct op *op, const struct view *view);
/* "withheld", "pending" and "approvals" alone: for whoever asked, never for a recipient. */
void view_write_refusals(struct json *json, const struct op *op, const struct asked *asked);
/* An array of words with form and rule: [{"field", "form", "rule"}]. A word that the decision
 * neither grants nor holds pending stands without form and rule. */
void view_write_words(struct json *json, const struct op *op, const struct decision *decision,
                      struct fieldset words);
/* "purposes" and "basis" of a request. */
void view_write_grounds(struct json *json, const struct op *op,
                        const struct policy_request *request);
/* "obligations" alone. */
void view_write_obligations(struct json *json, const struct op *op, uint64_t obligations);

#define VIEW_TICKET_LIFE_US (INT64_C(15) * 60 * 1000000)
struct view_ticket;
/* Writes "ticket" when there is something in custody; *ret_ticket is NULL when not. `to`: the
 * X25519 key of the recipient for whom the custodian seals what it opens; NULL: the caller's own
 * session. */
MUST_USE enum err view_write_ticket(struct json *json, struct op *op, const struct view *view,
                                    const uint8_t *to, struct view_ticket **ret_ticket);
/* A ticket made elsewhere, likewise. */
MUST_USE enum err view_place_ticket(struct json *json, struct op *op, const struct ticket *ticket,
                                    struct view_ticket **ret_ticket);
/* After json_done, right before op_entry of the entry that bears the ticket out. NULL is fine. */
void view_bind_ticket(struct op *op, struct view_ticket *ticket, const struct json *json);

/* Keyed MAC of what this view released, whatever the language. The first 4 bytes are of the whole;
 * the other 12 share their bits among the granted words, so that view_changed can name words
 * without keeping an old state. */
void view_etag(uint8_t ret_etag[static VIEW_ETAG_BYTES], const struct op *op,
               const struct view *view);
/* Granted words that surely differ between two ETags of the same view; a small change may stay
 * unnamed when the view is wide. */
struct fieldset view_changed(const struct view *view, const uint8_t a[static VIEW_ETAG_BYTES],
                             const uint8_t b[static VIEW_ETAG_BYTES]);

/* Adds what was released, withheld, and by which rules to an entry. `rules` must outlive it. */
void view_entry(struct entry_of *entry, const struct op *op, const struct view *view,
                uint16_t rules[static AUDIT_RULES_MAX]);

/* Adds the ids of the fields that have one of these words for this child and asker. */
void view_field_ids(uint8_t ret_ids[static TICKET_FIELD_BYTES], const struct op *op,
                    const struct asked *asked, struct fieldset words);

/* Whether a field's values are kept in the blob for this child (or this adult's slot). */
bool view_is_shielded(const struct safety *safety, enum field field, unsigned slot);

#endif

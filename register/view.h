/* What a person gets of one child: a decision and a record, turned into granted values in their forms.
 * Views, short views, lists and packages are all made here, so that there is one place where
 * a value can leave. It opens through fields_open alone, writes into JSON, and sends nothing.
 *
 * The members that view_write adds to an object (stable; api/openapi.json says the same):
 *   "outcome":     "permit" | "partial" | "needs_second_person"
 *   "policy":      version of the policy, hexadecimal
 *   "fields":      an object: policy word -> {
 *                    "form": "full", "rule": "G-01",
 *                    "values": [{"field": "forename", "slot": 0, "value": "Siôn",
 *                                "state": "checked" | "as_given", "said_by": "parent",
 *                                "since": "2026-09-01"?, "recorded": "2026-11-02"?, "contested": false}],
 *                    "in_custody": ["home_address"]?   // field names that lie in the shielded blob, held or not:
 *                                                      // they come by a ticket (POST /v1/openings)
 *                  }   granted words only; a granted word with nothing held has "values": [];
 *                      "value": null where a person has to redact the text first
 *   "withheld":    [{"field", "rule", "why", "nearest"?}]   why in the caller's language; nearest: a grant's id
 *   "pending":     [{"field", "form", "rule"}]
 *   "approvals":   [{"rule", "why", "by": ["role"]}]        what the pending ones wait for
 *   "obligations": [{"obligation", "what"}]
 */
#ifndef REGISTER_VIEW_H
#define REGISTER_VIEW_H

#include "base/json.h"
#include "register/asked.h"
#include "register/form.h"

#define VIEW_ETAG_BYTES 16

struct view {
  const struct asked *asked;
  struct opened opened;                /* values in the forms granted; what has no such form is gone */
  bool *textless;                      /* by value: held, and its text waits for a person */
  uint8_t custody[TICKET_FIELD_BYTES]; /* field ids granted that lie in the blob: what a ticket may open */
  bool has_custody;
};

/* Opens what `asked` grants and reduces it. `reader` is whose view it is (account or recipient): pseudonyms are made
 * for them. `asked` must outlive the view and not be refused. Errors are those of fields_open. */
MUST_USE enum err view_open(struct op *op, struct view *ret_view, const struct asked *asked, struct id reader);

/* Into an open object. */
void view_write(struct json *json, const struct op *op, const struct view *view);
/* "fields" alone, for lists and packages. */
void view_write_fields(struct json *json, const struct op *op, const struct view *view);
/* "obligations" alone. */
void view_write_obligations(struct json *json, const struct op *op, uint64_t obligations);

/* Keyed MAC of what this view released, whatever the language. The first 4 bytes are of the whole; the other 12 share their
 * bits among the granted words, so that view_changed can name words without keeping an old state. */
void view_etag(uint8_t ret_etag[static VIEW_ETAG_BYTES], const struct op *op, const struct view *view);
/* Granted words that surely differ between two ETags of the same view; a small change may stay unnamed when the view is wide. */
struct fieldset view_changed(const struct view *view, const uint8_t a[static VIEW_ETAG_BYTES],
                             const uint8_t b[static VIEW_ETAG_BYTES]);

/* Adds what was released, withheld, and by which rules to an entry. `rules` must outlive it. */
void view_entry(struct entry_of *entry, const struct op *op, const struct view *view,
                uint16_t rules[static AUDIT_RULES_MAX]);

/* Whether a field's values are kept in the blob for this child (or this adult's slot). */
bool view_is_shielded(const struct safety *safety, enum field field, unsigned slot);

#endif

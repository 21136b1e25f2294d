/* Answers that give nothing: refusals that name their rule, the one generic answer, and problems of
 * a request (RFC 9457), each with its entry. What is refused for a reason that lies with the child
 * never gets a rule into its bytes here. */
#ifndef REGISTER_REPLY_H
#define REGISTER_REPLY_H

#include "register/asked.h"

#define REPLY_PROBLEM_TYPE "application/problem+json"

/* For an asked->is_refused: generic (R-00, 404, on the tick) or specific (403, rule and sentence,
 * the missing steps of F-11, the fields withheld). Fills the answer, adds one entry, ends the read
 * view. */
MUST_USE enum err reply_refused(struct op *op, const struct asked *asked, enum action action,
                                const struct ask *ask);
/* The generic answer alone, for what no decision was needed for: an id that is not the caller's to
 * see. */
MUST_USE enum err reply_generic(struct op *op, const struct entry_of *entry);
/* The same where somebody was looked up: the leads are told where the decision obliges to it. */
MUST_USE enum err reply_generic_about(struct op *op, const struct entry_of *entry,
                                      const struct asked *asked);
/* No W rule allows the act: 403, without looking at any child. */
MUST_USE enum err reply_no_act(struct op *op, enum action action, uint64_t purposes);

/* A problem with a sentence of its own, and the rule or section it rests on (may be empty). */
struct problem {
  enum err err;
  enum text_id detail; /* TEXT_NONE: the error's own */
  struct str slots[4]; /* text that anyone may see */
  struct str rule;
  struct fieldset fields;    /* policy words that it is about; empty: none */
  const struct str *lacking; /* JSON pointers to what the request does not say */
  size_t lacking_count;
};
MUST_USE enum err reply_problem(struct op *op, const struct problem *problem,
                                const struct entry_of *entry);

/* The same in two parts, for a problem with members of its own between. */
void reply_problem_begin(struct op *op, struct json *json, enum err err, struct str type,
                         struct str detail);
MUST_USE enum err reply_problem_end(struct op *op, struct json *json, enum err err,
                                    const struct entry_of *entry);

/* The outcome of a decision as the log knows it. */
enum outcome reply_outcome(const struct decision *decision);
/* Ends the answer: JSON object in `json` becomes the body. */
MUST_USE enum err reply_json(struct op *op, const struct json *json, int status);

#endif

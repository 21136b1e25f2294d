/* Proportionality as data: what was weighed before something is shared with somebody outside. It is
 * asked for, checked for presence and for closed words, kept sealed with the disclosure and shown
 * back to whoever answers for it. No text is scored, and nothing here decides: a person does.
 *
 * Source: Bank Mellat v HM Treasury (No 2) [2013] UKSC 39, the four questions (aim, connection,
 * less intrusive means, balance); Children's Wellbeing and Schools Act 2026 s 4, whether sharing
 * would be more detrimental to the child than not sharing. */
#ifndef REGISTER_WEIGHING_H
#define REGISTER_WEIGHING_H

#include "base/json.h"
#include "register/operations.h"

enum weighing_set {
  WEIGHING_AIM,
  WEIGHING_INTERFERENCE,
  WEIGHING_AFFECTED,
  WEIGHING_CHILD_VIEW,
  WEIGHING_MORE_HARM,
  WEIGHING_SAFEGUARD,
  WEIGHING_SETS
};
#define WEIGHING_NOT_SAID 0 /* words of a set are numbered from 1 */

/* The number of a word in its set; WEIGHING_NOT_SAID when there is none of that name. */
uint8_t weighing_word(enum weighing_set set, struct str code);
unsigned weighing_word_count(enum weighing_set set);
struct str weighing_code(enum weighing_set set, uint8_t word);
enum text_id weighing_text(enum weighing_set set, uint8_t word);

#define WEIGHING_BIT(word) (1u << (word))

struct weighing_question {
  uint8_t field; /* policy word; 0: no such field */
  struct personal question;
};
struct weighing {
  uint8_t aim, interference, child_view, more_harm; /* words; zero: not said */
  unsigned affected, safeguards;                    /* WEIGHING_BIT of words */
  struct personal aim_text, child_view_why, harm_if_shared, harm_if_not_shared;
  struct personal judgement; /* explains a departure; may be empty */
  struct day review_by;
  const struct weighing_question *connection;
  size_t connection_count;
};

/* Whether `ask` has to be weighed: everything but break-glass, which is reviewed afterwards. */
bool weighing_is_due(const struct op *op, const struct ask *ask);
/* What is lacking, as JSON pointers into the request, into ret_lacking (room for WEIGHING_LACKS);
 * how many. The fields without a question into *ret_fields. */
#define WEIGHING_LACKS 11
size_t weighing_lacks(const struct op *op, const struct ask *ask, struct str *ret_lacking,
                      struct fieldset *ret_fields);
/* The answer to the question of harm forbids it: said to harm the child more, and no court orders
 * it with a note that says so. */
bool weighing_forbids(const struct op *op, const struct ask *ask);

/* The words that were given, as the members of an open object: basis, necessity, alternatives and,
 * when it was weighed, "proportionality". */
void weighing_write(struct json *json, const struct op *op, const struct ask *ask);

#endif

/* Notices: what the register tells people of its own accord, and what stays loud until somebody has
 * seen to it. Each is an item that is put in the commit of the very deed it tells of, so that the
 * deed cannot be done untold; it is settled by another person, and is never taken away (the kinds:
 * notices.def). Its text is sealed, under the child's record where it is about a child. */
#ifndef REGISTER_NOTICE_H
#define REGISTER_NOTICE_H

#include "base/json.h"
#include "register/op.h"

enum notice_kind {
  NOTICE_NONE,
#define N(id, number, name, roles, otherwise, answer, text) NOTICE_##id = number,
#include "register/notices.def"
#undef N
};
enum notice_answer_kind { NOTICE_SEEN, NOTICE_WORDS, NOTICE_AGAIN };

struct notice_row {
  enum notice_kind kind;
  const char *name, *roles, *otherwise;
  enum notice_answer_kind answer;
  enum text_id what, what_to_do;
};
/* NULL: no such kind. */
const struct notice_row *notice_row(enum notice_kind kind);

/* A notice to be put. The zero value of every optional member is "none". */
struct notice {
  enum notice_kind kind;
  struct id id;     /* by which its maker finds it again; zero: a random one */
  struct id person; /* an account: whom it is about; of a kind without roles, whom it is for */
  struct id record; /* the child */
  const struct audit_secret *child; /* its secret, with `record` */
  struct day due;                   /* DAY_NONE: none. Past it the notice is overdue. */
  struct str said;       /* a finished JSON value, shown as "said"; at most NOTICE_SAID_MAX bytes */
  struct personal words; /* of whoever brought it about, shown as "words"; any length */
};
#define NOTICE_SAID_MAX 320
#define NOTICE_ANSWER_MAX 480
/* Adds it to the op's commit, with the entry that the op makes. *ret_id may be NULL. ERR_TOO_LARGE.
 */
MUST_USE enum err notice_put(struct op *op, const struct notice *notice, struct id *ret_id);

/* {"to": name}, as a notice says to whom something went or would have gone. */
MUST_USE enum err notice_say_to(struct op *op, struct str *ret_said, struct str to);
/* The day by whose end a review of today's deed is due: the next one from Monday to Friday. */
struct day notice_next_working_day(struct day today);

/* As it is kept. */
struct notice_kept {
  struct item item;
  const struct notice_row *row;
  bool is_done;
  struct instant made, done; /* `done` with is_done */
  struct id by, done_by;     /* accounts; `by` brought it about */
  struct str said;
  struct personal answer; /* of whoever settled it; empty: none */
};
/* `child` is the record's secret; NULL when it is about no child. */
MUST_USE enum err notice_read(struct op *op, struct notice_kept *ret_notice, struct id id,
                              const struct audit_secret *child);
/* Puts it again as settled now, by whoever is signed in. */
MUST_USE enum err notice_settle(struct op *op, struct notice_kept *notice,
                                const struct audit_secret *child, struct personal answer);
/* Of kind NOTICE_AGAIN: not settled, and shown again on that day; `answer` says why it goes on. */
MUST_USE enum err notice_again(struct op *op, struct notice_kept *notice,
                               const struct audit_secret *child, struct personal answer,
                               struct day on);
/* The words that came with it. */
MUST_USE enum err notice_words(struct op *op, struct personal *ret_words,
                               const struct notice_kept *notice, const struct audit_secret *child);

/* From the outside of the item alone: whether it is this person's to see to. Whether they may know
 * of the child is for the operation to decide; a recorded conflict is looked up here. */
bool notice_is_for(const struct op *op, const struct item *item);
bool notice_is_done(const struct item *item);
/* Settled, and shown long enough. */
bool notice_is_past(const struct item *item, struct day today);
enum notice_kind notice_kind_of(const struct item *item);
/* Not settled, and its day has passed. */
bool notice_is_overdue(const struct item *item, struct day today);
/* How many wait at all, and how many are overdue: counts for the operator. */
struct notice_counts {
  size_t waiting, overdue;
};
void notice_counts(const struct reg *reg, struct notice_counts *ret_counts);

#endif

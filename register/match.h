/* Whether a row of a sheet may be a child already held: the same number, or the same folded name
 * and birth date. One of the few things that look at records without a decision, and it looks at
 * tokens only: nothing is opened here, and no caller learns of a protected child by it. */
#ifndef REGISTER_MATCH_H
#define REGISTER_MATCH_H

#include "register/op.h"
#include "register/operations.h"

struct match_tokens {
  uint64_t upn, name_and_birth; /* 0: not given, or (a number) not well formed */
  uint64_t full_name, birth;
};
void match_tokens(const struct op *op, struct match_tokens *ret_tokens,
                  const struct given_list *values);

struct match {
  bool is_found;
  bool is_guarded; /* protected, asked for, or ever protected: nobody outside the circle is told */
  struct id record;
};
/* Protected, asked for, or ever protected. Under index_read. */
bool match_is_guarded(const struct entry *entry);
/* An unguarded match before a guarded one. */
void match_held(const struct op *op, struct match *ret_match, const struct match_tokens *tokens);
/* Keeps the resemblance of a new record to a guarded one, for the circle alone: sealed under the
 * new record, and said in no answer to whoever takes it in. Of no match nothing is kept. */
MUST_USE enum err match_note(struct op *op, struct id record, const struct match *match,
                             const struct audit_secret *child);
/* Whether the record has neither this name nor this birth date: then the reference was used for
 * somebody else. */
bool match_is_another(const struct op *op, struct id record, const struct match_tokens *tokens);

#endif

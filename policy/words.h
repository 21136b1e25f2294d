/* The vocabulary: what each word of a rule or a request means. Load time, look-up by name and by
 * number. A word that is not here is refused wherever it stands. */
#ifndef POLICY_WORDS_H
#define POLICY_WORDS_H

#include "policy/read.h"

/* Reads vocabulary.json into an empty policy. */
MUST_USE enum err words_load(struct policy *policy, const struct source *source);

/* Adds a field name, a [group], a @category or @everything to a set. */
MUST_USE enum err words_fields(const struct policy *policy, const struct source *source,
                               const char *name, struct fieldset *set);
/* The set of words of a kind that an array of names stands for, a bit each. */
MUST_USE enum err words_set(const struct policy *policy, const struct source *source,
                            enum policy_kind kind, json_t *names, uint64_t *ret_set);

#endif

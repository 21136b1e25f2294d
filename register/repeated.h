/* Words that are given again and again as the necessity of requests: how often within the last
 * seven days, by whom, for which purposes, from which day to which. In memory, made again at start
 * from the charges beside the log (charge.h); the words themselves are not here, only a keyed hash
 * of them folded. Nobody's text is judged: what is counted is that it is the same. */
#ifndef REGISTER_REPEATED_H
#define REGISTER_REPEATED_H

#include "register/charge.h"

#define REPEATED_DAYS 7
#define REPEATED_WHO 8 /* people who are named; more are only counted as more */

struct repeated_words {
  struct id words; /* keyed hash */
  struct day first, last;
  uint32_t count; /* requests within the last seven days */
  uint64_t purposes;
  struct id who[REPEATED_WHO];
  size_t who_count;
  bool has_more;
};

struct repeated;
MUST_USE enum err repeated_new(struct repeated **ret_repeated);
void repeated_free(struct repeated **repeated);
/* One more request with these words. *ret_count: with it, within the seven days up to that one's.
 * Any thread. */
MUST_USE enum err repeated_add(struct repeated *repeated, const struct charge *charge,
                               uint32_t *ret_count);
/* The i-th text that more than `most` requests gave within the seven days up to `today`; false: no
 * more of them. */
bool repeated_at(struct repeated *repeated, struct repeated_words *ret_words, size_t i,
                 uint32_t most, struct day today);

#endif

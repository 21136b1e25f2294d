/* Strict reading of policy files with jansson: every object has exactly the keys that are expected,
 * every text both languages. Load time only; nothing here runs while a decision is made. */
#ifndef POLICY_READ_H
#define POLICY_READ_H

#include <jansson.h>

#include "policy/inside.h"

/* One file while it is being read. */
struct source {
  const struct policy_file *file;
  size_t index;
  struct trail *trail;
  struct arena *arena; /* what is kept goes here */
};

/* ERR_POLICY with the file's index and the line of `word` (in quotes) in it; NULL: the whole file.
 */
enum err source_refuse(const struct source *source, const char *word, const char *literal);
#define REFUSE(source, word, literal) source_refuse((source), (word), "" literal "")

/* Parses; duplicate keys, trailing text and non-objects are refused. The caller frees *ret_root. */
MUST_USE enum err read_file(const struct source *source, json_t **ret_root);
void json_release(json_t **root); /* for OWNED */

/* All of `needed` must be there, of the rest only `allowed`; both end with NULL, `allowed` may be.
 */
MUST_USE enum err read_keys(const struct source *source, json_t *object, const char *const *needed,
                            const char *const *allowed);
MUST_USE enum err read_text(const struct source *source, json_t *object, const char *key,
                            struct str *ret_text);
MUST_USE enum err read_bool(const struct source *source, json_t *object, const char *key,
                            bool *ret_value); /* absent: false */
MUST_USE enum err read_day(const struct source *source, json_t *object, const char *key,
                           struct day *ret_day);
/* {"cy": ..., "en": ...} or the two keys among others (`key` NULL): both there, different, neither
 * blank nor longer than `max` characters. */
MUST_USE enum err read_both(const struct source *source, json_t *object, const char *key,
                            size_t max, struct str ret_text[static 2]);
/* A non-empty array of different texts. Returns the array through `ret_array`. */
MUST_USE enum err read_list(const struct source *source, json_t *object, const char *key,
                            json_t **ret_array);

#define SENTENCE_MAX 160 /* characters of a sentence for the requester */
#define ANSWER_MAX 240   /* of the whole answer where no rule speaks */

#endif

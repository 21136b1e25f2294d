/* cnis-verify consistency: that signed heads are heads of one log that only grew. Inputs, in any
 * order: a signed head (a note) the body of c2sp.org/tlog-witness add-checkpoint: "old <size>",
 * hashes, an empty line, a new head the hashes alone, one a line, between the only two heads Holds
 * only when every head is joined to the next larger one by a proof. */
#include <string.h>

#include "base/json.h"
#include "cli/verify.h"
#include "crypto/text.h"

#define HEADS_MAX 4096

struct proven_head {
  struct checkpoint head;
  const char *name;
};
struct step {
  uint64_t old_size, new_size;
  struct tree_proof proof;
  const char *name;
};
struct heads {
  struct proven_head at[HEADS_MAX]; /* ascending, one for each size */
  struct step steps[HEADS_MAX];
  size_t count, step_count;
};

/* ---- reading ---- */

static enum verdict add_head(struct verify *verify, struct heads *heads, const char *name,
                             struct str note, uint64_t *ret_size)
{
  struct checkpoint head = {0};
  const struct note_key *key = NULL;
  enum err err = verify_head(verify, &head, &key, note);
  if (err != OK) return verify_fails(verify, name, verdict_of(err));
  *ret_size = head.size;
  size_t at = 0;
  while (at < heads->count && heads->at[at].head.size < head.size)
    at++;
  if (heads->count > 0 && !str_equal(heads->at[0].head.origin, head.origin))
    return verify_fails(verify, name, VERDICT_MALFORMED); /* two logs are not one */
  if (at < heads->count && heads->at[at].head.size == head.size) {
    if (hash_equal(&heads->at[at].head.root, &head.root)) return VERDICT_HOLDS;
    return verify_fails(verify, name, VERDICT_EQUIVOCATION);
  }
  if (heads->count == HEADS_MAX) return verify_fails(verify, name, VERDICT_MALFORMED);
  memmove(&heads->at[at + 1], &heads->at[at], (heads->count - at) * sizeof(heads->at[0]));
  heads->at[at] = (struct proven_head){.head = head, .name = name};
  heads->count++;
  return VERDICT_HOLDS;
}

/* Lines of base64 up to an empty line or the end. False for anything else. */
static bool read_hashes(struct tree_proof *ret_proof, struct str *rest)
{
  struct str line = {0};
  for (ret_proof->count = 0; text_line(&line, rest) && line.len > 0; ret_proof->count++)
    if (ret_proof->count == TREE_PROOF_MAX ||
        !base64_get(ret_proof->hashes[ret_proof->count].bytes, HASH_BYTES, line))
      return false;
  return true;
}

static enum verdict take_text(void *self, struct verify *verify, const char *name, struct str text)
{
  struct heads *heads = self;
  struct step step = {.name = name};
  struct str rest = text, line = {0}, after = text;
  if (heads->step_count == HEADS_MAX) return verify_fails(verify, name, VERDICT_MALFORMED);
  if (text_starts(text, STR("old "))) {
    if (!text_line(&line, &rest) ||
        !str_to_u64((struct str){line.ptr + 4, line.len - 4}, &step.old_size) ||
        !read_hashes(&step.proof, &rest))
      return verify_fails(verify, name, VERDICT_MALFORMED);
    enum verdict verdict = add_head(verify, heads, name, rest, &step.new_size);
    if (verdict != VERDICT_HOLDS) return verdict;
  } else if (!read_hashes(&step.proof, &after) || after.len > 0) {
    uint64_t size = 0;
    return add_head(verify, heads, name, text, &size);
  }
  heads->steps[heads->step_count++] = step;
  return VERDICT_HOLDS;
}

/* ---- judging ---- */

static const struct proven_head *head_of(const struct heads *heads, uint64_t size)
{
  for (size_t i = 0; i < heads->count; i++)
    if (heads->at[i].head.size == size) return &heads->at[i];
  return NULL;
}

/* Whether this step joins the two; sets *ret_tried for a step that is about them. */
static bool joins(const struct step *step, const struct heads *heads,
                  const struct proven_head *older, const struct proven_head *newer)
{
  bool is_bare = step->new_size == 0 && heads->count == 2;
  bool is_theirs = step->old_size == older->head.size && step->new_size == newer->head.size;
  return (is_bare || is_theirs) &&
         tree_verify_consistency(&step->proof, older->head.size, &older->head.root,
                                 newer->head.size, &newer->head.root) == OK;
}

static bool are_joined(const struct heads *heads, size_t older)
{
  for (size_t i = 0; i < heads->step_count; i++)
    if (joins(&heads->steps[i], heads, &heads->at[older], &heads->at[older + 1])) return true;
  return false;
}

/* A proof that was given has to hold, also where other proofs already join the heads. */
static enum verdict check_steps(struct verify *verify, const struct heads *heads)
{
  for (size_t i = 0; i < heads->step_count; i++) {
    const struct step *step = &heads->steps[i];
    bool is_bare = step->new_size == 0;
    const struct proven_head *older = is_bare ? &heads->at[0] : head_of(heads, step->old_size);
    const struct proven_head *newer =
      is_bare ? &heads->at[heads->count - 1] : head_of(heads, step->new_size);
    if (is_bare && heads->count != 2) return verify_fails(verify, step->name, VERDICT_MALFORMED);
    if (older == NULL || newer == NULL || !joins(step, heads, older, newer))
      return verify_fails(verify, step->name, VERDICT_PROOF_FAILS);
  }
  return VERDICT_HOLDS;
}

static enum verdict say_holds(struct verify *verify, const struct heads *heads)
{
  const struct checkpoint *first = &heads->at[0].head, *last = &heads->at[heads->count - 1].head;
  if (!verify->json) {
    VERIFY_SAY(verify, TEXT_VERIFY_CONSISTENT, last->origin, verify_number(verify, first->size),
               verify_number(verify, last->size));
    return VERDICT_HOLDS;
  }
  struct json json;
  struct str line = {0};
  json_start(&json, verify->arena, 512);
  json_object_start(&json);
  JSON_KEY(&json, "verdict");
  json_int(&json, VERDICT_HOLDS);
  JSON_KEY(&json, "origin");
  json_str(&json, last->origin);
  JSON_KEY(&json, "from");
  json_int(&json, (int64_t)first->size);
  JSON_KEY(&json, "to");
  json_int(&json, (int64_t)last->size);
  JSON_KEY(&json, "root");
  json_base64(&json, last->root.bytes, HASH_BYTES);
  json_object_end(&json);
  if (json_done(&json, &line) != OK) return VERDICT_INTERNAL;
  VERIFY_SAY(verify, TEXT_VERIFY_LINE, line);
  return VERDICT_HOLDS;
}

enum verdict verify_consistency(struct verify *verify, char **paths, int count)
{
  struct heads *heads = arena_take(verify->arena, sizeof(*heads));
  if (heads == NULL) return VERDICT_INTERNAL;
  struct verify_sink sink = {.take = take_text, .self = heads};
  enum verdict verdict = verify_each(verify, paths, count, &sink);
  if (verdict != VERDICT_HOLDS) return verdict;
  if (heads->count == 0) return verify_fails(verify, paths[0], VERDICT_MALFORMED);
  verdict = check_steps(verify, heads);
  if (verdict != VERDICT_HOLDS) return verdict;
  for (size_t i = 0; i + 1 < heads->count; i++)
    if (!are_joined(heads, i))
      return verify_fails(verify, heads->at[i + 1].name, VERDICT_PROOF_FAILS);
  if (heads->at[heads->count - 1].head.size < verify->at_least)
    return verify_fails(verify, heads->at[heads->count - 1].name, VERDICT_STALE);
  return say_holds(verify, heads);
}

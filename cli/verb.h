/* What a verb gets and what it promises. A verb reads its options from `cli`, does its work, says
 * the result in the reader's language or as one JSON object, and returns an exit code of exits.def.
 * It writes results to standard output and everything else to standard error. */
#ifndef CLI_VERB_H
#define CLI_VERB_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/day.h"
#include "base/text.h"

enum option_id {
#define O(id, name, argument, text) OPTION_##id,
#include "cli/options.def"
#undef O
  OPTION_COUNT
};
#define OPTION(id) (UINT64_C(1) << OPTION_##id)
_Static_assert(OPTION_COUNT <= 64, "a verb's options are one word");

enum exit_code {
#define X(id, code, text) id = code,
#include "cli/exits.def"
#undef X
};

struct cli;

struct verb {
  const char *name; /* one or two words */
  enum exit_code (*run)(struct cli *cli);
  uint64_t needs, takes; /* options: without the first it does not run */
  unsigned operands_min, operands_max;
  const char *operands;    /* as the usage shows them */
  enum text_id says, help; /* one line; what a reader wants to know before using it */
};

struct cli {
  const struct verb *verb;
  const char *value[OPTION_COUNT]; /* NULL: not given; "" for a flag that was */
  char **operands;
  unsigned operand_count;
  enum lang lang;
  bool json;
  struct arena *arena; /* lives as long as the program; wiped at its end */
  struct outside outside;
  struct trail trail;
  struct str why; /* a sentence that goes with an error, beside the error's own; empty: none */
};

static inline bool cli_has(const struct cli *cli, enum option_id option)
{
  return cli->value[option] != NULL;
}

/* The table, in the order in which a newcomer meets the verbs. */
extern const struct verb cli_verbs[];
extern const unsigned cli_verb_count;

/* What a script sees when a verb ends in this error. */
enum exit_code exit_for(enum err err);

#define V(id, name, run, needs, takes, min, max, operands) enum exit_code run(struct cli *cli);
#define ASK(id, name, needs, takes, min, max, operands)
#include "cli/verbs.def"
#undef ASK
#undef V
enum exit_code verb_ask(struct cli *cli);

#endif

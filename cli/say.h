/* Everything that a verb says: sentences of base/text in the reader's language, or JSON.
 * Nothing personal passes here except answers of the register that the caller may see. */
#ifndef CLI_SAY_H
#define CLI_SAY_H

#include <stdarg.h>

#include "base/json.h"
#include "cli/verb.h"

/* The sentence with its slots filled; on want of memory, the sentence as it stands in the table. */
struct str sentence(struct cli *cli, enum text_id id, const struct str *slots, size_t slot_count);
#define SENTENCE(cli, id, ...)                                                                     \
  sentence((cli), (id), (const struct str[]){__VA_ARGS__},                                         \
           sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))

/* A line on standard output. */
void say(const struct cli *cli, enum text_id id);
void say_str(struct str line);
#define SAY(cli, id, ...) say_str(SENTENCE((cli), (id), __VA_ARGS__))
/* The same on standard error: for what is not the result. */
void note(const struct cli *cli, enum text_id id);
void note_str(struct str line);
#define NOTE(cli, id, ...) note_str(SENTENCE((cli), (id), __VA_ARGS__))

/* A decimal number, in the arena. */
struct str number(struct cli *cli, int64_t value);
/* printf into the arena; the empty text when there is no room. */
struct str formatted(struct cli *cli, const char *format, ...)
  __attribute__((format(printf, 2, 3)));

/* Ends a verb: what went wrong, with its place, on standard error, or with --json as one object on
 * standard output. Returns the exit code for `err`. */
enum exit_code complain(struct cli *cli, enum err err);
/* A wrong use of the program: the sentence, then where help is. EXIT_USAGE. */
enum exit_code misuse(struct cli *cli, struct str line);
/* Ends a verb with a finished JSON object. */
enum exit_code say_json(struct cli *cli, const struct json *json, enum exit_code code);

#endif

/* Files that a person names on the command line, and folders that a verb makes.
 * What is read goes to the arena, so it is wiped when the program ends. */
#ifndef CLI_FILE_H
#define CLI_FILE_H

#include <sys/types.h>

#include "cli/verb.h"

/* The whole file, with a NUL behind it; "-" is standard input. ERR_ABSENT: cannot be opened;
 * ERR_TOO_LARGE; ERR_IO. */
MUST_USE enum err file_read(struct cli *cli, struct str *ret_text, const char *path,
                            size_t max_bytes);
/* A new file with this mode, synced, never an existing one: ERR_CONFLICT. */
MUST_USE enum err file_write_new(const char *path, struct str text, unsigned mode);
/* n bytes of it from this place on. ERR_IO, also when it is shorter. */
MUST_USE enum err file_peek(const char *path, void *ret_bytes, size_t n, off_t at);
/* Changes one bit of one byte, as damage or a hand would. ERR_IO. */
MUST_USE enum err file_flip(const char *path, off_t at);
/* Makes the folder (mode 0700) unless it is there. */
MUST_USE enum err folder_make(const char *path);
bool path_exists(const char *path);
/* Takes away a folder with everything in it; links are taken away, never followed. */
MUST_USE enum err folder_remove(const char *path);
/* "<a>/<b>", in the arena, NUL-terminated. NULL: no room. */
const char *path_join(struct cli *cli, const char *a, const char *b);
/* The path of another program of ours: the one beside this program. NULL: cannot be found. */
const char *path_beside(struct cli *cli, const char *program);

#endif

/* Whole files, for crypto/ alone: read and written entirely or not at all. */
#ifndef CRYPTO_FILE_H
#define CRYPTO_FILE_H

#include <stddef.h>

#include "base/err.h"

MUST_USE enum err file_write_all(int fd, const void *bytes, size_t n); /* ERR_FULL, ERR_IO */
MUST_USE enum err file_read_all(int fd, void *ret_bytes, size_t n);    /* ERR_IO when shorter */
MUST_USE enum err file_sync_folder(const char *path); /* makes the name of a file durable */
/* Replaces path by these bytes, mode 0600: temporary file beside it, fsync, rename, fsync of the
 * folder. A crash leaves the old file or the new one. */
MUST_USE enum err file_replace(const char *path, const void *bytes, size_t n);
/* As above for a name that must not exist yet: ERR_CONFLICT. */
MUST_USE enum err file_create(const char *path, const void *bytes, size_t n);
/* At most `capacity` bytes of a regular file; ERR_TOO_LARGE beyond, ERR_ABSENT when there is none.
 */
MUST_USE enum err file_load(const char *path, void *ret_bytes, size_t capacity, size_t *ret_n);

#endif

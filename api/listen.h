/* Listening sockets: loopback TCP or Unix, nothing else. */
#ifndef API_LISTEN_H
#define API_LISTEN_H

#include <stdint.h>
#include <sys/stat.h>

#include "base/err.h"

/* `address` is numeric; ERR_INPUT when it is not a loopback address. Reads the port back. */
MUST_USE enum err listen_loopback(int *ret_socket, uint16_t *ret_port, const char *address,
                                  uint16_t port, struct trail *trail);
/* Replaces a socket left by a process that is gone; never another kind of file. */
MUST_USE enum err listen_unix(int *ret_socket, const char *path, mode_t mode, struct trail *trail);

#endif

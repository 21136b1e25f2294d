/* Listening sockets: TCP, on loopback unless TLS answers there; or Unix. */
#ifndef API_LISTEN_H
#define API_LISTEN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/err.h"

/* `address` is numeric; ERR_INPUT when it is not, or when it is no loopback address and not
 * `is_secure`: nothing leaves this machine unencrypted. Reads the port back. */
MUST_USE enum err listen_tcp(int *ret_socket, uint16_t *ret_port, const char *address,
                             uint16_t port, bool is_secure, struct trail *trail);
/* Replaces a socket left by a process that is gone; never another kind of file. */
MUST_USE enum err listen_unix(int *ret_socket, const char *path, mode_t mode, struct trail *trail);

#endif

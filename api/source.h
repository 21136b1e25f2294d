/* Where a request comes from, as far as that can be believed: the address of a network connection,
 * and on a Unix socket what the proxy behind it says. It is used to slow down guessing, and for
 * nothing else: it is neither logged nor kept. */
#ifndef API_SOURCE_H
#define API_SOURCE_H

#include "api/request.h"

/* Empty: not known, as for everything that comes over loopback. In the request's arena. */
struct str source_of(struct request *request);
/* The last address of a list of X-Forwarded-For (RFC 7239 1): the one that the proxy itself added.
 */
struct str source_last(struct str header);

#endif

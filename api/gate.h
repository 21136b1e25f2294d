/* The request gate: what libmicrohttpd lets through and a proxy in front may read differently
 * (two lengths, length and chunks, two Hosts, an unknown coding) is refused before anything is
 * done. RFC 9112 section 6.3 and 11.2 (request smuggling). It sees names and values, and keeps
 * none. */
#ifndef API_GATE_H
#define API_GATE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

#define GATE_TARGET_MAX 2048 /* bytes of path */

enum gate_header {
  GATE_HOST,
  GATE_CONTENT_LENGTH,
  GATE_TRANSFER_ENCODING,
  GATE_AUTHORIZATION,
  GATE_CONTENT_TYPE,
  GATE_IDEMPOTENCY_KEY,
  GATE_IF_MATCH,
  GATE_HEADER_COUNT
};

struct gate {
  unsigned seen[GATE_HEADER_COUNT]; /* how often */
  unsigned headers;
  uint64_t length; /* of Content-Length */
  bool is_malformed;
  bool is_chunked;
};

/* Call once for every header field, in any order; starts from a zeroed gate. */
void gate_header(struct gate *gate, struct str name, struct str value);
/* The verdict: OK, or ERR_INPUT; ERR_UNSUPPORTED for a version that is neither HTTP/1.0 nor 1.1.
 * `path` is as it came, without the query. */
MUST_USE enum err gate_verdict(const struct gate *gate, struct str version, struct str path);

#endif

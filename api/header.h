/* The few request headers that mean something here, parsed strictly. */
#ifndef API_HEADER_H
#define API_HEADER_H

#include "register/operations.h"

/* Accept-Language (RFC 9110 12.5.4): the better weighted of cy and en; `otherwise` when neither is
 * asked for, or both alike by a wildcard. Regions count as their language. */
enum lang header_language(struct str header, enum lang otherwise);
/* "Bearer TOKEN" (RFC 6750). */
bool header_bearer(struct str header, struct str *ret_token);
/* Idempotency-Key: 32 hexadecimal digits, with or without the hyphens of a UUID, quoted or not. */
bool header_idempotency(struct str header, struct id *ret_key);
/* If-Match: one strong entity tag, of 32 hexadecimal digits, as ETag gave it. */
bool header_etag(struct str header, struct str *ret_tag);

#endif

/* Looks single members up in a JSON object that base/json.h wrote, where a whole parser would be
 * too much to trust: the custodian compares opened log entries with a ticket, cnis-verify reads
 * packages. Strict RFC 8259, depth at most SCAN_DEPTH; the whole text is checked, not only the way
 * to the member. Values are given out as the bytes that stand there; nothing is allocated. */
#ifndef BASE_SCAN_H
#define BASE_SCAN_H

#include "base/err.h"
#include "base/str.h"

#define SCAN_DEPTH 16

/* The text of the member's value, a string with its quotes. ERR_ABSENT: no such member at the top
 * level; ERR_INPUT: not one JSON object, or the name stands twice. Names are compared as bytes, so
 * a name that is spelt with escapes is another name. */
MUST_USE enum err scan_member(struct str *ret_value, struct str object, struct str name);
/* As above for a string without escapes: without its quotes. ERR_INPUT for any other value. */
MUST_USE enum err scan_word(struct str *ret_word, struct str object, struct str name);
/* As above for a number that str_to_u64 takes. */
MUST_USE enum err scan_u64(uint64_t *ret_number, struct str object, struct str name);
/* Undoes the escapes of a string value into a buffer of `capacity` bytes; *ret_n are used. UTF-8.
 * ERR_INPUT: not a string, or an escape that means no character; ERR_TOO_LARGE. */
MUST_USE enum err scan_text(char *ret_text, size_t capacity, size_t *ret_n, struct str value);

#endif

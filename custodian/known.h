/* The protected values that `compare` knows, folded, in locked memory, and whether a text holds
 * one. Nothing here is stored; a new start has to be told again. What is said outward is one bit.
 */
#ifndef CUSTODIAN_KNOWN_H
#define CUSTODIAN_KNOWN_H

#include "base/arena.h"
#include "custodian/protocol.h"

struct known;

MUST_USE enum err known_new(struct known **ret_known); /* ERR_MEMORY */
void known_free(struct known **known);                 /* wipes */

/* From now on these fields count (names, addresses, telephones, e-mail addresses). */
void known_choose(struct known *known, const uint8_t fields[static TICKET_FIELD_BYTES]);
/* Forgets what was known of the record, and keeps the chosen fields of this blob text instead (n =
 * 0: nothing). ERR_FULL: no room, and the record is then known in part; ERR_CORRUPT; ERR_MEMORY. */
MUST_USE enum err known_learn(struct known *known, struct arena *arena,
                              const uint8_t record[static ID_BYTES], const void *text, size_t n);
/* ERR_INPUT: not UTF-8; ERR_MEMORY. Names are found as whole words, numbers whatever their spacing,
 * addresses also by a line that has a number in it, and by the name of the house before the first
 * comma (two words, six letters). */
MUST_USE enum err known_holds(const struct known *known, struct arena *arena, bool *ret_hit,
                              const struct custodian_comparison *comparison);

#endif

/* Passwords of local accounts: Argon2id (RFC 9106, second recommended choice: 3 passes, 64 MiB) in
 * the usual text form. About 0.1 s and 64 MiB each: only the small hashing pool calls these. */
#ifndef CRYPTO_PASSWORD_H
#define CRYPTO_PASSWORD_H

#include "base/day.h"
#include "base/err.h"
#include "base/str.h"

#define PASSWORD_TEXT_MAX 128

/* "$argon2id$v=19$m=65536,t=3,p=1$<salt>$<hash>", NUL-terminated and NUL-padded. ERR_MEMORY. */
MUST_USE enum err password_hash(char ret_text[static PASSWORD_TEXT_MAX], struct personal password,
                                const struct outside *outside);
/* A text in the same form that no password matches, made without hashing: to verify against where
 * there is no account, at the same cost. */
void password_of_nobody(char ret_text[static PASSWORD_TEXT_MAX], const struct outside *outside);
/* ERR_UNAUTHENTICATED when it does not match; ERR_CORRUPT for a text that is not ours, or is below
 * the floor above; ERR_MEMORY. */
MUST_USE enum err password_verify(const char text[static PASSWORD_TEXT_MAX],
                                  struct personal password);

#endif

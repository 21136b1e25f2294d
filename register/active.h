/* The policy in force: kept as one text in the register's folder (policy/pack.h), under its
 * version, which the register's own sealed row names. So who has the disk cannot change a rule
 * unseen: another text has another version, and a start refuses it. */
#ifndef REGISTER_ACTIVE_H
#define REGISTER_ACTIVE_H

#include "policy/pack.h"
#include "register/op.h"

/* Of a new register: the policy of this program, kept in the folder. */
MUST_USE enum err active_first(struct reg *reg, struct trail *trail);
/* The one that the register's row names, as it is kept; its version is compared. ERR_POLICY: it is
 * missing or is another one. */
MUST_USE enum err active_load(struct reg *reg, struct trail *trail);
/* Once the items are known: who signed, and that it is they who signed what is kept. */
MUST_USE enum err active_check(struct reg *reg, struct trail *trail);

/* Whose key this is, by the custodian's word. ERR_CUSTODIAN, ERR_CUSTODY_SIGNATURE,
 * ERR_CUSTODY_WITHDRAWN. */
MUST_USE enum err active_whose(const struct reg *reg, struct id *ret_account,
                               const struct verify_key *key, struct trail *trail);
/* Writes the text where the next start looks for it, durably. */
MUST_USE enum err active_keep(const struct reg *reg, const struct policy_pack *pack,
                              struct str text);
/* With the same commit: the item, and the version in the register's own row. `spent` is never less
 * than before. An activation whose number is 0 is that of the policy that came with the register.
 */
MUST_USE enum err active_put(struct op *op, const struct activation *activation, uint64_t spent);

/* What waits for the next start. */
struct active_next active_next(const struct reg *reg);
/* That it is this from now on, once the commit is durable. Of two who move it at once, the second
 * is decided again. */
MUST_USE enum err active_moves(struct op *op, const struct active_next *next);
/* Every field and relation of the register has its word in this policy, and so has its regime. */
bool active_suits(const struct reg *reg, const struct policy *policy);

#endif

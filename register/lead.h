/* What the safeguarding leads are told when a decision obliges to it (notify_safeguarding_lead): in
 * the commit of the decision's own entry, and never the person it is about. Whoever asked learns
 * nothing of it, neither from the answer nor from the time: a generic answer changes the records
 * all the same when there is nothing to tell (op_item_decoy). Breaking the glass has a notice of
 * its own (glass.h). */
#ifndef REGISTER_LEAD_H
#define REGISTER_LEAD_H

#include "register/asked.h"

/* After the decision, before op_entry. One notice while another of the same kind about the same
 * person and child waits. GUARD(LEADS_TOLD). */
MUST_USE enum err lead_tell(struct op *op, const struct asked *asked);

#endif

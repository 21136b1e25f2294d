/* Text that leaves in a disclosure, made safe for whoever gets it. A redacted text loses every
 * value of another party; a full one leaves as it is, or not at all. Three things are asked of
 * each: the other parties on the record itself (opened like the matcher's, never handed on), the
 * names of protected people anywhere (by tokens, nothing is opened), and the custodian, who alone
 * knows what is shielded and says one bit. If the custodian cannot be asked, nothing leaves. */
#ifndef REGISTER_LEAVING_H
#define REGISTER_LEAVING_H

#include "custodian/client.h"
#include "register/pace.h"
#include "register/redact.h"
#include "register/sharing.h"
#include "register/view.h"

struct leaving {
  struct view view;
  struct id recipient;
  struct needles others;                  /* what a redacted text may not tell */
  struct personal own[CUSTODIAN_OWN_MAX]; /* what the recipient told of themselves */
  unsigned own_count;
  struct fieldset held_back; /* words whose text may not leave: in its place is as much filler */
};

/* Whether what is granted has text in it that must be compared, held or not. */
bool leaving_has_text(const struct op *op, const struct asked *asked);

/* The words whose values are free text. */
struct fieldset leaving_texts(const struct op *op);
/* Words asked for that cannot leave on paper or by telephone, whoever the child is: there the
 * officer reads what leaves, and what is missing from a text would tell them what it was compared
 * with. Empty for a package. */
struct fieldset leaving_by_hand(const struct op *op, const struct sharing *sharing);

/* Opens what `asked` grants, in the recipient's forms. As view_open; the values are not to leave
 * before leaving_ask, where leaving_has_text. */
MUST_USE enum err leaving_open(struct op *op, struct leaving *ret_leaving,
                               const struct asked *asked, struct id recipient);

/* With no read view open. Takes pieces out of redacted texts, and whole words out of the view,
 * where the custodian finds something. How much is asked, and how often, is told by the texts alone
 * and not by what is found in them, so that neither the time nor what is left of anybody's pace
 * tells (GUARD(COMPARED_ALIKE)). ERR_CUSTODIAN and what it refuses with, as ERR_CUSTODY_BUDGET
 * where the person's own pace does: nothing may leave. */
MUST_USE enum err leaving_ask(struct leaving *leaving, struct custodian *custodian,
                              struct pace *pace, struct op *op);

/* The view, as the log will say what it released: without the words held back. */
void leaving_settle(const struct op *op, struct leaving *leaving, const struct asked *asked);

/* In the place of all texts of a word stands as much filler. */
MUST_USE enum err leaving_hold_back(struct leaving *leaving, struct arena *arena, uint8_t word);

#endif

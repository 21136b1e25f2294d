/* A legal regime: which law is in force for an authority from a date, as data (policy/regimes/).
 * Days, thresholds, duty sections and the power that each field rests on are looked up here and
 * nowhere else; docs/design.md D14. Sections are cited only through these files, because the
 * numbering is not settled. */
#ifndef POLICY_REGIME_H
#define POLICY_REGIME_H

#include "base/day.h"
#include "base/str.h"
#include "base/text.h"

struct policy;
struct regime;

struct str regime_id(const struct regime *regime);
struct str regime_title(const struct regime *regime, enum lang lang);
struct day regime_from(const struct regime *regime); /* first day of it; DAY_NONE: no such bound */
/* True: made up for demonstration, not the law as it stands; every answer says so. */
bool regime_is_illustration(const struct regime *regime);
/* True: the register is a duty here. False: nothing may be claimed to be one. */
bool regime_claims_duty(const struct regime *regime);

/* Whether a field may be taken in: its power code ("436C(1)") is in force here and the word is not
 * among the exceptions. Unknown code or word: false. */
bool regime_field_has_power(const struct regime *regime, struct str power_code, struct str word);
/* Whether a family may decline to give what rests on this power. Unknown code: true. */
bool regime_is_voluntary(const struct regime *regime, struct str power_code);

/* Education Act 1996 s8: from the prescribed day on or after the fifth birthday to the last Friday
 * in June of the school year (1 September to 31 August) in which the child reaches sixteen. */
bool regime_is_compulsory_school_age(const struct regime *regime, struct day born, struct day on);
struct day regime_school_age_begins(const struct regime *regime, struct day born);
struct day regime_school_age_ends(const struct regime *regime, struct day born);

/* A number of days or a threshold by name ("parent_reply_days"). False: no such name. */
bool regime_number(const struct regime *regime, struct str name, int *ret_number);
/* The section that a duty rests on ("register_duty" -> "436B"); empty when it is not in force. */
struct str regime_section(const struct regime *regime, struct str duty);

#endif

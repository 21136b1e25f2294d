/* The decision. Who, why and on what footing goes in; which fields, in which form, under which rule
 * and with which duties comes out. The rules are data (policy/rules/, one a file) and every word
 * they use is in policy/vocabulary.json; docs/design.md D5, D6 and D10 say what they mean.
 *
 * Pure once loaded: no I/O, no clock, no allocation, no state. The order of rules, files and fields
 * never matters. What is unknown never opens anything and always withholds; the zero value of every
 * struct here is the unknown one. */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/text.h"
#include "policy/fieldset.h"

struct policy;
struct regime;

/* ---- Loading ----------------------------------------------------------------------------------
 */

struct policy_file {
  const char *name; /* "vocabulary.json", "rules/G-01.json", "regimes/pre-cnis-wales.json" */
  const char *text; /* UTF-8 JSON */
  size_t len;
};

/* The files of policy/, compiled in by the build. */
extern const struct policy_file policy_builtin_files[];
extern const size_t policy_builtin_count;

/* All or nothing, and strict: an unknown key or word, a duplicate, a missing or equal language, a
 * sentence too long, a rule that cannot fire or says what another says, a field without category:
 * ERR_POLICY, with the index of the file and the line (0: the whole file) in `trail`.
 * Nothing of `files` is kept. */
MUST_USE enum err policy_load(struct policy **ret_policy, const struct policy_file *files,
                              size_t count, struct trail *trail);
void policy_free(struct policy **policy);

#define POLICY_VERSION_BYTES 32
/* A 32-byte hash of `bytes`; policy/ has none of its own. */
struct policy_hash {
  void (*digest)(uint8_t ret_digest[static 32], const void *bytes, size_t n);
};
/* The version of a set of files: the digest of their manifest (policy/pack.h), which does not
 * depend on the order in which they are given. It stands in every decision's audit entry.
 * ERR_POLICY: names that cannot be; ERR_MEMORY. */
MUST_USE enum err policy_version(uint8_t ret_version[static POLICY_VERSION_BYTES],
                                 const struct policy_file *files, size_t count,
                                 struct policy_hash hash);

/* ---- Words ------------------------------------------------------------------------------------
 */

/* A word is a small number within its kind, given by the vocabulary's order. 0 is "no such word".
 */
enum policy_kind {
  POLICY_FIELD,
  POLICY_FORM,
  POLICY_ROLE,
  POLICY_RELATION,
  POLICY_PURPOSE,
  POLICY_BASIS,
  POLICY_URGENCY,
  POLICY_OBLIGATION,
  POLICY_ACT,
  POLICY_KIND_COUNT
};
#define POLICY_NO_WORD 0

/* For load time and for parsing requests; a decision does no text work. */
uint8_t policy_word(const struct policy *policy, enum policy_kind kind, struct str name);
struct str policy_word_name(const struct policy *policy, enum policy_kind kind, uint8_t word);
/* Words of a kind; ids run from 1 to this number. At most 63, fields at most 127. */
unsigned policy_word_count(const struct policy *policy, enum policy_kind kind);
/* What a word means, for a person. */
struct str policy_word_text(const struct policy *policy, enum policy_kind kind, uint8_t word,
                            enum lang lang);
/* Who carries an obligation out, and how it is proved. */
struct str policy_obligation_who(const struct policy *policy, uint8_t obligation, enum lang lang);
struct str policy_obligation_proof(const struct policy *policy, uint8_t obligation, enum lang lang);

enum policy_category { POLICY_PLAIN, POLICY_LOCATING, POLICY_SAFETY, POLICY_SPECIAL };
enum policy_category policy_field_category(const struct policy *policy, uint8_t field);
struct str policy_field_group(const struct policy *policy, uint8_t field);
struct fieldset policy_fields_of(const struct policy *policy, enum policy_category category);
struct fieldset policy_all_fields(const struct policy *policy);
/* The most detailed form of a field: full, or yes_no, or route_only. */
uint8_t policy_field_full_form(const struct policy *policy, uint8_t field);
/* Whether the role's holder works for this authority; families and other bodies do not. */
bool policy_role_is_staff(const struct policy *policy, uint8_t role);
bool policy_role_is_family(const struct policy *policy, uint8_t role);
/* Roles that one person cannot give alone, as sets of POLICY_BIT of POLICY_ROLE: whose holder sees
 * protected children, approves, or works elsewhere. */
uint64_t policy_roles_confirmed(const struct policy *policy);
/* Whether the relation opens the door of another body, so that a second person has to confirm it.
 */
bool policy_relation_is_confirmed(const struct policy *policy, uint8_t relation);
/* Whether two roles of the set are ones that one person cannot hold together; which. */
bool policy_roles_clash(const struct policy *policy, uint64_t roles, uint8_t *ret_role,
                        uint8_t *ret_other);

/* The legal regimes in force at different dates or places; policy/regime.h. NULL: no such name. */
const struct regime *policy_regime(const struct policy *policy, struct str name);
unsigned policy_regime_count(const struct policy *policy);
const struct regime *policy_regime_at(const struct policy *policy, unsigned i); /* below that */

/* ---- What is asked ----------------------------------------------------------------------------
 */

/* Sets of words other than fields are one bit a word; bit 0 is an unknown word, and refuses. */
#define POLICY_BIT(word) (UINT64_C(1) << (word))

enum policy_truth { POLICY_UNKNOWN, POLICY_NO, POLICY_YES };
enum policy_outcome_of_approval { POLICY_NOT_DECIDED, POLICY_REFUSED, POLICY_APPROVED };

struct policy_approval {
  uint8_t role;
  enum policy_outcome_of_approval outcome;
  bool by_another; /* not the requester; false makes it worthless */
  bool in_time;    /* not expired; false makes it worthless */
};
#define POLICY_APPROVALS_MAX 8

/* What the request states, and what the authority knows of the requester without looking at any
 * child. Nothing here may depend on whether a child is held. `relation` is the one evidenced for
 * this requester and the child asked about; for a child who is not held it is "none". */
struct policy_request {
  uint8_t role;
  uint8_t relation;
  uint64_t purposes; /* POLICY_BIT of POLICY_PURPOSE */
  uint8_t basis;
  uint8_t urgency;
  enum policy_truth identity_verified;
  enum policy_truth conflict;         /* declared, or known of this requester and child */
  enum policy_truth protected_person; /* the requester is whom the shield protects */
  bool has_necessity;
  bool has_alternative;
  bool has_special_condition;
  uint32_t subjects; /* children asked about in one request */
  struct fieldset asked;
  struct fieldset order_fields; /* named by the court's order */
  uint64_t channel_cannot;      /* obligations that the receiver cannot carry out */
  struct policy_approval approvals[POLICY_APPROVALS_MAX];
  size_t approval_count;
};

/* ---- What is known of the child ---------------------------------------------------------------
 */

enum policy_level {
  POLICY_LEVEL_UNKNOWN,
  POLICY_LEVEL_NONE,
  POLICY_LEVEL_CONTACT,
  POLICY_LEVEL_HIDDEN
};
enum policy_shield_status {
  POLICY_STATUS_UNKNOWN,
  POLICY_STATUS_NONE,
  POLICY_STATUS_CONFIRMED,
  POLICY_STATUS_CLAIMED,
  POLICY_STATUS_EXPIRED_UNREVIEWED
};

/* What must have been done before a school attendance order is thought of (F-11). */
struct policy_gate {
  enum policy_truth support_offered;
  enum policy_truth aln_checked;
  enum policy_truth health_checked;
  enum policy_truth child_view_sought;
  enum policy_truth circumstances_reviewed;
  enum policy_truth less_intrusive_tried;
  enum policy_truth provision_in_place; /* NO: the family waits for what the authority owes */
};

struct policy_facts {
  enum policy_truth on_register;
  enum policy_level shield;
  enum policy_shield_status shield_status;
  enum policy_truth against_requester;
  enum policy_level household;
  enum policy_truth first_decision_made; /* D10: until YES nothing goes outside */
  enum policy_truth named_worker;        /* the circle admitted this requester, for a time (D11) */
  enum policy_truth child_agrees;        /* to a parent reading the child's view */
  struct policy_gate gate;
};

/* ---- The decision -----------------------------------------------------------------------------
 */

enum policy_outcome { POLICY_DENY, POLICY_NEEDS_SECOND_PERSON, POLICY_PARTIAL, POLICY_PERMIT };
/* GENERIC: the one answer that says nothing; the rule is for the audit log only. */
enum policy_answer { POLICY_GENERIC, POLICY_SPECIFIC };

#define POLICY_NO_RULE 0 /* rules are numbered from 1, in order of their ids */
#define POLICY_PENDING_MAX 8

struct decision {
  enum policy_outcome outcome;
  enum policy_answer answer;
  struct fieldset granted, denied, pending; /* each asked field is in exactly one */
  uint16_t rule;                            /* of a whole refusal, else POLICY_NO_RULE */
  uint64_t missing_steps;                   /* F-11: obligations that say what to do first */
  uint64_t obligations;                     /* union over every rule that applies to the release */
  uint16_t pending_rules[POLICY_PENDING_MAX]; /* the approvals still waited for */
  size_t pending_count;
  uint8_t form[FIELDSET_MAX];         /* of granted and pending fields */
  uint16_t granted_by[FIELDSET_MAX];  /* rule, of granted and pending fields */
  uint16_t withheld_by[FIELDSET_MAX]; /* rule, of denied fields: a withhold, F-02 or F-14 */
};

/* Steps 1 and 2: the request alone, before any look-up. False: refused, and ret_decision is the
 * whole, specific answer. True: go on; ret_decision is then a generic refusal (never a grant). */
bool policy_decide_request(const struct policy *policy, struct decision *ret_decision,
                           const struct policy_request *request);
/* All steps; begins with policy_decide_request. */
void policy_decide(const struct policy *policy, struct decision *ret_decision,
                   const struct policy_request *request, const struct policy_facts *child);

/* Whether the requester stands in the circle of this child (it lifts shields, it grants nothing).
 */
bool policy_in_circle(const struct policy *policy, const struct policy_request *request,
                      const struct policy_facts *facts);

/* ---- Rules, for explaining --------------------------------------------------------------------
 */

unsigned policy_rule_count(const struct policy *policy);
struct str policy_rule_id(const struct policy *policy, uint16_t rule);
uint16_t policy_rule_named(const struct policy *policy, struct str id);
/* The sentence for the requester. Never shown when the answer is generic: that has R-00's. */
struct str policy_rule_why(const struct policy *policy, uint16_t rule, enum lang lang);
struct str policy_rule_owner(const struct policy *policy, uint16_t rule);
/* Roles that may give the approval of an approval rule; any one suffices. POLICY_BIT of
 * POLICY_ROLE. */
uint64_t policy_rule_approvers(const struct policy *policy, uint16_t rule);
/* For a denied field of a specific answer: a grant by which this role could have it, with another
 * relation or purpose; POLICY_NO_RULE when there is none. */
uint16_t policy_nearest_grant(const struct policy *policy, const struct policy_request *request,
                              uint8_t field);
/* The fields that a role and relation could be granted for a purpose, shields apart. Searches may
 * use no others, and an officer may change no others. */
struct fieldset policy_reach(const struct policy *policy, uint8_t role, uint8_t relation,
                             uint8_t purpose);

/* ---- Acts -------------------------------------------------------------------------------------
 */

struct policy_permission {
  bool allowed; /* no rule, no act */
  bool needs_second_person;
  uint16_t rule;
  struct fieldset fields; /* what may be written by it; empty when the act writes no field */
};

struct policy_permission policy_may_act(const struct policy *policy, uint8_t role, uint8_t relation,
                                        uint8_t purpose, uint8_t act);

/* ---- Matrix -----------------------------------------------------------------------------------
 */

/* Every grant and act as lines of text: rule, role, relation, purpose, then surface, field and
 * form, or "act", the act and what it may write; last what else must be so. In order of rules. In
 * the arena. */
MUST_USE enum err policy_matrix(const struct policy *policy, struct arena *arena,
                                struct str *ret_text);

#endif

/* What a loaded policy looks like inside: words as numbers, conditions as masks. Filled by words.c
 * and load.c, checked by verify.c, read by decide.c; never changed after that. */
#ifndef POLICY_INSIDE_H
#define POLICY_INSIDE_H

#include "base/arena.h"
#include "base/day.h"
#include "policy/policy.h"

enum fact {
#define FACT(id, name, scope, kind, values) FACT_##id,
#include "policy/facts.def"
#undef FACT
  FACT_COUNT
};

enum scope {
  SCOPE_REQUEST = 1,
  SCOPE_RELATION = 2,
  SCOPE_CHILD = 4,
  SCOPE_RESULT = 8,
  SCOPE_FIELD = 16
};

/* Values of facts that the engine itself sets; as listed in facts.def. */
enum { KIND_STAFF = 1, KIND_BODY, KIND_FAMILY };
enum { FITS_NO = 1, FITS_NO_RULE, FITS_YES };
enum { SUBJECTS_ONE = 1, SUBJECTS_SEVERAL, SUBJECTS_MANY };
enum {
  LACKING_IDENTITY = 1,
  LACKING_PURPOSE,
  LACKING_BASIS,
  LACKING_NECESSITY,
  LACKING_FIELDS,
  LACKING_NOTHING
};
enum { ANSWER_NO = 1, ANSWER_YES };
enum { CHANNEL_CANNOT = 1, CHANNEL_CAN };
enum { SHIELD_NONE = 1, SHIELD_CONTACT, SHIELD_HIDDEN };
enum { CIRCLE_OUTSIDE = 1, CIRCLE_ONCE_APPROVED, CIRCLE_INSIDE };
enum { FIRST_WAITING = 1, FIRST_MADE };
enum { GATE_FIRST = 1, GATE_NOTHING = 8 };
enum { RESULT_REFUSED = 1, RESULT_GATE, RESULT_PENDING, RESULT_RELEASED };

/* A request for more children than this is in bulk. */
#define SUBJECTS_FEW_AT_MOST 25

/* Opening effects never fire on what is unknown; the others always do. */
enum effect {
  EFFECT_FIT,       /* these purposes may rest on these bases */
  EFFECT_GRANT,     /* these fields */
  EFFECT_CIRCLE,    /* stands in the circle of the child */
  EFFECT_ACT,       /* these acts */
  EFFECT_WITHHOLD,  /* these fields, whatever grants them */
  EFFECT_REFUSE,    /* the whole request, at this step */
  EFFECT_APPROVE,   /* waits for one of these roles */
  EFFECT_OBLIGE,    /* these duties come with the answer */
  EFFECT_OTHERWISE, /* what is said where no rule speaks */
  EFFECT_COUNT
};

enum step { STEP_REQUEST, STEP_CHILD, STEP_GATE, STEP_COUNT };
enum writes { WRITES_NOTHING, WRITES_GRANTED, WRITES_ANY };

struct condition {
  uint8_t fact;
  uint8_t scope;
  uint64_t values; /* one bit a value */
};

struct rule {
  enum effect effect;
  uint8_t when_count, unless_count;
  bool only_named_by_order; /* of a grant */
  bool spares_own_detail;   /* of a withhold */
  bool opens_break_glass;   /* of a grant */
  bool needs_second_person; /* of an act */
  enum step step;           /* of a refusal */
  enum writes writes;       /* of an act */
  uint16_t number;          /* from 1, in order of ids */
  size_t file;              /* index, for the trail of the loader */
  const struct condition *when, *unless;
  struct fieldset fields;
  const uint8_t *rank; /* [FIELDSET_MAX] of a grant: 0 is the most detailed form; NULL: all full */
  uint64_t roles;      /* approvers; of a circle: approvals that admit */
  uint64_t obligations, acts;
  struct str id, owner, law; /* law: all that are named, with "; " between */
  struct day review_by;
  struct str why[2]; /* by enum lang */
};

#define WORDS_MAX 128
#define FORMS_OF_A_FIELD_MAX 4

struct word {
  struct str name;
  struct str text[2];
};

struct field_word {
  struct str group;
  enum policy_category category;
  bool in_everything; /* of the 52 of the baseline; newer words name each reader */
  uint8_t forms[FORMS_OF_A_FIELD_MAX];
  uint8_t form_count;
};

struct obligation_word {
  struct str who[2], proof[2];
};

struct words {
  struct word word[WORDS_MAX]; /* 0 is never used */
  unsigned count;
};

/* Rules of one effect, in order of their ids. */
struct rule_list {
  const struct rule **rule;
  size_t count;
};

struct policy {
  struct arena *arena;
  struct words words[POLICY_KIND_COUNT];
  struct field_word field[WORDS_MAX];
  struct obligation_word obligation[WORDS_MAX];
  uint8_t role_kind[64];       /* value of FACT_ROLE_KIND */
  uint64_t roles_confirmed;    /* as policy_roles_confirmed says */
  uint64_t role_apart[64];     /* by role: those that one person cannot hold beside it */
  uint64_t relation_missing;   /* relations that say "none to this child" */
  uint64_t relation_confirmed; /* relations that one person cannot record alone */
  struct fieldset own[64];     /* by relation: the requester's own details */
  struct rule *rules;          /* in order of ids; rule n is rules[n - 1] */
  unsigned rule_count;
  struct rule_list by_effect[EFFECT_COUNT];
  struct rule_list break_glass; /* the grants that open it */
  uint64_t bases_of[64];        /* by purpose: what it may rest on; 0: no rule */
  uint8_t basis_none;           /* the basis word that means "none given" */
  uint16_t rule_ungranted;      /* F-02 */
  uint16_t rule_unknown_field;  /* F-14 */
  struct regime *regimes;
  size_t regime_count;
  struct budgets *budgets;
};

/* The facts of one request for one purpose: a bit for each value that holds; bit 0 is unknown. */
struct fact_values {
  uint64_t is[FACT_COUNT];
  struct fieldset own_detail, named_by_order;
  uint64_t refused_by; /* roles */
};

/* Whether a rule's conditions hold, looking only at facts in `scopes` (conditions on others count
 * as met in `when` and as not met in `unless`). Field facts are left to the caller. */
bool rule_fires(const struct rule *rule, const struct fact_values *facts, unsigned scopes);
bool effect_opens(enum effect effect);

/* Facts that a request and a child give; purpose apart. */
void facts_of_request(const struct policy *policy, struct fact_values *ret_facts,
                      const struct policy_request *request);
void facts_of_child(struct fact_values *facts, const struct policy_request *request,
                    const struct policy_facts *child);
/* Sets what differs by purpose: purpose, basis_fits, break_glass, channel. Does nothing when this
 * purpose is set already. */
void facts_for_purpose(const struct policy *policy, struct fact_values *facts,
                       const struct policy_request *request, unsigned purpose);
/* One of the roles has approved and none of them has refused. */
bool approval_given(uint64_t roles, const struct fact_values *facts);
/* Sets in_circle, for the purpose that is set, if it is not yet known. */
void facts_for_circle(const struct policy *policy, struct fact_values *facts);

/* facts.def, for the loader. */
struct fact_row {
  const char *name;
  enum scope scope;
  int kind; /* enum policy_kind, or -1 */
  const char *values;
};
extern const struct fact_row fact_rows[FACT_COUNT];

#endif

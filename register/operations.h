/* What can be asked of the register. One function an operation; api/ calls exactly one a request.
 *
 * Every operation fills op->answer (a refusal is an answer too, with its entry) and op->commit, and
 * returns OK; it returns an error only when the request cannot be answered as asked (bad input,
 * stale If-Match, no room), and the caller then calls op_refuse with it. Inputs live in op->arena.
 * Refusals that rest on the request name their rule (403); refusals that rest on the child are the
 * one generic answer R-00 (404, on the tick), the same for absent, hidden and unrelated (adr 0006).
 */
#ifndef REGISTER_OPERATIONS_H
#define REGISTER_OPERATIONS_H

#include "register/register.h"
#include "register/value.h"

/* One value as a caller gives it: checked for type by field_check, stored as given when it fails.
 */
struct given {
  enum field field;
  unsigned slot;      /* 0 to slots - 1 */
  struct value value; /* value.h: state, said_by, since, contested, text */
};
struct given_list {
  struct given *at;
  size_t count;
};

/* ---- entries (on_entry.c, on_view.c, on_change.c) ---- */

struct entry_new {
  struct ask ask; /* purpose register_maintenance; W-01 decides */
  struct given_list values;
  struct str officer;     /* user name to assign; empty: the caller */
  struct personal source; /* where it came from, for instance "school notice" */
  struct personal ref;    /* the source's own reference */
  struct day on;          /* day for eligibility; not set: today */
};
MUST_USE enum err entry_create(struct op *op, const struct entry_new *in); /* 201, Location, id */

struct entry_ask {
  struct id id;
  struct ask ask;
};
MUST_USE enum err entry_view(struct op *op,
                             const struct entry_ask *in); /* POST /entries/{id}/views */
/* Short for the view stored with the caller's assignment: purpose and basis come from there. */
MUST_USE enum err entry_get(struct op *op, struct id id);

struct entry_change {
  struct id id;
  struct ask ask;
  struct given_list values; /* state absent removes; slot is explicit */
};
MUST_USE enum err entry_patch(struct op *op, const struct entry_change *in); /* If-Match needed */

struct search {
  struct ask ask;
  struct personal name, forename, surname, upn, postcode, phone, email; /* empty: not asked by */
  struct day date_of_birth;
  struct str cursor;
};
MUST_USE enum err entry_search(struct op *op, const struct search *in);
MUST_USE enum err entry_list_assigned(struct op *op, struct str cursor); /* my list */
MUST_USE enum err entry_safety_review(struct op *op, struct id id);
MUST_USE enum err entry_access_log(struct op *op, struct id id, struct str cursor);

/* ---- intake: rows of a sheet (on_intake.c) ---- */

struct intake_row {
  unsigned row; /* row in the file, the header being row 1 */
  struct given_list values;
  struct str officer;
  struct personal ref;
  struct personal safety_said; /* what the sheet says about safe contact; evidence only */
  struct personal safety_note;
};
enum intake_outcome {
  INTAKE_TAKEN,
  INTAKE_UNCHANGED,
  INTAKE_PROPOSED_CHANGE,
  INTAKE_PROPOSED_SAME_CHILD,
  INTAKE_REFUSED_NOT_ELIGIBLE,
  INTAKE_REFUSED_NO_NAME,
  INTAKE_REFUSED_TOO_LONG,
  INTAKE_REFUSED_OTHER
};
struct intake_result {
  enum intake_outcome outcome;
  struct id id;        /* of the entry taken in; zero otherwise */
  struct str rule;     /* the rule or power a refusal rests on */
  bool is_other_child; /* the reference is known, with another name and birth date: said aloud */
};
/* Rows of a file that a dry run has met in earlier batches, since it takes none of them in. The
 * caller gives room for as many as the file has rows, and the same one with every batch. */
struct intake_seen {
  struct intake_seen_row {
    uint64_t upn, name_and_birth;
    bool is_guarded;
  } * at;
  size_t count, held;
};
struct intake {
  struct ask ask;
  struct str source; /* --source: one feed, within which ref is unique */
  struct day on;
  const struct intake_row *rows;
  size_t count;                      /* at most 64: one commit */
  struct intake_result *ret_results; /* count of them, in the arena */
  struct intake_seen *seen;          /* dry runs; NULL: each batch stands alone */
};
/* W-01. Never gives protection none; compares with no protected record where the answer could tell.
 */
MUST_USE enum err intake_take(struct op *op, const struct intake *in);

/* ---- safety (on_protection.c) ---- */

struct protection {
  struct id id;
  struct ask ask;
  enum level level;
  unsigned against[4]; /* people slots the child or adult is protected from */
  size_t against_count;
  unsigned protects[4]; /* people slots that are protected too */
  size_t protects_count;
  struct personal reason; /* goes into the shielded blob */
};
/* Raising takes effect at once (W-03). Lowering makes a proposal (202) that a second person
 * approves. */
MUST_USE enum err protection_set(struct op *op, const struct protection *in);
/* What was proposed, for whoever could agree to it. */
MUST_USE enum err protection_proposal(struct op *op, struct id id, struct id proposal);
struct protection_approval {
  struct id id, proposal;
  struct ask ask;
  bool approve;
};
MUST_USE enum err protection_approve(struct op *op, const struct protection_approval *in);

struct first_decisions {
  struct ask ask;
  const struct id *ids; /* at most 64 */
  size_t count;
  enum level level; /* the same for all of the batch */
};
MUST_USE enum err first_decision_list(struct op *op,
                                      struct str cursor); /* what waits, with the evidence */
MUST_USE enum err first_decision_make(struct op *op, const struct first_decisions *in);

/* ---- who stands how to a child (on_relation.c) ---- */

struct assignment {
  struct id id;
  struct str officer;
  struct str relation;
  struct str purpose;
  struct day from, until;
};
MUST_USE enum err assignment_make(struct op *op, const struct assignment *in); /* W-05, W-04 */
struct relation {
  struct id id;
  struct id recipient;
  struct str relation;
  struct personal evidence;
  struct day until;
};
/* 202 for one that opens another body's door (vocabulary: confirmed): it grants nothing until
 * another person confirms it. */
MUST_USE enum err relation_make(struct op *op, const struct relation *in);
MUST_USE enum err relation_approve(struct op *op, struct id relation, bool approve);
/* Before its day, by one; whether it waited or not. */
MUST_USE enum err relation_end(struct op *op, struct id relation);
/* Those in force or waiting, for who records them. */
MUST_USE enum err relation_list(struct op *op, struct id record);
struct conflict {
  struct id id;
  struct str officer;
  struct personal reason;
};
MUST_USE enum err conflict_make(struct op *op, const struct conflict *in);
struct recipient {
  struct str name, role, organisation;
  struct str age_key; /* empty: served on paper */
  struct str phone;   /* by which it is called back; empty: none */
  uint64_t cannot;    /* obligations that it cannot carry out: POLICY_BIT */
};
/* Bodies and families whom something could be sent to, approved or waiting: for whoever may
 * disclose or manages recipients. */
MUST_USE enum err recipient_list(struct op *op, struct str cursor);
MUST_USE enum err recipient_make(struct op *op, const struct recipient *in);
MUST_USE enum err recipient_approve(struct op *op, struct id recipient);
/* The second person's no: the recipient, or the key proposed for it, is taken away. */
MUST_USE enum err recipient_turn_down(struct op *op, struct id recipient);
MUST_USE enum err recipient_get(struct op *op, struct id recipient);
/* Another key: waits for a second person (recipient_approve), and the old one ends with that. */
MUST_USE enum err recipient_change_key(struct op *op, struct id recipient, struct str key);
/* By one person and at once, for a key that others may have: nothing is sealed to it any more. */
MUST_USE enum err recipient_stop_key(struct op *op, struct id recipient);
MUST_USE enum err recipient_end(struct op *op, struct id recipient); /* for good */
MUST_USE enum err quarantine_list(struct op *op,
                                  struct str cursor); /* proposals: same child, changes */

/* ---- named workers (on_named.c) ---- */

struct named_worker {
  struct id id;       /* of the child */
  struct str officer; /* user name */
  struct str purpose; /* a word: the worker is assigned for it as well; empty: not */
  struct personal reason;
  struct day until; /* DAY_NONE: as long as the regime allows */
};
/* W-04a: proposed by one (202), in force when a second person agrees who is neither of the two.
 * ERR_CONFLICT for an officer who is in conflict with the child. */
MUST_USE enum err named_worker_make(struct op *op, const struct named_worker *in);
MUST_USE enum err named_worker_approve(struct op *op, struct id id, bool approve);
/* Before its day, by one. */
MUST_USE enum err named_worker_end(struct op *op, struct id id);
/* Who is named for this child, and until when. */
MUST_USE enum err named_worker_list(struct op *op, struct id record);

/* ---- deputies (on_deputy.c) ---- */

struct deputy_naming {
  struct str user;        /* who is covered; empty: whoever asks */
  struct str deputy;      /* user names */
  struct day from, until; /* first and last day; `from` DAY_NONE: today */
};
/* 201, in force from its day on; or 202, where a second person has to confirm it. ERR_CONFLICT for
 * whoever could not stand in: the same person, roles kept apart, each other's deputies. */
MUST_USE enum err deputy_make(struct op *op, const struct deputy_naming *in);
/* W-11, by another person than those whom it concerns. */
MUST_USE enum err deputy_approve(struct op *op, struct id id, bool approve);
/* Before its day, by one. */
MUST_USE enum err deputy_end(struct op *op, struct id id);
MUST_USE enum err deputy_list(struct op *op);
/* Whether this person could be covered, covers somebody, or names deputies for others. */
bool deputy_is_of_use(const struct op *op);

/* ---- notices (on_notice.c) ---- */

/* What this person has to see to, and what was seen to of late. */
MUST_USE enum err notice_list(struct op *op, struct str cursor);
/* Whether any kind of notice could be this person's to see to. */
bool notice_may_fall_to(const struct op *op);
/* How many wait for this person, and how many of them are overdue. Opens nothing. */
struct notice_waiting {
  size_t count, overdue;
};
struct notice_waiting notice_waiting(const struct op *op);
/* Settles one: another person than the one it is about, and with words where it is a review.
 * ERR_CONFLICT when it is settled already. */
struct notice_answer {
  struct id id;
  struct personal words;
  struct day again; /* where it goes on: the day of looking again; DAY_NONE: not said */
};
MUST_USE enum err notice_answer(struct op *op, const struct notice_answer *in);

/* ---- disclosure (on_disclosure.c) ---- */

enum sharing_means {                /* stored */
                     MEANS_PACKAGE, /* an age file to the recipient's key */
                     MEANS_PAPER,   /* for a recipient without a key */
                     MEANS_SPOKEN   /* told by telephone, on the number in the recipient's row */
};

struct disclosure {
  struct id id; /* of the child as asked */
  struct id recipient;
  struct ask ask;        /* the recipient's role is the policy's actor */
  struct instant expiry; /* earlier than the rules give it; 0: none */
  enum sharing_means means;
};
MUST_USE enum err disclosure_make(struct op *op, const struct disclosure *in);
/* Everything that waits for this person's decision, and that they did not ask for themselves: only
 * about children whom they may know of (on_approvals.c). */
MUST_USE enum err approval_list(struct op *op, struct str cursor);
/* Whether a rule lets this person be the second one for anything, whoever the child is. */
bool approval_may_fall_to(const struct op *op);
/* The same decision, and nothing is kept or released (on_preview.c). */
MUST_USE enum err disclosure_preview(struct op *op, const struct disclosure *in);
MUST_USE enum err disclosure_approve(struct op *op, struct id disclosure, bool approve);
MUST_USE enum err disclosure_get(struct op *op, struct id disclosure);
/* Its texts are put to the custodian again, where it could not be asked before. By its handler. */
MUST_USE enum err disclosure_compare(struct op *op, struct id disclosure);
MUST_USE enum err disclosure_package(struct op *op, struct id disclosure); /* application/age */
/* What is printed or read out, for its handler: the content with its digest and place in the log.
 */
MUST_USE enum err disclosure_paper(struct op *op, struct id disclosure);
/* A spoken one was told: to whom who answered the call, and which words of it. */
struct disclosure_telling {
  struct personal to;
  struct ask ask; /* its fields alone */
  bool obligations_read;
};
MUST_USE enum err disclosure_tell(struct op *op, struct id disclosure,
                                  const struct disclosure_telling *in);
/* By its handler, or whoever may handle disclosures of the child: nothing of it leaves any more,
 * and its receiver is owed a stop-using notice. `reason`: a name of recall_reasons.def. */
MUST_USE enum err disclosure_recall(struct op *op, struct id disclosure, struct str reason);

enum returned_what { /* stored */
                     RETURNED_NONE,
                     RETURNED_RECEIPT = 1,
                     RETURNED_DELETION = 2
};
/* "receipt", "deletion"; RETURNED_NONE: there is none such. */
enum returned_what returned_parse(struct str name);
/* Its receiver has sent a receipt, or the word that what it had is deleted, on this day (not set:
 * today); `how` it is known. For the same people. */
struct disclosure_return {
  struct str what;
  struct day on;
  struct personal how;
};
MUST_USE enum err disclosure_returned(struct op *op, struct id disclosure,
                                      const struct disclosure_return *in);

/* ---- stop-using notices (on_stop.c): for the handler, or whoever may handle disclosures of the
 * child ---- */

/* Those owed still; and the disclosures whose receivers owe something (returned.h). */
MUST_USE enum err stop_list(struct op *op, struct str cursor);
MUST_USE enum err stop_get(struct op *op, struct id notice);
MUST_USE enum err stop_package(struct op *op, struct id notice); /* application/age */
/* The receiver has acknowledged it, on this day (not set: today). */
MUST_USE enum err stop_acknowledge(struct op *op, struct id notice, struct day on);

/* ---- shielded values (on_opening.c) ---- */

struct opening {
  struct str ticket;    /* from a view */
  struct str signature; /* of `cnis sign`: the requester's and any approver's, spaces between */
};
MUST_USE enum err opening_make(struct op *op, const struct opening *in);

/* ---- budgets (on_budget.c) ---- */

/* One's own, as they stand; for whom a rule lets raise one, whose are used up or nearly, and what
 * was raised. */
MUST_USE enum err budget_list(struct op *op);
struct raise_budget {
  struct str user;     /* a person's; or */
  struct id recipient; /* that of a body or family; or neither: the authority's */
  struct str purpose, window;
  uint64_t more;    /* children */
  struct day until; /* the last day of it; not set: today */
  struct personal reason;
};
/* W-16, by another person than the one who needs it. 201 */
MUST_USE enum err budget_raise_make(struct op *op, const struct raise_budget *in);

/* ---- people (on_user.c, on_session.c) ---- */

struct user {
  struct str user;
  struct personal name;
  struct str password;
  uint64_t roles;
  struct str person; /* user name of an account that the same person has; empty: none */
  struct str
    unix_uid; /* decimal: the Unix user who is this person on the admin socket; empty: nobody is */
};
/* W-07. Whoever adds the account knows its password: nothing works with it until its holder has
 * changed that. With a role that has to be confirmed the account waits, and nobody signs in with
 * it; only the first account ever that can confirm others (W-11) is active at once. */
MUST_USE enum err user_add(struct op *op, const struct user *in);
/* The first account of a new register, an administrator: on no route, called by `cnis init` alone.
 * ERR_CONFLICT when there is any account. */
MUST_USE enum err user_first(struct op *op, const struct user *in);
/* W-11: another person than the maker lets in who waits. Done again, it answers the same. */
MUST_USE enum err user_confirm(struct op *op, struct str user);
/* The second person's no: an account that waits is disabled, roles that wait are not given. */
MUST_USE enum err user_turn_down(struct op *op, struct str user);
MUST_USE enum err user_disable(struct op *op, struct str user);
/* W-07. Added roles that have to be confirmed wait (W-11) and are not in force until then. */
struct role_change {
  struct str user;
  uint64_t add, remove; /* not both zero, and nothing in both */
};
MUST_USE enum err user_roles(struct op *op, const struct role_change *in);
/* W-07: a new first password, for who has lost theirs; their sessions end. */
struct password_reset {
  struct str user, password;
};
MUST_USE enum err user_reset(struct op *op, const struct password_reset *in);
/* A person's own, and nobody else's; their other sessions end. Slow. */
struct password_change {
  struct str user, old, password;
};
MUST_USE enum err user_password(struct op *op, const struct password_change *in);
/* Who can sign in, who waits and for whom. */
MUST_USE enum err user_list(struct op *op, struct str cursor);
/* Signs in: the slow password check runs in the caller's thread. Writes a token into the answer. */
struct sign_in {
  struct str user;
  struct str password;
};
MUST_USE enum err session_make(struct op *op, const struct sign_in *in);
MUST_USE enum err session_end(struct op *op);
/* Fast, no entry of its own: fills op->actor, or ERR_UNAUTHENTICATED. */
MUST_USE enum err session_resume(struct op *op, struct str token);
/* The same for a caller on the admin socket without a token: the account bound to the Unix user. */
MUST_USE enum err session_local(struct op *op, uint32_t uid);

/* ---- the policy (on_policy.c) ---- */

MUST_USE enum err policy_state(struct op *op); /* which is in force, and who signed it */
MUST_USE enum err policy_text(struct op *op);  /* the whole of it, as policy/pack.h writes it */
/* W-12. Puts another one in force, from the next start on; with op->dry_run only says what that
 * would change. ERR_CUSTODIAN: nobody can say whose the signatures are. */
MUST_USE enum err policy_activate(struct op *op, struct str text);
/* W-17. The one of this version, which waits for the next start, is not to come into force. One
 * that would withhold something takes a second person (202). (on_coming.c) */
MUST_USE enum err policy_call_off(struct op *op, struct str version);

/* ---- the log (on_log.c); published data is exempt from entries ---- */

MUST_USE enum err log_checkpoint(struct op *op,
                                 uint64_t size); /* 0: the newest the caller may have */
MUST_USE enum err log_inclusion(struct op *op, uint64_t index, uint64_t size);
MUST_USE enum err log_consistency(struct op *op, uint64_t from, uint64_t to);
MUST_USE enum err log_tile(struct op *op, unsigned level, uint64_t n, unsigned width);

#endif

/* Protection and first decisions: raising at once, lowering by two, batches of the safeguarding
 * lead; and opening one shielded value with a person's own signature. */
#include "api/handlers.h"
#include "api/parse.h"

#define BATCH_MAX 64
#define PEOPLE_MAX 4

enum err on_protection_set(struct request *request)
{
  static const struct member members[] = {
    ASK_MEMBERS(struct protection),
    MEMBER_NEEDED(struct protection, level, parse_level, 0),
    {"against", parse_slots, false, PEOPLE_MAX, offsetof(struct protection, against),
     offsetof(struct protection, against_count)},
    {"protects", parse_slots, false, PEOPLE_MAX, offsetof(struct protection, protects),
     offsetof(struct protection, protects_count)},
    MEMBER(struct protection, reason, parse_personal, 480),
  };
  struct protection in = {.id = request_id(request, 0)};

  TRY(PARSE_REQUEST(request, &in, members));
  return protection_set(&request->op, &in);
}

enum err on_protection_proposal(struct request *request)
{
  return protection_proposal(&request->op, request_id(request, 0), request_id(request, 1));
}

enum err on_protection_approve(struct request *request)
{
  static const struct member members[] = {
    ASK_MEMBERS(struct protection_approval),
    MEMBER_NEEDED(struct protection_approval, approve, parse_bool, 0),
  };
  struct protection_approval in = {
    .id = request_id(request, 0),
    .proposal = request_id(request, 1),
  };

  TRY(PARSE_REQUEST(request, &in, members));
  return protection_approve(&request->op, &in);
}

enum err on_first_decision_list(struct request *request)
{
  struct str cursor;

  TRY(request_query(request, "cursor", &cursor));
  return first_decision_list(&request->op, cursor);
}

enum err on_first_decision_make(struct request *request)
{
  static const struct member members[] = {
    ASK_MEMBERS(struct first_decisions),
    {"ids", parse_ids, true, BATCH_MAX, offsetof(struct first_decisions, ids),
     offsetof(struct first_decisions, count)},
    MEMBER_NEEDED(struct first_decisions, level, parse_level, 0),
  };
  struct first_decisions in = {0};

  TRY(PARSE_REQUEST(request, &in, members));
  return first_decision_make(&request->op, &in);
}

enum err on_opening_make(struct request *request)
{
  static const struct member members[] = {
    MEMBER_NEEDED(struct opening, ticket, parse_str, 8192),
    MEMBER_NEEDED(struct opening, signature, parse_str, 1024),
  };
  struct opening in = {0};

  TRY(PARSE_REQUEST(request, &in, members));
  return opening_make(&request->op, &in);
}

enum err on_notice_list(struct request *request)
{
  struct str cursor;

  TRY(request_query(request, "cursor", &cursor));
  return notice_list(&request->op, cursor);
}

enum err on_notice_answer(struct request *request)
{
  static const struct member members[] = {
    MEMBER(struct notice_answer, words, parse_personal, 480),
    MEMBER(struct notice_answer, again, parse_day, 0),
  };
  struct notice_answer in = {.id = request_id(request, 0), .again = DAY_NONE};

  if (request->body_len > 0) TRY(PARSE_REQUEST(request, &in, members));
  return notice_answer(&request->op, &in);
}

/* Who stands how to a child: assignments, relations, conflicts, and the recipients of disclosures.
 */
#include "api/handlers.h"
#include "api/parse.h"

enum err on_assignment_make(struct request *request)
{
  static const struct member members[] = {
    MEMBER_NEEDED(struct assignment, id, parse_id, 0),
    MEMBER_NEEDED(struct assignment, officer, parse_str, 64),
    MEMBER(struct assignment, relation, parse_str, 64),
    MEMBER(struct assignment, purpose, parse_str, 64),
    MEMBER(struct assignment, from, parse_day, 0),
    MEMBER(struct assignment, until, parse_day, 0),
  };
  struct assignment in = {.from = DAY_NONE, .until = DAY_NONE};

  TRY(PARSE_REQUEST(request, &in, members));
  return assignment_make(&request->op, &in);
}

enum err on_relation_make(struct request *request)
{
  static const struct member members[] = {
    MEMBER_NEEDED(struct relation, id, parse_id, 0),
    MEMBER_NEEDED(struct relation, recipient, parse_id, 0),
    MEMBER_NEEDED(struct relation, relation, parse_str, 64),
    MEMBER_NEEDED(struct relation, evidence, parse_personal, 480),
    MEMBER(struct relation, until, parse_day, 0),
  };
  struct relation in = {.until = DAY_NONE};

  TRY(PARSE_REQUEST(request, &in, members));
  return relation_make(&request->op, &in);
}

enum err on_relation_approve(struct request *request)
{
  struct approval {
    bool approve;
  } in = {.approve = true};
  static const struct member members[] = {MEMBER(struct approval, approve, parse_bool, 0)};

  if (request->body_len > 0) TRY(PARSE_REQUEST(request, &in, members));
  return relation_approve(&request->op, request_id(request, 0), in.approve);
}

enum err on_relation_end(struct request *request)
{
  return relation_end(&request->op, request_id(request, 0));
}

enum err on_relation_list(struct request *request)
{
  return relation_list(&request->op, request_id(request, 0));
}

enum err on_conflict_make(struct request *request)
{
  static const struct member members[] = {
    MEMBER_NEEDED(struct conflict, id, parse_id, 0),
    MEMBER_NEEDED(struct conflict, officer, parse_str, 64),
    MEMBER(struct conflict, reason, parse_personal, 480),
  };
  struct conflict in = {0};

  TRY(PARSE_REQUEST(request, &in, members));
  return conflict_make(&request->op, &in);
}

enum err on_named_worker_list(struct request *request)
{
  return named_worker_list(&request->op, request_id(request, 0));
}

enum err on_named_worker_make(struct request *request)
{
  static const struct member members[] = {
    MEMBER_NEEDED(struct named_worker, id, parse_id, 0),
    MEMBER_NEEDED(struct named_worker, officer, parse_str, 64),
    MEMBER(struct named_worker, purpose, parse_str, 64),
    MEMBER_NEEDED(struct named_worker, reason, parse_personal, 480),
    MEMBER(struct named_worker, until, parse_day, 0),
  };
  struct named_worker in = {.until = DAY_NONE};

  TRY(PARSE_REQUEST(request, &in, members));
  return named_worker_make(&request->op, &in);
}

enum err on_named_worker_approve(struct request *request)
{
  struct approval {
    bool approve;
  } in = {.approve = true};
  static const struct member members[] = {MEMBER(struct approval, approve, parse_bool, 0)};

  if (request->body_len > 0) TRY(PARSE_REQUEST(request, &in, members));
  return named_worker_approve(&request->op, request_id(request, 0), in.approve);
}

enum err on_named_worker_end(struct request *request)
{
  return named_worker_end(&request->op, request_id(request, 0));
}

enum err on_recipient_list(struct request *request)
{
  struct str cursor;

  TRY(request_query(request, "cursor", &cursor));
  return recipient_list(&request->op, cursor);
}

enum err on_recipient_make(struct request *request)
{
  static const struct member members[] = {
    MEMBER_NEEDED(struct recipient, name, parse_str, 100),
    MEMBER_NEEDED(struct recipient, role, parse_str, 64),
    MEMBER_NEEDED(struct recipient, organisation, parse_str, 100),
    MEMBER_NEEDED(struct recipient, age_key, parse_str, 200),
    MEMBER(struct recipient, phone, parse_str, 40),
    MEMBER(struct recipient, cannot, parse_obligations, 32),
  };
  struct recipient in = {0};

  TRY(PARSE_REQUEST(request, &in, members));
  return recipient_make(&request->op, &in);
}

struct second {
  bool approve;
};

/* Without a body it is a yes. */
enum err on_recipient_approve(struct request *request)
{
  static const struct member members[] = {MEMBER(struct second, approve, parse_bool, 0)};
  struct second in = {.approve = true};

  if (request->body_len > 0) TRY(PARSE_REQUEST(request, &in, members));
  return in.approve ? recipient_approve(&request->op, request_id(request, 0))
                    : recipient_turn_down(&request->op, request_id(request, 0));
}

enum err on_recipient_get(struct request *request)
{
  return recipient_get(&request->op, request_id(request, 0));
}

struct next_key {
  struct str age_key;
};

enum err on_recipient_key(struct request *request)
{
  static const struct member members[] = {MEMBER_NEEDED(struct next_key, age_key, parse_str, 200)};
  struct next_key in = {0};

  TRY(PARSE_REQUEST(request, &in, members));
  return recipient_change_key(&request->op, request_id(request, 0), in.age_key);
}

enum err on_recipient_stop_key(struct request *request)
{
  return recipient_stop_key(&request->op, request_id(request, 0));
}

enum err on_recipient_end(struct request *request)
{
  return recipient_end(&request->op, request_id(request, 0));
}

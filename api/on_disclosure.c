/* Disclosures: tried, asked for, approved, fetched. */
#include "api/handlers.h"
#include "api/parse.h"

struct word {
  bool approve;
};

static enum err parse(struct request *request, struct disclosure *ret_in)
{
  static const struct member members[] = {
    MEMBER_NEEDED(struct disclosure, id, parse_id, 0),
    MEMBER_NEEDED(struct disclosure, recipient, parse_id, 0),
    MEMBER(struct disclosure, expiry, parse_instant, 0),
    MEMBER(struct disclosure, means, parse_means, 0),
    ASK_MEMBERS(struct disclosure),
    {"proportionality", parse_weighing, false, 0, offsetof(struct disclosure, ask), 0},
  };

  return PARSE_REQUEST(request, ret_in, members);
}

enum err on_approval_list(struct request *request)
{
  struct str cursor;

  TRY(request_query(request, "cursor", &cursor));
  return approval_list(&request->op, cursor);
}

enum err on_disclosure_make(struct request *request)
{
  struct disclosure in = {0};

  TRY(parse(request, &in));
  enum err err = disclosure_make(&request->op, &in);
  return in.expiry.us != 0 && !fieldset_is_empty(in.ask.said.asked)
           ? request_fault_at(request, err, "/expiry", TEXT_EXPIRY_BAD)
           : err;
}

enum err on_disclosure_preview(struct request *request)
{
  struct disclosure in = {0};

  TRY(parse(request, &in));
  return disclosure_preview(&request->op, &in);
}

enum err on_disclosure_approve(struct request *request)
{
  static const struct member members[] = {MEMBER_NEEDED(struct word, approve, parse_bool, 0)};
  struct word in = {0};

  TRY(PARSE_REQUEST(request, &in, members));
  return disclosure_approve(&request->op, request_id(request, 0), in.approve);
}

enum err on_disclosure_get(struct request *request)
{
  return disclosure_get(&request->op, request_id(request, 0));
}

enum err on_disclosure_compare(struct request *request)
{
  return disclosure_compare(&request->op, request_id(request, 0));
}

enum err on_disclosure_package(struct request *request)
{
  return disclosure_package(&request->op, request_id(request, 0));
}

enum err on_disclosure_paper(struct request *request)
{
  return disclosure_paper(&request->op, request_id(request, 0));
}

enum err on_disclosure_tell(struct request *request)
{
  static const struct member members[] = {
    MEMBER_NEEDED(struct disclosure_telling, to, parse_personal, 200),
    MEMBER_NEEDED(struct disclosure_telling, obligations_read, parse_bool, 0),
    {"fields", parse_fields, true, 128, offsetof(struct disclosure_telling, ask), 0},
  };
  struct disclosure_telling in = {0};

  TRY(PARSE_REQUEST(request, &in, members));
  return disclosure_tell(&request->op, request_id(request, 0), &in);
}

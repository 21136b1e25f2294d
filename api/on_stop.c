/* Disclosures called back, and the notices that follow. */
#include "api/handlers.h"
#include "api/parse.h"

struct recall {
  struct str reason;
};
struct acknowledgement {
  struct day on;
};

enum err on_disclosure_recall(struct request *request)
{
  static const struct member members[] = {MEMBER_NEEDED(struct recall, reason, parse_str, 64)};
  struct recall in = {0};

  TRY(PARSE_REQUEST(request, &in, members));
  return request_fault_at(request,
                          disclosure_recall(&request->op, request_id(request, 0), in.reason),
                          "/reason", TEXT_RECALL_WORDS);
}

enum err on_disclosure_returned(struct request *request)
{
  static const struct member members[] = {
    MEMBER_NEEDED(struct disclosure_return, what, parse_str, 32),
    MEMBER_NEEDED(struct disclosure_return, how, parse_personal, 400),
    MEMBER(struct disclosure_return, on, parse_day, 0),
  };
  struct disclosure_return in = {.on = DAY_NONE};

  TRY(PARSE_REQUEST(request, &in, members));
  if (personal_is_blank(in.how))
    return request_fault_at(request, ERR_INPUT, "/how", TEXT_RETURN_HOW_NEEDED);
  if (returned_parse(in.what) == RETURNED_NONE)
    return request_fault_at(request, ERR_INPUT, "/what", TEXT_RETURN_WHAT_NEEDED);
  return request_fault_at(request, disclosure_returned(&request->op, request_id(request, 0), &in),
                          "/on", TEXT_RETURN_DAY_BAD);
}

enum err on_stop_list(struct request *request)
{
  struct str cursor;

  TRY(request_query(request, "cursor", &cursor));
  return stop_list(&request->op, cursor);
}

enum err on_stop_get(struct request *request)
{
  return stop_get(&request->op, request_id(request, 0));
}

enum err on_stop_package(struct request *request)
{
  return stop_package(&request->op, request_id(request, 0));
}

enum err on_stop_acknowledge(struct request *request)
{
  static const struct member members[] = {MEMBER(struct acknowledgement, on, parse_day, 0)};
  struct acknowledgement in = {.on = DAY_NONE};

  TRY(PARSE_REQUEST(request, &in, members));
  return request_fault_at(request, stop_acknowledge(&request->op, request_id(request, 0), in.on),
                          "/on", TEXT_STOP_DAY_BAD);
}

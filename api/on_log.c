/* The log: heads, proofs and tiles. Published data; what is not published yet is only for those who
 * are signed in, and register/ decides that. */
#include "api/handlers.h"

#define TILE_LEVEL_MAX 6
#define TILE_WIDTH_MAX 256

static enum err query_number(struct request *request, const char *key, uint64_t *ret_number)
{
  struct str text;

  TRY(request_query(request, key, &text));
  if (str_to_u64(text, ret_number)) return OK;
  return request_fault(request, ERR_INPUT, TEXT_API_QUERY);
}

enum err on_log_checkpoint(struct request *request)
{
  return log_checkpoint(&request->op, request_number(request, 0));
}

enum err on_log_inclusion(struct request *request)
{
  uint64_t index, size;

  TRY(query_number(request, "index", &index));
  TRY(query_number(request, "size", &size));
  return log_inclusion(&request->op, index, size);
}

enum err on_log_consistency(struct request *request)
{
  uint64_t from, to;

  TRY(query_number(request, "from", &from));
  TRY(query_number(request, "to", &to));
  return log_consistency(&request->op, from, to);
}

enum err on_log_tile(struct request *request)
{
  uint64_t level = request_number(request, 0);
  uint64_t width = request_number(request, 2);

  if (level >= TILE_LEVEL_MAX || width == 0 || width > TILE_WIDTH_MAX) return ERR_ABSENT;
  return log_tile(&request->op, (unsigned)level, request_number(request, 1), (unsigned)width);
}

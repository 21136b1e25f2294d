/* The table of requests and the one way through it. Forbidden is the default: a kind without a row,
 * a caller without leave, a body outside its bounds never reaches a handler. */
#include "custodian/service.h"

#include <string.h>
#include <unistd.h>

#define REQUEST_ARENA_BYTES ((size_t)4 * 1024 * 1024)
#define HOME_ARENA_BYTES ((size_t)1024 * 1024)

struct request_row {
  unsigned kind, callers;
  size_t body_min, body_max;
  enum custodian_status (*answer)(struct service *, struct protocol_reader *,
                                  struct protocol_writer *);
};

static const struct request_row requests[] = {
#define R(number, KIND, name, callers, body_min, body_max)                                         \
  {number, callers, body_min, body_max, answer_##name},
#include "custodian/requests.def"
#undef R
};

#define R(number, KIND, name, callers, body_min, body_max)                                         \
  _Static_assert((body_max) <= PROTOCOL_BODY_MAX, "a request fits a frame");
#include "custodian/requests.def"
#undef R

static const struct request_row *row_of(unsigned kind)
{
  for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
    if (requests[i].kind == kind) return &requests[i];
  return NULL;
}

size_t service_answer(struct service *service, const struct protocol_frame *frame, unsigned callers)
{
  const struct request_row *row = row_of(frame->kind);
  if (row == NULL || frame->status != 0) return 0;
  struct protocol_writer out = protocol_frame_begin(service->frame_out, PROTOCOL_FRAME_MAX);
  size_t head = out.n;
  struct protocol_reader in = {.bytes = frame->body, .n = frame->n};
  enum custodian_status status = CUSTODIAN_FORBIDDEN;
  if ((row->callers & callers) != 0) {
    status = CUSTODIAN_MALFORMED;
    if (frame->n >= row->body_min && frame->n <= row->body_max)
      status = row->answer(service, &in, &out);
  }
  if (status == CUSTODIAN_OK && out.failed) status = CUSTODIAN_TOO_LARGE;
  if (status != CUSTODIAN_OK) {
    wipe(out.bytes + head, out.n - head);
    out.n = head;
    out.failed = false;
  }
  if (status == CUSTODIAN_STORE) service->must_end = true;
  return protocol_frame_finish(&out, frame->kind, status);
}

static enum err open_memory(struct service *service, struct trail *trail)
{
  service->people = arena_take(service->home, sizeof(*service->people));
  service->frame_in = arena_take(service->home, PROTOCOL_FRAME_MAX);
  service->frame_out = arena_take(service->home, PROTOCOL_FRAME_MAX);
  if (service->people == NULL || service->frame_in == NULL || service->frame_out == NULL)
    return ERR_MEMORY;
  TRY(known_new(&service->known));
  enum err err = memory_head_load(&service->custody, &service->last);
  if (err != OK) return FAIL(trail, err, "custodian: the memory of the last head");
  err = memory_people_load(&service->custody, service->people);
  if (err != OK) return FAIL(trail, err, "custodian: the list of people");
  err = memory_journal_open(&service->custody, &service->journal);
  if (err != OK) return FAIL(trail, err, "custodian: the journal");
  return OK;
}

enum err service_open(struct service *ret_service, const struct custody_config *config,
                      uid_t register_uid, struct trail *trail)
{
  struct service service = {.register_uid = register_uid, .journal = {.fd = -1}};
  TRY(custody_open(&service.custody, config, trail));
  config->outside.random(config->outside.self, service.instance, sizeof(service.instance));
  enum err err = arena_new(&service.home, HOME_ARENA_BYTES);
  if (err == OK) err = arena_new(&service.arena, REQUEST_ARENA_BYTES);
  if (err == OK) err = open_memory(&service, trail);
  if (err != OK) {
    service_close(&service);
    return err;
  }
  *ret_service = service;
  return OK;
}

void service_close(struct service *service)
{
  memory_journal_close(&service->journal);
  known_free(&service->known);
  arena_free(&service->arena);
  arena_free(&service->home);
  custody_close(&service->custody);
}

/* Answers that take shielded values out: on a signed ticket, for a committed entry, once. The
 * journal has the deed on disk before the blob is opened, so that too much may be reported, never
 * too little. It must never give out a field that the ticket does not name. */
#include <string.h>

#include "base/guard.h"
#include "base/json.h"
#include "crypto/age.h"
#include "crypto/custody_shield.h"
#include "custodian/evidence.h"
#include "custodian/service.h"

static enum custodian_status check_budget(const struct service *service,
                                          const struct ticket *ticket, struct instant now)
{
  if (memory_is_spent(&service->journal, ticket->nonce)) return CUSTODIAN_SPENT;
  size_t used = memory_in_hour(&service->journal, CUSTODIAN_OPEN, ticket->person, now) +
                memory_in_hour(&service->journal, CUSTODIAN_LOWER, ticket->person, now);
  return used < CUSTODIAN_BUDGET_AN_HOUR ? CUSTODIAN_OK : CUSTODIAN_BUDGET;
}

/* Every check, cheapest first; the first that fails is the answer. */
static enum custodian_status check(const struct service *service, enum custodian_kind kind,
                                   const struct custodian_opening *opening, struct instant now)
{
  const struct ticket *ticket = &opening->ticket;
  const struct custodian_pub *pub = &service->custody.pub;
  unsigned needed = 0;
  bool is_lowering = kind == CUSTODIAN_LOWER;
  if ((ticket->act == TICKET_LOWER) != is_lowering) return CUSTODIAN_MALFORMED;
  if (!bytes_equal(ticket->authority, pub->authority, ID_BYTES)) return CUSTODIAN_EVIDENCE;
  enum custodian_status status = evidence_in_time(ticket, now);
  if (status == CUSTODIAN_OK) status = evidence_committed(&needed, opening, &pub->log);
  if (is_lowering && needed == 0 && GUARD(TWO_TO_LOWER)) needed = 1;
  if (status == CUSTODIAN_OK) status = evidence_signed(opening, service->people, needed);
  if (status == CUSTODIAN_OK) status = check_budget(service, ticket, now);
  return status;
}

/* ---- what goes out ---- */

/* The ticket's fields of a blob text, in the same form. */
static enum err select_fields(struct arena *arena, struct shield_writer *ret_selected,
                              const struct ticket *ticket, const uint8_t *text, size_t n)
{
  struct shield_writer selected = {.text = arena_take(arena, n + 1), .capacity = n};
  struct shield_reader reader = {.text = text, .n = n};
  struct shield_entry entry = {0};
  if (selected.text == NULL) return ERR_MEMORY;
  while (shield_next(&entry, &reader))
    if (entry.field < 256 && ticket_field(ticket, entry.field)) TRY(shield_put(&selected, &entry));
  TRY(reader.err);
  *ret_selected = selected;
  return OK;
}

/* For people without our programs: one JSON object, the values as text. */
static enum err write_json(struct arena *arena, struct str *ret_text, const struct ticket *ticket,
                           const struct shield_writer *selected)
{
  struct json json;
  struct shield_reader reader = {.text = selected->text, .n = selected->n};
  struct shield_entry entry = {0};
  json_start(&json, arena, 2 * selected->n + 512);
  json_object_start(&json);
  JSON_KEY(&json, "purpose");
  json_str(&json, str_from(ticket->purpose));
  JSON_KEY(&json, "basis");
  json_str(&json, str_from(ticket->basis));
  JSON_KEY(&json, "entry_index");
  json_int(&json, (int64_t)ticket->entry_index);
  JSON_KEY(&json, "values");
  json_array_start(&json);
  while (shield_next(&entry, &reader)) {
    if (entry.n < CUSTODIAN_VALUE_HEAD) return ERR_CORRUPT;
    json_object_start(&json);
    JSON_KEY(&json, "field");
    json_int(&json, entry.field);
    JSON_KEY(&json, "slot");
    json_int(&json, entry.part);
    JSON_KEY(&json, "text");
    json_personal(&json, (struct personal){(const char *)entry.bytes + CUSTODIAN_VALUE_HEAD,
                                           entry.n - CUSTODIAN_VALUE_HEAD});
    json_object_end(&json);
  }
  json_array_end(&json);
  json_object_end(&json);
  return json_done(&json, ret_text);
}

static enum err seal_to_recipient(struct service *service, struct protocol_writer *out,
                                  const struct ticket *ticket, const struct shield_writer *selected)
{
  struct age_recipient recipient;
  struct str text = {0};
  memcpy(recipient.point, ticket->recipient, sizeof(recipient.point));
  TRY(write_json(service->arena, &text, ticket, selected));
  size_t n = age_size(text.len, 1);
  void *file = arena_take(service->arena, n);
  if (file == NULL) return ERR_MEMORY;
  TRY(age_encrypt(file, &recipient, 1, text.ptr, text.len, &service->custody.outside));
  protocol_put(out, file, n);
  return OK;
}

static bool has_recipient(const struct ticket *ticket)
{
  static const uint8_t none[sizeof(ticket->recipient)];
  return memcmp(ticket->recipient, none, sizeof(none)) != 0;
}

static enum err release(struct service *service, struct protocol_writer *out,
                        const struct custodian_opening *opening)
{
  const struct ticket *ticket = &opening->ticket;
  const struct custody *custody = &service->custody;
  struct shield_place place = {.version = 0};
  struct shield_writer selected = {0};
  size_t n = 0;
  uint8_t *text = arena_take(service->arena, SHIELD_BLOB_TEXT_MAX + 1);
  if (text == NULL) return ERR_MEMORY;
  memcpy(place.authority, custody->pub.authority, ID_BYTES);
  memcpy(place.record, ticket->record, ID_BYTES);
  TRY(custody_shield_open(text, &n, SHIELD_BLOB, keyring_active(custody->keyring, KEY_SHIELD, NULL),
                          &place, opening->core));
  TRY(select_fields(service->arena, &selected, ticket, text, n));
  protocol_put_number(out, has_recipient(ticket), 1);
  if (has_recipient(ticket)) return seal_to_recipient(service, out, ticket, &selected);
  protocol_put(out, selected.text, selected.n);
  return OK;
}

static enum custodian_status open_or_lower(struct service *service, enum custodian_kind kind,
                                           struct protocol_reader *in, struct protocol_writer *out)
{
  struct custodian_opening opening = {0};
  if (protocol_get_opening(&opening, in) != OK) return CUSTODIAN_MALFORMED;
  const struct custody *custody = &service->custody;
  struct memory_deed deed = {.at = custody->outside.now(custody->outside.self), .kind = kind};
  memcpy(deed.person, opening.ticket.person, ID_BYTES);
  memcpy(deed.record, opening.ticket.record, ID_BYTES);
  memcpy(deed.nonce, opening.ticket.nonce, ID_BYTES);
  enum custodian_status status = check(service, kind, &opening, deed.at);
  deed.status = status;
  if (memory_note(custody, &service->journal, &deed, true) != OK) return CUSTODIAN_STORE;
  if (status != CUSTODIAN_OK) return status;
  return release(service, out, &opening) == OK ? CUSTODIAN_OK : CUSTODIAN_CORE;
}

enum custodian_status answer_open(struct service *service, struct protocol_reader *in,
                                  struct protocol_writer *out)
{
  return open_or_lower(service, CUSTODIAN_OPEN, in, out);
}

enum custodian_status answer_lower(struct service *service, struct protocol_reader *in,
                                   struct protocol_writer *out)
{
  return open_or_lower(service, CUSTODIAN_LOWER, in, out);
}

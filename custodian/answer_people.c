/* Answers about people's keys: enrol, withdraw, keys, whose. What is changed is in the journal,
 * refused or not. It must never take a person's key on the word of the process that serves. */
#include <string.h>

#include "custodian/service.h"

/* The journal has the same time as the list. */
static enum custodian_status note(struct service *service, enum custodian_kind kind,
                                  const uint8_t person[static ID_BYTES], struct instant at,
                                  enum custodian_status status)
{
  struct memory_deed deed = {.at = at, .kind = kind, .status = status};
  memcpy(deed.person, person, ID_BYTES);
  if (memory_note(&service->custody, &service->journal, &deed, true) != OK) return CUSTODIAN_STORE;
  return status;
}

static struct instant now(const struct service *service)
{
  const struct outside *outside = &service->custody.outside;
  return outside->now(outside->self);
}

enum custodian_status service_enrol(struct service *service,
                                    const struct custodian_enrolment *enrolment)
{
  struct instant at = now(service);
  enum custodian_status status = memory_enrol(&service->custody, service->people, enrolment, at);
  return note(service, CUSTODIAN_ENROL, enrolment->person, at, status);
}

enum custodian_status service_withdraw(struct service *service,
                                       const struct custodian_withdrawal *withdrawal)
{
  struct instant at = now(service);
  enum custodian_status status =
    memory_withdraw(&service->custody, service->people, withdrawal, at);
  return note(service, CUSTODIAN_WITHDRAW, withdrawal->person, at, status);
}

void service_keys(const struct service *service, struct custodian_keys *ret_keys, size_t from)
{
  const struct memory_people *people = service->people;
  ret_keys->count = 0;
  for (size_t i = from; i < people->count && ret_keys->count < CUSTODIAN_KEYS_A_PAGE; i++)
    ret_keys->at[ret_keys->count++] = people->at[i];
}

enum custodian_status answer_enrol(struct service *service, struct protocol_reader *in,
                                   struct protocol_writer *out)
{
  (void)out;
  struct custodian_enrolment enrolment = {0};
  if (protocol_get_enrolment(&enrolment, in) != OK) return CUSTODIAN_MALFORMED;
  return service_enrol(service, &enrolment);
}

enum custodian_status answer_withdraw(struct service *service, struct protocol_reader *in,
                                      struct protocol_writer *out)
{
  (void)out;
  struct custodian_withdrawal withdrawal = {0};
  if (protocol_get_withdrawal(&withdrawal, in) != OK) return CUSTODIAN_MALFORMED;
  return service_withdraw(service, &withdrawal);
}

enum custodian_status answer_keys(struct service *service, struct protocol_reader *in,
                                  struct protocol_writer *out)
{
  struct custodian_keys keys;
  size_t from = (size_t)protocol_get_number(in, PROTOCOL_KEYS_BYTES);
  if (!protocol_is_done(in)) return CUSTODIAN_MALFORMED;
  service_keys(service, &keys, from);
  protocol_put_keys(out, &keys);
  return CUSTODIAN_OK;
}

enum custodian_status answer_whose(struct service *service, struct protocol_reader *in,
                                   struct protocol_writer *out)
{
  const void *bytes = protocol_get(in, PROTOCOL_WHOSE_BYTES);
  struct verify_key key;
  if (bytes == NULL || !protocol_is_done(in)) return CUSTODIAN_MALFORMED;
  memcpy(key.bytes, bytes, sizeof key.bytes);
  const struct custodian_key *known = memory_key(service->people, &key);
  if (known == NULL) return CUSTODIAN_SIGNATURE;
  if (known->withdrawn.us != 0) return CUSTODIAN_WITHDRAWN;
  protocol_put(out, known->of.person, ID_BYTES);
  return CUSTODIAN_OK;
}

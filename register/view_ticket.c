/* The ticket in an answer. It must never name a field that the decision did not grant, and is worth
 * nothing until its person has signed it. */
#include <string.h>

#include "register/view.h"

struct view_ticket {
  struct ticket ticket;
  size_t offset, n; /* in the body */
  char *at;
  const struct commit *commit;
  size_t entry; /* of the commit's entries */
};

static void put_word(char to[static TICKET_WORD_MAX + 1], struct str word)
{
  memcpy(to, word.ptr, word.len < TICKET_WORD_MAX ? word.len : TICKET_WORD_MAX);
}

static void add_rule(struct ticket *ticket, struct str rule)
{
  if (rule.len > TICKET_RULE_MAX || ticket->rule_count == TICKET_RULES) return;
  for (unsigned i = 0; i < ticket->rule_count; i++)
    if (str_is(rule, ticket->rules[i])) return;
  memcpy(ticket->rules[ticket->rule_count++], rule.ptr, rule.len);
}

/* The rules that granted what lies in custody. */
static void add_rules(struct ticket *ticket, const struct op *op, const struct view *view)
{
  const struct asked *asked = view->asked;

  for (unsigned i = 0; i < FIELD_COUNT; i++)
    for (unsigned slot = 0; slot < field_row((enum field)i)->slots; slot++) {
      uint8_t word = field_word(op->reg, (enum field)i, slot, asked->facts.persons);

      if (!ticket_field(ticket, field_row((enum field)i)->id) ||
          !view_grants(op, asked, (enum field)i, slot))
        continue;
      add_rule(ticket, policy_rule_id(reg_policy(op->reg), asked->decision.granted_by[word]));
    }
}

static enum ticket_act act_of(const struct op *op, const struct policy_request *request)
{
  uint8_t danger = policy_word(reg_policy(op->reg), POLICY_URGENCY, STR("imminent_danger"));

  return request->urgency == danger ? TICKET_BREAK_GLASS : TICKET_OPEN;
}

/* A ticket is for one purpose; of several stated, what is granted is granted for each. */
static void fill(struct ticket *ticket, const struct op *op, const struct view *view,
                 const uint8_t *to)
{
  const struct policy *policy = reg_policy(op->reg);
  const struct policy_request *request = &view->asked->request;
  struct id nonce = op_random_id(op);

  *ticket = (struct ticket){.act = act_of(op, request),
                            .expiry = {op->commit->request.at.us + VIEW_TICKET_LIFE_US}};
  memcpy(ticket->authority, op->reg->meta.authority, ID_BYTES);
  memcpy(ticket->person, op->actor.account.b, ID_BYTES);
  memcpy(ticket->record, view->asked->facts.id.b, ID_BYTES);
  memcpy(ticket->fields, view->custody, TICKET_FIELD_BYTES);
  memcpy(ticket->nonce, nonce.b, ID_BYTES);
  if (to != NULL) memcpy(ticket->recipient, to, sizeof ticket->recipient);
  put_word(ticket->purpose,
           policy_word_name(policy, POLICY_PURPOSE, (uint8_t)__builtin_ctzll(request->purposes)));
  put_word(ticket->basis, policy_word_name(policy, POLICY_BASIS, request->basis));
  add_rules(ticket, op, view);
}

enum err view_place_ticket(struct json *json, struct op *op, const struct ticket *ticket,
                           struct view_ticket **ret_ticket)
{
  struct view_ticket *made = arena_take(op->arena, sizeof *made);
  char text[TICKET_TEXT_MAX];

  if (made == NULL) return ERR_MEMORY;
  made->ticket = *ticket;
  TRY(ticket_text_write(text, &made->n, ticket));
  JSON_KEY(json, "ticket");
  made->offset = json->len + 1; /* behind the quote */
  json_str(json, (struct str){text, made->n});
  *ret_ticket = made;
  return OK;
}

enum err view_write_ticket(struct json *json, struct op *op, const struct view *view,
                           const uint8_t *to, struct view_ticket **ret_ticket)
{
  struct ticket ticket;

  *ret_ticket = NULL;
  if (!view->has_custody) return OK;
  fill(&ticket, op, view, to);
  return view_place_ticket(json, op, &ticket, ret_ticket);
}

/* In the writer's thread: the body is still the op's, and nobody else touches it. */
static void write_index(void *self)
{
  struct view_ticket *made = self;
  char text[TICKET_TEXT_MAX];
  size_t n;

  made->ticket.entry_index = made->commit->first_index + made->entry;
  if (ticket_text_write(text, &n, &made->ticket) == OK && n == made->n) memcpy(made->at, text, n);
}

void view_bind_ticket(struct op *op, struct view_ticket *ticket, const struct json *json)
{
  if (ticket == NULL) return;
  ticket->at = json->ptr + ticket->offset;
  ticket->commit = op->commit;
  ticket->entry = op->commit->entry_count;
  op_applied(op, write_index, ticket);
}

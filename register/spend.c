/* What a request charges. Must never ask whether there is such a child. */
#include "register/spend.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fold.h"
#include "base/guard.h"
#include "register/notice.h"
#include "register/reply.h"

/* ---- what policy allows ---- */

/* Of several roles the widest, window by window. */
static struct policy_budget widest(const struct op *op, uint64_t roles)
{
  struct policy_budget widest = {{0}};

  for (; roles != 0; roles &= roles - 1) {
    struct policy_budget one =
      policy_budget_of_role(reg_policy(op->reg), (uint8_t)__builtin_ctzll(roles), op_today(op));

    for (unsigned i = 0; i < POLICY_WINDOWS; i++)
      if (one.limit[i] > widest.limit[i]) widest.limit[i] = one.limit[i];
  }
  return widest;
}

struct budget_line spend_line(const struct op *op, const struct budget_of *of, uint64_t roles)
{
  struct budget_line line = {.of = *of};

  line.allowed = of->whose == BUDGET_AUTHORITY
                   ? policy_budget_of_authority(reg_policy(op->reg), op_today(op))
                   : widest(op, roles);
  return line;
}

/* ---- the lines of a request ---- */

struct lines {
  struct budget_line at[BUDGET_LINES_MAX];
  size_t count;
};

/* One for all purposes together, and one for each: splitting gains nothing. */
static void add_lines(const struct op *op, struct lines *lines, const struct budget_of *of,
                      uint64_t all_roles, uint64_t roles, uint64_t purposes)
{
  struct budget_of one = *of;

  lines->at[lines->count++] = spend_line(op, of, all_roles);
  for (uint64_t left = purposes & ~UINT64_C(1); left != 0; left &= left - 1) {
    one.purpose = (uint8_t)__builtin_ctzll(left);
    lines->at[lines->count++] = spend_line(op, &one, roles);
  }
}

static void make_lines(const struct op *op, struct lines *ret_lines,
                       const struct spending *spending)
{
  uint64_t roles = spending->role != POLICY_NO_WORD ? POLICY_BIT(spending->role) : op->actor.roles;
  uint64_t receiver_role = POLICY_BIT(spending->receiver_role);
  struct budget_of person = {BUDGET_PERSON, op->actor.account, POLICY_NO_WORD};
  struct budget_of authority = {.whose = BUDGET_AUTHORITY};
  struct budget_of receiver = {BUDGET_RECEIVER, spending->receiver, POLICY_NO_WORD};

  ret_lines->count = 0;
  memcpy(authority.subject.b, op->reg->meta.authority, ID_BYTES);
  add_lines(op, ret_lines, &person, op->actor.roles, roles, spending->purposes);
  add_lines(op, ret_lines, &authority, 0, 0, spending->purposes);
  if (!id_is_zero(spending->receiver))
    add_lines(op, ret_lines, &receiver, receiver_role, receiver_role, spending->purposes);
}

/* ---- charging ---- */

/* The id as asked, keyed: 16 bytes of it are kept for a month. */
static struct id child_tag(const struct op *op, struct id child)
{
  struct id tag = {{0}};

  key_tag(tag.b, &op->reg->secrets, "cnis/budget/1", child.b, ID_BYTES);
  return tag;
}

static struct charge *find_charge(const struct commit *commit, struct id child)
{
  struct charge *charge = commit->untaken;

  while (charge != NULL && !id_equal(charge->child, child))
    charge = charge->next;
  return charge;
}

static enum err note_charge(struct op *op, const struct spending *spending, struct id child)
{
  struct commit *commit = op->commit;
  struct charge *charge = find_charge(commit, child);

  if (charge == NULL) {
    charge = arena_take(op->arena, sizeof *charge);
    if (charge == NULL) return ERR_MEMORY;
    *charge = (struct charge){.at = commit->request.at,
                              .account = op->actor.account,
                              .receiver = spending->receiver,
                              .child = child};
    if (commit->last_charge != NULL)
      commit->last_charge->next = charge;
    else
      commit->charges = charge;
    commit->last_charge = charge;
    if (commit->untaken == NULL) commit->untaken = charge;
  }
  charge->purposes |= spending->purposes;
  return OK;
}

static bool is_counted(const struct op *op, struct id child)
{
  bool is_held;

  if (GUARD(BUDGET_MISSES_COUNT)) return true;
  index_read(op->reg->index);
  is_held = index_entry(op->reg->index, child) != NULL;
  index_done(op->reg->index);
  return is_held;
}

enum err spend_child(struct op *op, struct budget_over *ret_over, const struct spending *spending,
                     struct id child)
{
  struct lines *lines = arena_take(op->arena, sizeof *lines);
  struct id tag = child_tag(op, child);

  *ret_over = (struct budget_over){0};
  if (lines == NULL) return ERR_MEMORY;
  if (!is_counted(op, child) || !GUARD(BUDGET_CHARGED)) return OK;
  make_lines(op, lines, spending);
  if (spending->is_break_glass)
    TRY(budget_charge(op->reg->budget, lines->at, lines->count, tag, op->commit->request.at));
  else
    TRY(
      budget_take(op->reg->budget, ret_over, lines->at, lines->count, tag, op->commit->request.at));
  return ret_over->is_over ? OK : note_charge(op, spending, tag);
}

void spend_look(const struct op *op, struct budget_over *ret_over, const struct spending *spending)
{
  struct lines lines;

  *ret_over = (struct budget_over){0};
  if (!GUARD(BUDGET_CHARGED)) return;
  make_lines(op, &lines, spending);
  budget_look(op->reg->budget, ret_over, lines.at, lines.count, op->commit->request.at);
}

/* ---- the words given ---- */

/* One that nobody has seen yet is loud enough. */
static bool is_told_of(const struct op *op, struct id subject, enum notice_kind kind)
{
  const struct item *item;
  size_t cursor = 0;
  bool found = false;

  index_read(op->reg->index);
  while (!found &&
         (item = index_item_of_subject(op->reg->index, subject, ITEM_NOTICE, &cursor)) != NULL)
    found = notice_kind_of(item) == kind && !notice_is_done(item);
  index_done(op->reg->index);
  return found;
}

/* So much of a text as one item holds, ending with a whole character. */
static struct personal beginning(struct personal text)
{
  size_t n = text.len < SPEND_WORDS_MAX ? text.len : SPEND_WORDS_MAX;

  while (n > 0 && n < text.len && ((unsigned char)text.ptr[n] & 0xC0) == 0x80)
    n--;
  return (struct personal){text.ptr, n};
}

/* Sealed, once, for whoever sees to budgets: in memory there is only the hash. */
static enum err keep_words(struct op *op, struct id words, struct personal text)
{
  struct item item = {.id = words, .kind = ITEM_REPEATED_WORDS, .until = DAY_NONE};
  bool is_kept;

  index_read(op->reg->index);
  is_kept = index_item(op->reg->index, words) != NULL;
  index_done(op->reg->index);
  return is_kept ? OK : op_item_put(op, &item, NULL, beginning(text));
}

enum err spend_words(struct op *op, const struct ask *ask)
{
  struct spending spending = {.purposes = ask->said.purposes};
  const struct id no_child = {{0}};
  struct personal folded;
  struct id words;
  uint32_t requests = 0;

  if (ask->necessity.len == 0) return OK;
  TRY(fold_name(op->reader->scratch, &folded, ask->necessity));
  key_tag(words.b, &op->reg->secrets, "cnis/words/1", folded.ptr, folded.len);
  if (op->commit->untaken == NULL) TRY(note_charge(op, &spending, no_child));
  op->commit->untaken->words = words;
  if (op->attempt > 0) return OK; /* counted when it was asked first */
  TRY(repeated_add(op->reg->repeated, op->commit->untaken, &requests));
  if (requests <= policy_budget_terms(reg_policy(op->reg))->repeated_a_week) return OK;
  return keep_words(op, words, ask->necessity);
}

struct id spend_receiver(const struct op *op, struct id recipient, uint8_t role,
                         struct str organisation)
{
  bool is_family = policy_role_is_family(reg_policy(op->reg), role);
  struct personal folded = {organisation.ptr, organisation.len};
  struct id tag = {{0}};

  if (is_family || fold_name(op->reader->scratch, &folded, folded) != OK || folded.len == 0)
    folded = (struct personal){(const char *)recipient.b, ID_BYTES};
  key_tag(tag.b, &op->reg->secrets, "cnis/receiver/1", folded.ptr, folded.len);
  return tag;
}

/* ---- over budget ---- */

struct str spend_whose_name(enum budget_whose whose)
{
  switch (whose) {
  case BUDGET_PERSON:
    return STR("person");
  case BUDGET_AUTHORITY:
    return STR("authority");
  case BUDGET_RECEIVER:
    return STR("receiver");
  }
  return STR("");
}

static enum text_id sentence_of(enum budget_whose whose)
{
  switch (whose) {
  case BUDGET_PERSON:
    return TEXT_BUDGET_OVER_PERSON;
  case BUDGET_AUTHORITY:
    return TEXT_BUDGET_OVER_AUTHORITY;
  case BUDGET_RECEIVER:
    return TEXT_BUDGET_OVER_RECEIVER;
  }
  return TEXT_NONE;
}

static enum text_id window_text(enum policy_window window)
{
  switch (window) {
  case POLICY_HOUR:
    return TEXT_BUDGET_HOUR;
  case POLICY_DAY:
    return TEXT_BUDGET_DAY;
  case POLICY_MONTH:
    return TEXT_BUDGET_MONTH;
  }
  return TEXT_NONE;
}

static struct str purpose_said(const struct op *op, uint8_t purpose)
{
  return purpose == POLICY_NO_WORD
           ? text_get(TEXT_BUDGET_ALL_PURPOSES, op->lang)
           : policy_word_text(reg_policy(op->reg), POLICY_PURPOSE, purpose, op->lang);
}

static struct str number_text(char to[static 12], uint32_t number)
{
  int n = snprintf(to, 12, "%" PRIu32, number);

  return (struct str){to, n > 0 ? (size_t)n : 0};
}

void spend_write_over(struct json *json, const struct op *op, const struct budget_over *over)
{
  json_object_start(json);
  JSON_KEY(json, "whose");
  json_str(json, spend_whose_name(over->of.whose));
  JSON_KEY(json, "purpose");
  if (over->of.purpose == POLICY_NO_WORD)
    json_none(json);
  else
    json_str(json, policy_word_name(reg_policy(op->reg), POLICY_PURPOSE, over->of.purpose));
  JSON_KEY(json, "window");
  json_str(json, policy_window_name(over->window));
  JSON_KEY(json, "limit");
  json_int(json, over->limit);
  JSON_KEY(json, "used");
  json_int(json, over->used);
  json_object_end(json);
}

static enum err tell(struct op *op, const struct budget_over *over)
{
  struct notice notice = {.kind = NOTICE_BUDGET_OVER, .person = op->actor.account, .due = DAY_NONE};
  struct json json;

  if (is_told_of(op, op->actor.account, notice.kind)) return OK;
  json_start(&json, op->arena, 256);
  spend_write_over(&json, op, over);
  TRY(json_done(&json, &notice.said));
  return notice_put(op, &notice, NULL);
}

static enum err detail_of(struct op *op, struct str *ret_detail, const struct budget_over *over)
{
  char limit[12];
  struct str slots[] = {number_text(limit, over->limit),
                        text_get(window_text(over->window), op->lang),
                        purpose_said(op, over->of.purpose)};

  return text_fill(op->arena, ret_detail, sentence_of(over->of.whose), op->lang, slots, 3);
}

/* Those to whom a rule gives the act, whatever the footing. */
static void write_who(struct json *json, const struct op *op)
{
  uint64_t roles = spend_raisers(op);

  JSON_KEY(json, "by");
  json_array_start(json);
  for (; roles != 0; roles &= roles - 1)
    json_str(json,
             policy_word_name(reg_policy(op->reg), POLICY_ROLE, (uint8_t)__builtin_ctzll(roles)));
  json_array_end(json);
}

static void write_obligation(struct json *json, const struct op *op)
{
  JSON_KEY(json, "obligations");
  json_array_start(json);
  json_object_start(json);
  JSON_KEY(json, "obligation");
  json_str(json, STR("notify_dpo"));
  JSON_KEY(json, "what");
  json_str(json, text_get(TEXT_BUDGET_DPO_TOLD, op->lang));
  json_object_end(json);
  json_array_end(json);
}

uint64_t spend_raisers(const struct op *op)
{
  const struct policy *policy = reg_policy(op->reg);
  uint8_t act = policy_word(policy, POLICY_ACT, STR("raise_budget")), own = asked_own_la(op);
  uint64_t roles = 0;

  for (unsigned role = 1; role <= policy_word_count(policy, POLICY_ROLE); role++)
    for (unsigned purpose = 1; purpose <= policy_word_count(policy, POLICY_PURPOSE); purpose++)
      if (policy_may_act(policy, (uint8_t)role, own, (uint8_t)purpose, act).allowed)
        roles |= POLICY_BIT(role);
  return roles;
}

enum err spend_refuse(struct op *op, const struct budget_over *over, const struct entry_of *entry)
{
  struct entry_of said = *entry;
  struct str detail;
  struct json json;

  said.child = NULL;
  said.outcome = OUTCOME_REFUSED;
  TRY(detail_of(op, &detail, over));
  reply_problem_begin(op, &json, ERR_BUDGET, STR("/problems/budget"), detail);
  JSON_KEY(&json, "outcome");
  json_str(&json, STR("needs_second_person"));
  JSON_KEY(&json, "budget");
  spend_write_over(&json, op, over);
  write_who(&json, op);
  write_obligation(&json, op);
  TRY(tell(op, over));
  return reply_problem_end(op, &json, ERR_BUDGET, &said);
}

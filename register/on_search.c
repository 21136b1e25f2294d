/* Finding children. A search may use only fields that the searcher would be granted of the child
 * found, in full; hidden children, and protected ones where the search says a place, are no hits,
 * no counts and no pauses (design promise 4). */
#include <string.h>

#include "base/fold.h"
#include "base/guard.h"
#include "register/cursor.h"
#include "register/listing.h"
#include "register/operations.h"
#include "register/reply.h"
#include "register/standing.h"

/* ---- what is searched by ---- */

#define TERMS_MAX 16
#define TERM_TOKENS 4

/* One thing said: a child has it when any of the tokens is theirs. */
struct term {
  uint64_t tokens[TERM_TOKENS];
  size_t count;
};
struct terms {
  struct term at[TERMS_MAX];
  size_t count;
  struct fieldset words; /* policy words that the search says something of */
};

static void name_field(const struct op *op, struct terms *terms, enum field field)
{
  uint8_t word = op->reg->words[field][PERSON_OTHER];

  terms->words = fieldset_with(terms->words, word);
}

static enum err add_term(const struct op *op, struct terms *terms, struct personal text,
                         const enum token_kind *kinds, size_t count)
{
  struct term *term = &terms->at[terms->count];

  if (text.len == 0) return OK;
  if (terms->count == TERMS_MAX) return ERR_INPUT;
  for (size_t i = 0; i < count; i++) {
    uint64_t token = index_token(op->reg->index, op->reader->scratch, kinds[i], text);

    if (token != 0) term->tokens[term->count++] = token;
    name_field(op, terms, token_row(kinds[i])->field);
  }
  terms->count++;
  return OK;
}

/* Each part of a name as typed has to be a part of some name of the child, in whatever order. */
static enum err add_name(const struct op *op, struct terms *terms, struct personal name)
{
  static const enum token_kind kinds[] = {TOKEN_FORENAME, TOKEN_MIDDLE_NAMES, TOKEN_SURNAME,
                                          TOKEN_KNOWN_AS};
  struct personal folded;

  TRY(fold_name(op->reader->scratch, &folded, name));
  for (size_t from = 0; from < folded.len;) {
    const char *space = memchr(folded.ptr + from, ' ', folded.len - from);
    size_t to = space != NULL ? (size_t)(space - folded.ptr) : folded.len;

    TRY(add_term(op, terms, (struct personal){folded.ptr + from, to - from}, kinds, 4));
    from = to + 1;
  }
  return OK;
}

static enum err add_one(const struct op *op, struct terms *terms, struct personal text,
                        enum token_kind kind)
{
  return add_term(op, terms, text, &kind, 1);
}

static enum err terms_of(struct op *op, struct terms *ret_terms, const struct search *in)
{
  static const enum token_kind forenames[] = {TOKEN_FORENAME, TOKEN_KNOWN_AS, TOKEN_MIDDLE_NAMES};
  char *born = arena_take(op->arena, 10);

  if (born == NULL) return ERR_MEMORY;
  *ret_terms = (struct terms){0};
  TRY(add_name(op, ret_terms, in->name));
  TRY(add_term(op, ret_terms, in->forename, forenames, 3));
  TRY(add_one(op, ret_terms, in->surname, TOKEN_SURNAME));
  TRY(add_one(op, ret_terms, in->upn, TOKEN_UPN));
  TRY(add_one(op, ret_terms, in->postcode, TOKEN_POSTCODE));
  TRY(add_one(op, ret_terms, in->phone, TOKEN_PHONE));
  TRY(add_one(op, ret_terms, in->email, TOKEN_EMAIL));
  if (day_is_set(in->date_of_birth)) {
    day_write(born, in->date_of_birth);
    TRY(add_one(op, ret_terms, (struct personal){born, 10}, TOKEN_DATE_OF_BIRTH));
  }
  return OK;
}

/* ---- who might be meant ---- */

struct candidates {
  struct id *at; /* ascending */
  size_t count;
};

static int compare_ids(const struct id *a, const struct id *b)
{
  return memcmp(a->b, b->b, ID_BYTES);
}

static size_t place_of(const struct candidates *set, const struct id *id)
{
  size_t low = 0, high = set->count;

  while (low < high) {
    size_t middle = low + (high - low) / 2;

    if (compare_ids(&set->at[middle], id) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static bool holds(const struct candidates *set, const struct id *id)
{
  size_t at = place_of(set, id);

  return at < set->count && id_equal(set->at[at], *id);
}

static void insert(struct candidates *set, const struct id *id)
{
  size_t at = place_of(set, id);

  if (at < set->count && id_equal(set->at[at], *id)) return;
  memmove(&set->at[at + 1], &set->at[at], (set->count - at) * sizeof *set->at);
  set->at[at] = *id;
  set->count++;
}

/* Children to whom the searcher stands in an evidenced relation: nobody else can become a hit for a
 * role that is granted nothing on its office alone, so nobody else is looked at. */
static enum err related(struct op *op, struct candidates *ret_set)
{
  static const enum item_kind kinds[] = {ITEM_ASSIGNMENT, ITEM_RELATION, ITEM_NAMED_WORKER};
  const struct index *index = op->reg->index;
  const struct item *item;
  size_t most = 0;

  for (int pass = 0; pass < 2; pass++) {
    for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
      size_t cursor = 0;

      while ((item = index_item_of_subject(index, op->actor.account, kinds[kind], &cursor)) !=
             NULL) {
        if (pass == 0)
          most++;
        else
          insert(ret_set, &item->record);
      }
    }
    if (pass == 0) ret_set->at = arena_take_array(op->arena, most + 1, sizeof(struct id));
    if (ret_set->at == NULL) return ERR_MEMORY;
  }
  return OK;
}

/* All records that have one of the term's tokens, and are in `within` when that is given. */
static enum err matching(struct op *op, struct candidates *ret_set, const struct term *term,
                         const struct candidates *within)
{
  const struct entry *entry;
  size_t most = 0;

  for (size_t i = 0; i < term->count; i++)
    for (size_t cursor = 0; index_find(op->reg->index, term->tokens[i], &cursor) != NULL;)
      most++;
  ret_set->at = arena_take_array(op->arena, most + 1, sizeof(struct id));
  if (ret_set->at == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < term->count; i++)
    for (size_t cursor = 0; (entry = index_find(op->reg->index, term->tokens[i], &cursor)) != NULL;)
      if (within == NULL || holds(within, &entry->id)) insert(ret_set, &entry->id);
  return OK;
}

static bool has_office(const struct op *op, const struct asked *asked)
{
  return asked->request.relation == asked_own_la(op);
}

static enum err find_all(struct op *op, struct candidates *ret_set, const struct terms *terms,
                         bool only_related)
{
  struct candidates found = {0};
  const struct candidates *within = NULL;
  enum err err = OK;

  index_read(op->reg->index);
  if (only_related) {
    err = related(op, &found);
    within = &found;
  }
  for (size_t i = 0; i < terms->count && err == OK; i++) {
    struct candidates next = {0};

    err = matching(op, &next, &terms->at[i], within);
    found = next;
    within = &found;
  }
  index_done(op->reg->index);
  *ret_set = found;
  return err;
}

/* ---- the answer ---- */

/* Fields that no relation whatever would be granted to this role for this purpose. */
static struct fieldset never_granted(const struct op *op, const struct asked *asked,
                                     struct fieldset words)
{
  const struct policy *policy = reg_policy(op->reg);
  unsigned relations = policy_word_count(policy, POLICY_RELATION);

  for (unsigned relation = 1; relation <= relations; relation++) {
    struct fieldset reach = policy_all_fields(policy);

    for (uint64_t left = asked->request.purposes; left != 0; left &= left - 1)
      reach = fieldset_and(reach, policy_reach(policy, asked->request.role, (uint8_t)relation,
                                               (uint8_t)__builtin_ctzll(left)));
    words = fieldset_less(words, reach);
  }
  return words;
}

/* Every word searched by is granted of this very child, in its most detailed form. */
static bool may_match(const struct op *op, const struct asked *asked, struct fieldset words)
{
  const struct decision *decision = &asked->decision;

  if (!GUARD(SEARCH_BY_GRANTED)) return true;
  while (!fieldset_is_empty(words)) {
    uint8_t word = (uint8_t)fieldset_take(&words);

    if (!fieldset_has(decision->granted, word)) return false;
    if (decision->form[word] != policy_field_full_form(reg_policy(op->reg), word)) return false;
  }
  return true;
}

static enum err decide_each(struct op *op, struct listing *listing, const struct ask *ask,
                            const struct candidates *found, struct fieldset words)
{
  for (size_t i = 0; i < found->count; i++) {
    struct asked asked;

    TRY(asked_met(op, &asked, found->at[i], ask));
    if (asked.is_refused && GUARD(HIDDEN_IS_ABSENT)) continue;
    if (asked.facts.is_held && may_match(op, &asked, words)) TRY(listing_add(op, listing, &asked));
  }
  return OK;
}

static struct fieldset shown_words(const struct op *op, struct fieldset asked)
{
  return fieldset_is_empty(asked) ? asked_name_and_birth(op) : asked;
}

static enum err refuse_words(struct op *op, const struct entry_of *entry, struct fieldset words)
{
  uint16_t rule = policy_rule_named(reg_policy(op->reg), STR("F-02"));
  struct problem problem = {.err = ERR_REFUSED,
                            .detail = TEXT_REGISTER_SEARCH_FIELDS,
                            .rule = STR("F-02"),
                            .fields = words};

  struct entry_of said = *entry;

  said.outcome = OUTCOME_REFUSED;
  said.rules = &rule;
  said.rule_count = 1;
  return reply_problem(op, &problem, &said);
}

enum err entry_search(struct op *op, const struct search *in)
{
  struct listing_page page = {.name = STR("hits"), .action = ACTION_SEARCH};
  struct ask ask = in->ask;
  struct candidates found;
  struct listing listing;
  struct entry_of entry;
  struct fieldset never;
  struct asked asked = {0};
  struct spending spending;
  struct terms terms;

  TRY(op_begin(op));
  TRY(cursor_read(op, &page.after, ACTION_SEARCH, in->cursor));
  TRY(terms_of(op, &terms, in));
  ask.said.asked = fieldset_or(shown_words(op, ask.said.asked), terms.words);
  asked_request(op, &asked, &ask);
  spending = (struct spending){.purposes = asked.request.purposes, .role = asked.request.role};
  spend_look(op, &asked.over, &spending);
  TRY(spend_words(op, &ask));
  if (asked.is_refused || asked.over.is_over) return reply_refused(op, &asked, ACTION_SEARCH, &ask);
  asked_entry(op, &entry, ACTION_SEARCH, &asked, &ask);
  page.entry = &entry;
  page.spending = &spending;
  if (terms.count == 0)
    return reply_problem(
      op, &(struct problem){.err = ERR_INPUT, .detail = TEXT_REGISTER_SEARCH_NOTHING}, &entry);
  never = never_granted(op, &asked, terms.words);
  if (!fieldset_is_empty(never) && GUARD(SEARCH_BY_GRANTED)) return refuse_words(op, &entry, never);
  TRY(find_all(op, &found, &terms, !has_office(op, &asked)));
  TRY(listing_new(op, &listing, found.count));
  TRY(decide_each(op, &listing, &ask, &found, terms.words));
  listing_sort(&listing);
  return listing_answer(op, &listing, &page);
}

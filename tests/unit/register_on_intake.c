/* Rows of a sheet: what becomes of each, and what an answer must not tell. */
#include "tests/unit/register_office.h"

#include "register/proposal.h"

static struct office office;
static struct actor importer;

static void begin(void)
{
  office_begin(&office);
  importer = office_actor(&office, "case_officer", 1);
}

static void end(void)
{
  office_end(&office);
}

TestSuite(register_on_intake, .init = begin, .fini = end, .timeout = 60);

#define TEXT(words)                                                                                \
  {                                                                                                \
    (words), sizeof(words) - 1                                                                     \
  }

/* A row as a sheet has it; NULL: an empty cell. */
struct line {
  const char *ref, *forename, *surname, *birth, *upn, *said;
  const char *address;
};
#define LINES_MAX 8
static struct intake_result results[LINES_MAX];

static void put(struct given *values, size_t *count, enum field field, const char *text)
{
  struct value value = value_absent;

  if (text == NULL) return;
  value.text = (struct personal){text, strlen(text)};
  values[(*count)++] = (struct given){field, 0, value};
}

static struct personal cell(const char *text)
{
  return text != NULL ? (struct personal){text, strlen(text)} : (struct personal){"", 0};
}

static void take(const struct line *lines, size_t count, bool dry_run)
{
  struct given values[LINES_MAX][8];
  struct intake_row rows[LINES_MAX];
  struct intake in = {.ask = office_ask(&office, "register_maintenance", NULL),
                      .source = STR("sir-enghraifft"),
                      .on = day_from_ymd(2026, 11, 2),
                      .rows = rows,
                      .count = count,
                      .ret_results = results};
  struct op *op = office_op(&office, importer);

  for (size_t i = 0; i < count; i++) {
    size_t n = 0;

    put(values[i], &n, FIELD_forename, lines[i].forename);
    put(values[i], &n, FIELD_surname, lines[i].surname);
    put(values[i], &n, FIELD_date_of_birth, lines[i].birth);
    put(values[i], &n, FIELD_upn, lines[i].upn);
    put(values[i], &n, FIELD_home_address, lines[i].address);
    rows[i] = (struct intake_row){.row = (unsigned)i + 2,
                                  .values = {values[i], n},
                                  .ref = cell(lines[i].ref),
                                  .safety_said = cell(lines[i].said)};
  }
  op->dry_run = dry_run;
  OFFICE_RUN(&office, intake_take(op, &in));
  cr_assert_eq(office.op.answer.status, 200);
}

static size_t items(enum item_kind kind)
{
  size_t cursor = 0, count = 0;

  index_read(office.reg->index);
  while (index_item_of_kind(office.reg->index, kind, &cursor) != NULL)
    count++;
  index_done(office.reg->index);
  return count;
}

static size_t children(void)
{
  return index_count(office.reg->index);
}

#define SION                                                                                       \
  {                                                                                                \
    "EX1", "Siôn", "ap Rhys", "2015-03-04", "N669313420068", "yes", "1 Stryd Fawr"                 \
  }

Test(register_on_intake, gives_each_row_its_outcome)
{
  static const struct {
    struct line line;
    enum intake_outcome outcome;
  } rows[] = {
    {{"R1", "Siôn", "ap Rhys", "2015-03-04", NULL, "yes", NULL}, INTAKE_TAKEN},
    {{"R2", "Mair", "ap Rhys", "2013-01-04", NULL, "yes", NULL}, INTAKE_TAKEN},
    {{"R3", "Babi", "Bach", "2024-01-01", NULL, "yes", NULL}, INTAKE_REFUSED_NOT_ELIGIBLE},
    {{"R4", NULL, NULL, "2015-03-04", NULL, "yes", NULL}, INTAKE_REFUSED_NO_NAME},
    {{"R5", "Llŷr", "Jones", "31/02/2014", "W000000000000", "", NULL}, INTAKE_TAKEN},
    {{"R6", "SION", "AP RHYS", "2015-03-04", NULL, "yes", NULL}, INTAKE_PROPOSED_SAME_CHILD},
  };
  struct line lines[6];

  for (size_t i = 0; i < 6; i++)
    lines[i] = rows[i].line;
  take(lines, 6, false);
  for (size_t i = 0; i < 6; i++)
    cr_expect_eq(results[i].outcome, rows[i].outcome, "row %zu", i);
  cr_expect(str_is(results[2].rule, "s8"));
  cr_expect_eq(children(), 3);
  cr_expect_eq(office.op.commit->entry_count, 4, "one for each taken in, one for the batch");
  cr_expect_eq(items(ITEM_PROPOSAL), 1);
}

Test(register_on_intake, changes_nothing_the_second_time)
{
  const struct line lines[] = {SION, {"EX2", "Siôn", "ap-Rhys", "2015-03-04", NULL, "yes", NULL}};

  take(lines, 2, false);
  cr_expect_eq(results[0].outcome, INTAKE_TAKEN);
  cr_expect_eq(results[1].outcome, INTAKE_PROPOSED_SAME_CHILD);
  take(lines, 2, false);
  cr_expect_eq(results[0].outcome, INTAKE_UNCHANGED);
  cr_expect_eq(results[1].outcome, INTAKE_PROPOSED_SAME_CHILD);
  cr_expect_eq(children(), 1);
  cr_expect_eq(items(ITEM_PROPOSAL), 1);
  cr_expect_null(office.op.commit->changes);
}

Test(register_on_intake, proposes_a_change_and_overwrites_nothing)
{
  const struct line first[] = {SION}, second[] = {{"EX1", "Siôn", "ap Rhys", "2015-03-04",
                                                   "N669313420068", "yes", "9 Lôn Newydd"}};
  struct id id;

  take(first, 1, false);
  id = results[0].id;
  take(second, 1, false);
  cr_expect_eq(results[0].outcome, INTAKE_PROPOSED_CHANGE);
  cr_expect_eq(items(ITEM_PROPOSAL), 1);
  office_set_level(&office, id, LEVEL_NONE);
  OFFICE_RUN(&office, entry_get(office_op(&office, importer), id));
  cr_expect_str_eq(office_value(&office, "home_address", 0), "1 Stryd Fawr");
}

Test(register_on_intake, takes_a_used_reference_with_another_name_and_birth_date_as_another_child)
{
  const struct line first[] = {SION},
                    second[] = {{"EX1", "Gwen", "Harris", "2014-09-09", NULL, "yes", NULL}};

  take(first, 1, false);
  take(second, 1, false);
  cr_expect_eq(results[0].outcome, INTAKE_TAKEN);
  cr_expect(results[0].is_other_child);
  cr_expect_eq(children(), 2);
}

/* Runs a sheet that resembles a child at this level, and says what came of it. */
static enum intake_outcome resembling(enum level level)
{
  const struct line held[] = {SION}, copy[] = {{"FEED1", "Sio", "ap Rhys", "2015-03-04",
                                                "N669313420068", "yes", NULL}};

  take(held, 1, false);
  if (level != LEVEL_UNKNOWN) office_set_level(&office, results[0].id, level);
  take(copy, 1, false);
  return results[0].outcome;
}

Test(register_on_intake, tells_of_a_resemblance_to_an_unprotected_child)
{
  cr_expect_eq(resembling(LEVEL_NONE), INTAKE_PROPOSED_SAME_CHILD);
}

Test(register_on_intake, takes_in_what_resembles_a_protected_child_in_the_same_words)
{
  cr_expect_eq(resembling(LEVEL_CONTACT_PROTECTED), INTAKE_TAKEN);
  cr_expect_eq(items(ITEM_MATCH), 1, "for the circle alone");
  cr_expect_eq(children(), 2);
}

Test(register_on_intake, takes_in_what_resembles_a_hidden_child_in_the_same_words)
{
  cr_expect_eq(resembling(LEVEL_HIDDEN), INTAKE_TAKEN);
  cr_expect_eq(items(ITEM_MATCH), 1);
}

Test(register_on_intake, does_not_tell_by_the_order_of_rows_who_is_asked_for)
{
  const struct line unsafe = {"EX1", "Siôn", "ap Rhys", "2015-03-04", "N669313420068", "no", NULL};
  const struct line copy = {"FEED1", "Sio", "ap Rhys", "2015-03-04", "N669313420068", "yes", NULL};
  const struct line one_way[] = {unsafe, copy}, other_way[] = {copy, unsafe};

  take(one_way, 2, true);
  cr_expect_eq(results[0].outcome, INTAKE_TAKEN);
  cr_expect_eq(results[1].outcome, INTAKE_TAKEN);
  take(other_way, 2, false);
  cr_expect_eq(results[0].outcome, INTAKE_TAKEN);
  cr_expect_eq(results[1].outcome, INTAKE_TAKEN);
  cr_expect_eq(items(ITEM_MATCH), 1);
}

Test(register_on_intake, writes_one_entry_and_nothing_else_in_a_dry_run)
{
  const struct line lines[] = {SION, {"EX2", "SIÔN", "ap Rhys", "2015-03-04", NULL, "yes", NULL}};

  take(lines, 2, true);
  cr_expect_eq(results[0].outcome, INTAKE_TAKEN);
  cr_expect_eq(results[1].outcome, INTAKE_PROPOSED_SAME_CHILD);
  cr_expect_eq(office.op.commit->entry_count, 1);
  cr_expect_null(office.op.commit->changes);
  cr_expect_eq(children(), 0);
}

Test(register_on_intake, assigns_to_the_importer_when_the_sheet_names_nobody)
{
  const struct line lines[] = {SION};

  take(lines, 1, false);
  OFFICE_RUN(&office, entry_get(office_op(&office, importer), results[0].id));
  cr_expect_eq(office.op.answer.status, 200);
}

Test(register_on_intake, refuses_who_may_not_import)
{
  struct intake in = {.ask = office_ask(&office, "register_maintenance", NULL), .source = STR("x")};

  OFFICE_RUN(&office,
             intake_take(office_op(&office, office_actor(&office, "support_officer", 2)), &in));
  cr_expect_eq(office.op.answer.status, 403);
}

Test(register_on_intake, keeps_a_proposal_whole_over_several_pages)
{
  struct given values[16];
  struct line first = SION;
  char long_text[240];
  const struct item *item;
  struct given_list page;
  struct personal text;
  struct item read;
  struct facts_want want;
  struct facts facts;
  struct id ids[8];
  size_t n = 0, kept = 0, found = 0;

  take(&first, 1, false);
  want = (struct facts_want){.id = results[0].id};
  memset(long_text, 'x', sizeof long_text);
  for (unsigned slot = 0; slot < 10; slot++) {
    struct value value = value_absent;

    value.text = (struct personal){long_text, slot < 4 ? sizeof long_text : 40};
    values[n++] = (struct given){slot < 4 ? FIELD_circumstances_narrative : FIELD_support_attempts,
                                 slot % 4, value};
    if (slot >= 4) values[n - 1].value.text.len = 230;
    if (slot >= 8) n--;
  }
  struct op *op = office_op(&office, importer);
  struct entry_of entry = {.action = ACTION_INTAKE};
  struct proposal proposal = {
    .kind = PROPOSAL_CHANGE, .about = want.id, .values = &(struct given_list){values, n}};
  struct id id;

  cr_assert_eq(op_begin(op), OK);
  want.today = op_today(op);
  cr_assert_eq(facts_read(op, &facts, &want), OK);
  proposal.child = &facts.child;
  cr_assert_eq(proposal_put(op, &id, &proposal), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
  cr_assert_eq(office_submit(&office), OK);
  ids[found++] = id;
  index_read(office.reg->index);
  for (size_t cursor = 0; found < 8; cursor = 0) { /* each page hangs on the one before */
    item = index_item_of_subject(office.reg->index, ids[found - 1], ITEM_NOTE_PAGE, &cursor);
    if (item == NULL) break;
    ids[found++] = item->id;
  }
  index_done(office.reg->index);
  cr_assert_gt(found, 2);
  for (size_t i = 0; i < found; i++) {
    op = office_op(&office, importer);
    cr_assert_eq(op_begin(op), OK);
    cr_assert_eq(op_item_text(op, &text, &read, ids[i], &facts.child), OK);
    cr_assert_eq(proposal_parse(op->arena, &page, text), OK);
    kept += page.count;
    op_end(op);
  }
  cr_expect_eq(kept, n);
}

/* ---- references that were read before ---- */

/* A changed row under the same reference, by the one who brought it in or by a colleague. */
static void send_again(const struct line *line, uint8_t who, bool dry_run)
{
  importer = office_actor(&office, "case_officer", who);
  take(line, 1, dry_run);
}

static const struct line changed = {"EX1", "Siôn", "ap Rhys", "2015-03-04", NULL, "yes", NULL};
static const struct line another = {"EX1", "Gwen", "Harris", "2014-09-09", NULL, "yes", NULL};

Test(register_on_intake, knows_no_reference_of_a_hidden_child)
{
  const struct line held[] = {SION}, *const sent[] = {held, &changed, &another};

  take(held, 1, false);
  office_set_level(&office, results[0].id, LEVEL_HIDDEN);
  for (uint8_t who = 1; who <= 2; who++) {
    for (size_t i = 0; i < 3; i++) {
      send_again(sent[i], who, true);
      cr_expect_eq(results[0].outcome, INTAKE_TAKEN, "row %zu of person %u", i, who);
      cr_expect_not(results[0].is_other_child, "row %zu of person %u", i, who);
    }
  }
  send_again(&changed, 1, false);
  cr_expect_eq(results[0].outcome, INTAKE_TAKEN);
  cr_expect_eq(items(ITEM_MATCH), 1, "for the circle alone");
  send_again(&changed, 1, false);
  cr_expect_eq(results[0].outcome, INTAKE_UNCHANGED, "once, and not with every sheet");
}

Test(register_on_intake, tells_of_a_protected_childs_reference_only_who_brought_it_in)
{
  const struct line held[] = {SION};

  take(held, 1, false);
  office_set_level(&office, results[0].id, LEVEL_CONTACT_PROTECTED);
  send_again(&changed, 1, true);
  cr_expect_eq(results[0].outcome, INTAKE_PROPOSED_CHANGE);
  send_again(&changed, 2, true);
  cr_expect_eq(results[0].outcome, INTAKE_TAKEN);
  send_again(&another, 2, true);
  cr_expect_eq(results[0].outcome, INTAKE_TAKEN);
  cr_expect_not(results[0].is_other_child);
}

/* ---- what the circle sees before it decides ---- */

Test(register_on_intake, shows_the_circle_whom_a_row_resembles_before_it_decides)
{
  const struct line held[] = {SION},
                    rows[] = {changed, {"EX2", "Gwen", "Harris", "2014-09-09", NULL, "yes", NULL}};
  char hidden[2 * ID_BYTES + 1] = {0};
  struct actor lead = office_actor(&office, "safeguarding_lead", 9);
  struct id ids[2];
  json_t *waiting;

  take(held, 1, false);
  hex_write(hidden, results[0].id.b, ID_BYTES);
  office_set_level(&office, results[0].id, LEVEL_HIDDEN);
  take(rows, 2, false);
  ids[0] = results[0].id;
  ids[1] = results[1].id;
  OFFICE_RUN(&office, first_decision_list(office_op(&office, lead), STR("")));
  waiting = json_object_get(office.json, "waiting");
  cr_assert_eq(json_array_size(waiting), 2);
  for (size_t i = 0; i < 2; i++) {
    json_t *row = json_array_get(waiting, i), *whom = json_object_get(row, "resembles");
    struct id id;

    cr_assert(id_parse(str_from(office_text(row, "entry")), &id));
    cr_expect_eq(json_array_size(whom), id_equal(id, ids[0]) ? 1 : 0);
    if (whom != NULL) cr_expect_str_eq(json_string_value(json_array_get(whom, 0)), hidden);
  }
}

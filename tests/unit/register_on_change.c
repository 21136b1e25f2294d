/* Changing an entry: by whom, of which state, and what a change of address brings about. */
#include "register/blind.h"
#include "tests/unit/register_office.h"

static struct office office;
static char etag[33];

static void begin(void)
{
  office_begin(&office);
}

static void end(void)
{
  office_end(&office);
}

TestSuite(register_on_change, .init = begin, .fini = end, .timeout = 60);

static void read_short(struct actor actor, struct id id)
{
  OFFICE_RUN(&office, entry_get(office_op(&office, actor), id));
  cr_assert_eq(office.op.answer.status, 200);
  memcpy(etag, office.op.answer.etag, sizeof etag);
}

static enum err patch(struct actor actor, struct id id, struct given *values, size_t count,
                      const char *if_match)
{
  struct entry_change in = {
    .id = id, .ask = office_ask(&office, "register_maintenance", NULL), .values = {values, count}};
  struct op *op = office_op(&office, actor);

  op->if_match = str_from(if_match);
  return entry_patch(op, &in);
}

Test(register_on_change, changes_what_a_grant_of_theirs_names)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  struct given values[] = {GIVEN(known_as, 0, "Siôni"), GIVEN(middle_names, 0, "Wyn")};

  read_short(officer, id);
  OFFICE_RUN(&office, patch(officer, id, values, 2, etag));
  cr_assert_eq(office.op.answer.status, 200, "%.*s", (int)office.op.answer.body.len,
               office.op.answer.body.ptr);
  read_short(officer, id);
  cr_expect_str_eq(office_value(&office, "child_name", 1), "Wyn");
  cr_expect_str_eq(office_value(&office, "child_name", 3), "Siôni");
}

static bool is_shown(const char *word)
{
  return json_object_get(json_object_get(office.json, "fields"), word) != NULL;
}

/* What a view for one purpose gave opens nothing for another one: neither by its tag, nor by the
 * short way, which is the assignment's purpose alone. */
Test(register_on_change, what_one_purpose_gave_is_no_leave_for_another)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  struct given values[] = {GIVEN(known_as, 0, "Siôni")};
  struct entry_change in = {
    .id = id, .ask = office_ask(&office, "support_provision", NULL), .values = {values, 1}};
  struct entry_ask other = {
    .id = id,
    .ask = office_ask(&office, "education_suitability", "child_name home_address date_of_birth")};
  struct op *op;

  office_set_level(&office, id, LEVEL_NONE);
  read_short(officer, id);
  cr_expect(is_shown("home_address"));
  op = office_op(&office, officer);
  op->if_match = str_from(etag);
  OFFICE_RUN(&office, entry_patch(op, &in));
  cr_expect_eq(office.op.answer.status, 403);
  OFFICE_RUN(&office, entry_view(office_op(&office, officer), &other));
  cr_expect_eq(office.op.answer.status, 200);
  cr_expect(is_shown("child_name"));
  cr_expect_not(is_shown("home_address"), "granted for maintenance alone");
}

Test(register_on_change, needs_to_be_told_which_state_is_changed)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  struct given values[] = {GIVEN(known_as, 0, "Siôni")};

  cr_expect_eq(patch(officer, id, values, 1, ""), ERR_PRECONDITION);
}

Test(register_on_change, refuses_an_older_state_and_names_only_the_fields)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  struct given first[] = {GIVEN(known_as, 0, "Siôni")}, second[] = {GIVEN(known_as, 0, "Siencyn")};
  struct entry_ask narrow = {.id = id,
                             .ask = office_ask(&office, "register_maintenance", "child_name sex")};
  struct entry_change in = {.id = id, .ask = narrow.ask, .values = {second, 1}};
  char old[33];

  OFFICE_RUN(&office, entry_view(office_op(&office, officer), &narrow));
  memcpy(old, office.op.answer.etag, sizeof old);
  read_short(officer, id);
  OFFICE_RUN(&office, patch(officer, id, first, 1, etag));
  office_op(&office, officer)->if_match = str_from(old);
  OFFICE_RUN(&office, entry_patch(&office.op, &in));
  cr_assert_eq(office.op.answer.status, 412);
  cr_expect_str_eq(json_string_value(json_array_get(json_object_get(office.json, "fields"), 0)),
                   "child_name");
  cr_expect_eq(json_array_size(json_object_get(office.json, "fields")), 1);
  cr_expect_null(strstr(office.op.answer.body.ptr, "Siôni"));
  read_short(officer, id);
  cr_expect_str_eq(office_value(&office, "child_name", 2), "Siôni");
}

Test(register_on_change, refuses_fields_that_no_grant_names)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  struct given values[] = {GIVEN(health_needs, 0, "asthma")};

  read_short(officer, id);
  OFFICE_RUN(&office, patch(officer, id, values, 1, etag));
  cr_expect_eq(office.op.answer.status, 403);
  cr_expect_str_eq(json_string_value(json_array_get(json_object_get(office.json, "fields"), 0)),
                   "health_needs");
}

Test(register_on_change, is_generic_to_who_may_not_know_of_the_child)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  struct given values[] = {GIVEN(known_as, 0, "Siôni")};

  OFFICE_RUN(&office, patch(office_actor(&office, "case_officer", 2), id, values, 1,
                            "00112233445566778899aabbccddeeff"));
  cr_expect_eq(office.op.answer.status, 404);
  cr_expect(office.op.answer.on_tick);
}

static enum level level_of(struct id id)
{
  enum level level;

  index_read(office.reg->index);
  level = index_entry(office.reg->index, id)->level;
  index_done(office.reg->index);
  return level;
}

Test(register_on_change, makes_protection_unknown_when_a_parent_does_not_move_along)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  struct given values[] = {GIVEN(home_address, 0, "2 Lôn Newydd, Aberffug")};

  office_set_level(&office, id, LEVEL_NONE);
  read_short(officer, id);
  cr_expect(office_grants(&office, "resident_parent_name"));
  cr_expect_str_eq(office_value(&office, "resident_parent_name", 0), "Mair ap Rhys");
  OFFICE_RUN(&office, patch(officer, id, values, 1, etag));
  cr_assert_eq(office.op.answer.status, 200);
  cr_expect_eq(level_of(id), LEVEL_UNKNOWN);
  read_short(officer, id);
  cr_expect_str_eq(office_value(&office, "resident_parent_name", 0), "",
                   "how she stands is not known now");
}

Test(register_on_change, leaves_protection_when_the_parents_move_along)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  struct given values[] = {GIVEN(home_address, 0, "2 Lôn Newydd, Aberffug"),
                           GIVEN(person_address, 0, "2 LON NEWYDD Aberffug")};

  office_set_level(&office, id, LEVEL_NONE);
  read_short(officer, id);
  OFFICE_RUN(&office, patch(officer, id, values, 2, etag));
  cr_assert_eq(office.op.answer.status, 200);
  cr_expect_eq(level_of(id), LEVEL_NONE);
}

/* Somebody who is not the mother, and receives as a parent who lives elsewhere. */
static void relate(struct id child)
{
  struct item item = {
    .kind = ITEM_RELATION, .flags = RELATION_NON_RESIDENT, .record = child, .until = DAY_NONE};
  struct entry_of entry = {.action = ACTION_RELATION};
  struct op *op = office_op(&office, office_actor(&office, "safeguarding_lead", 3));
  struct facts_want want = {.id = child};
  struct facts facts;

  memset(item.subject.b, 0x77, ID_BYTES);
  cr_assert_eq(op_begin(op), OK);
  want.today = op_today(op);
  cr_assert_eq(facts_read(op, &facts, &want), OK);
  cr_assert_eq(op_item_put(op, &item, &facts.child, (struct personal){"Letter.", 7}), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
  cr_assert_eq(office_submit(&office), OK);
}

static unsigned relation_of(struct id child)
{
  const struct item *item;
  size_t cursor = 0;
  unsigned flags;

  index_read(office.reg->index);
  item = index_item_of_record(office.reg->index, child, ITEM_RELATION, &cursor);
  flags = item->flags;
  index_done(office.reg->index);
  return flags;
}

Test(register_on_change, stops_what_goes_to_parents_who_may_not_have_moved_along)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  struct given same[] = {GIVEN(home_address, 0, "1 STRYD YR ENGHRAIFFT, Tref-y-Data")},
               other[] = {GIVEN(home_address, 0, "2 Lôn Newydd, Aberffug")};

  relate(id);
  read_short(officer, id);
  OFFICE_RUN(&office, patch(officer, id, same, 1, etag));
  cr_assert_eq(office.op.answer.status, 200);
  cr_expect_eq(relation_of(id), RELATION_NON_RESIDENT, "nobody has moved");
  read_short(officer, id);
  OFFICE_RUN(&office, patch(officer, id, other, 1, etag));
  cr_assert_eq(office.op.answer.status, 200);
  cr_expect_eq(relation_of(id), RELATION_NONE);
}

Test(register_on_change, lets_nobody_have_moved_along_whose_address_is_shielded)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  struct given values[] = {GIVEN(home_address, 0, "2 Lôn Newydd, Aberffug")};

  office_set_level(&office, id, LEVEL_CONTACT_PROTECTED);
  relate(id);
  read_short(officer, id);
  cr_assert_str_eq(office_value(&office, "resident_parent_name", 0), "Mair ap Rhys");
  OFFICE_RUN(&office, patch(officer, id, values, 1, etag));
  cr_assert_eq(office.op.answer.status, 200);
  cr_expect_eq(relation_of(id), RELATION_NONE);
  cr_expect_eq(level_of(id), LEVEL_CONTACT_PROTECTED);
  read_short(officer, id);
  cr_expect_str_eq(office_value(&office, "resident_parent_name", 0), "",
                   "how she stands is not known now");
}

Test(register_on_change, believes_a_blind_change_that_says_who_has_moved_along)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  struct given values[] = {GIVEN(home_address, 0, "2 Lôn Newydd, Aberffug"),
                           GIVEN(person_address, 0, "2 LON NEWYDD Aberffug")};

  office_set_level(&office, id, LEVEL_CONTACT_PROTECTED);
  relate(id);
  read_short(officer, id);
  OFFICE_RUN(&office, patch(officer, id, values, 2, etag));
  cr_assert_eq(office.op.answer.status, 200);
  cr_expect_eq(relation_of(id), RELATION_NON_RESIDENT);
  read_short(officer, id);
  cr_expect_str_eq(office_value(&office, "resident_parent_name", 0), "Mair ap Rhys");
}

Test(register_on_change, writes_a_shielded_field_blind)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  struct given values[] = {GIVEN(home_address, 0, "3 Lôn Arall, Aberffug")};
  const struct item *patch_item;
  size_t cursor = 0;

  office_set_level(&office, id, LEVEL_CONTACT_PROTECTED);
  for (int i = 0; i < BLIND_WAITING_MAX; i++) {
    read_short(officer, id);
    OFFICE_RUN(&office, patch(officer, id, values, 1, etag));
    cr_assert_eq(office.op.answer.status, 200);
  }
  index_read(office.reg->index);
  patch_item = index_item_of_record(office.reg->index, id, ITEM_PATCH, &cursor);
  index_done(office.reg->index);
  cr_assert_not_null(patch_item);
  cr_expect_eq(level_of(id), LEVEL_CONTACT_PROTECTED);
  read_short(officer, id);
  cr_expect_str_eq(office_withheld(&office, "home_address"), "F-05");
  cr_expect_eq(patch(officer, id, values, 1, etag), ERR_BUSY, "as any record may be");
}

/* Reads the notes for a suitability enquiry, and keeps the ETag. */
static void read_notes(struct actor actor, struct id id)
{
  struct entry_ask in = {.id = id,
                         .ask = office_ask(&office, "education_suitability", "case_notes")};

  OFFICE_RUN(&office, entry_view(office_op(&office, actor), &in));
  cr_assert_eq(office.op.answer.status, 200);
  snprintf(etag, sizeof etag, "%s", office.op.answer.etag);
}

static void write_note(struct actor actor, struct id id, const char *text)
{
  struct given values[] = {
    {.field = FIELD_case_notes,
     .value = {.since = DAY_NONE, .until = DAY_NONE, .text = {text, strlen(text)}}}};
  struct entry_change in = {.id = id,
                            .ask = office_ask(&office, "education_suitability", "case_notes"),
                            .values = {values, 1}};
  struct op *op = office_op(&office, actor);

  op->if_match = str_from(etag);
  OFFICE_RUN(&office, entry_patch(op, &in));
  cr_assert_eq(office.op.answer.status, 200);
}

static size_t page_count(void)
{
  size_t cursor = 0, pages = 0;

  index_read(office.reg->index);
  while (index_item_of_kind(office.reg->index, ITEM_NOTE_PAGE, &cursor) != NULL)
    pages++;
  index_done(office.reg->index);
  return pages;
}

Test(register_on_change, keeps_a_long_note_whole_and_leaves_no_page_when_it_is_replaced)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  char text[NOTE_TEXT_MAX + 1];

  for (size_t i = 0; i < NOTE_TEXT_MAX; i++)
    text[i] = (char)('a' + i % 23);
  text[NOTE_TEXT_MAX] = '\0';
  read_notes(officer, id);
  write_note(officer, id, text);
  read_notes(officer, id);
  cr_expect_str_eq(office_value(&office, "case_notes", 0), text);
  cr_expect_gt(page_count(), 0);
  write_note(officer, id, "short");
  read_notes(officer, id);
  cr_expect_str_eq(office_value(&office, "case_notes", 0), "short");
  cr_expect_eq(page_count(), 0);
}

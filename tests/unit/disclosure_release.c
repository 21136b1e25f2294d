/* A disclosure: refused in words that say why, or a package that the recipient's own age opens and
 * that holds what was granted and nothing else. */
#include "tests/unit/disclosure_office.h"

static struct held held;

static void begin(void)
{
  held_begin(&held);
}

static void end(void)
{
  held_end(&held);
}

TestSuite(disclosure_release, .init = begin, .fini = end, .timeout = 120);

#define PACKAGE_FIELDS "child_name date_of_birth home_address circumstances case_notes"

static struct actor handler(void)
{
  return office_actor(&held.office, "case_officer", 1);
}

static struct disclosure asking(struct id child, struct id recipient, const char *purpose,
                                const char *fields)
{
  struct disclosure in = {.id = child, .recipient = recipient};

  in.ask = office_ask(&held.office, purpose, fields);
  return in;
}

/* Asks, and gives the disclosure's id when there is one. */
static struct id ask_for(struct actor actor, const struct disclosure *in)
{
  struct office *office = &held.office;
  struct id id = {{0}};

  OFFICE_RUN(office, disclosure_make(office_op(office, actor), in));
  (void)id_parse(str_from(office_text(office->json, "disclosure")), &id);
  return id;
}

static struct id transfer(struct id child, struct id recipient)
{
  struct disclosure in = asking(child, recipient, "transfer_between_las", PACKAGE_FIELDS);

  return ask_for(handler(), &in);
}

static const struct answer *answered(void)
{
  return &held.office.op.answer;
}

static struct id receiving_officer(struct id child)
{
  struct id recipient = held_recipient(&held, "other_la_officer", true);

  held_relate(&held, child, recipient, RELATION_RECEIVING);
  return recipient;
}

/* Fetches the package into DIR/package.age and opens it with the real age. */
static size_t fetch(struct id disclosure, char *ret_text, size_t capacity)
{
  struct office *office = &held.office;
  char command[512], path[128];
  FILE *file;

  enum err err = disclosure_package(office_op(office, handler()), disclosure);
  cr_assert_eq(err, OK, "%s", err_name(err));
  err = held_submit_bytes(&held);
  cr_assert_eq(err, OK, "%s", err_name(err));
  cr_assert_eq(answered()->status, 200, "%.*s", (int)answered()->body.len, answered()->body.ptr);
  cr_assert(str_is(answered()->type, "application/age"));
  snprintf(path, sizeof path, "%s/package.age", office->dir);
  file = fopen(path, "w");
  cr_assert_eq(fwrite(answered()->body.ptr, 1, answered()->body.len, file), answered()->body.len);
  fclose(file);
  snprintf(command, sizeof command, "age -d -i %s -o %s/package.json %s", held.identity,
           office->dir, path);
  cr_assert_eq(system(command), 0);
  snprintf(path, sizeof path, "%s/package.json", office->dir);
  return held_read(path, ret_text, capacity);
}

Test(disclosure_release, gives_a_package_that_age_opens_with_the_granted_words_alone)
{
  struct id child = office_sion(&held.office, handler()), recipient = receiving_officer(child);
  char text[1 << 16];
  struct id disclosure;
  json_t *package, *fields, *content;
  size_t n;

  office_set_level(&held.office, child, LEVEL_NONE);
  disclosure = transfer(child, recipient);
  cr_assert_eq(answered()->status, 201, "%.*s", (int)answered()->body.len, answered()->body.ptr);
  cr_expect_str_eq(office_text(held.office.json, "state"), "released");
  cr_expect_str_eq(office_withheld(&held.office, "case_notes"), "F-02");
  n = fetch(disclosure, text, sizeof text);
  cr_expect_eq(n, 16384, "padded to a size class");
  package = json_loadb(text, n, 0, NULL);
  cr_assert_not_null(package);
  content = json_object_get(package, "content");
  fields = json_object_get(content, "fields");
  cr_expect_eq(json_object_size(fields), 4);
  cr_expect_str_eq(office_text(json_object_get(fields, "home_address"), "rule"), "G-09");
  cr_expect_str_eq(office_text(json_object_get(fields, "home_address"), "form"), "full");
  cr_expect_null(json_object_get(fields, "case_notes"));
  cr_expect_null(json_object_get(content, "withheld"));
  cr_expect_gt(json_array_size(json_object_get(content, "obligations")), 0);
  cr_expect_eq(strlen(office_text(content, "policy")), 64);
  cr_expect_str_eq(json_string_value(json_array_get(json_object_get(content, "rules"), 0)), "G-09");
  cr_expect_not_null(strstr(text, "Stryd yr Enghraifft"));
  json_decref(package);
}

Test(disclosure_release, makes_packages_that_anybody_can_check_without_the_service)
{
  struct id child = office_sion(&held.office, handler()), recipient = receiving_officer(child);
  struct package_proven proven;
  struct package package;
  struct arena *arena;
  char text[1 << 16];
  size_t n;

  office_set_level(&held.office, child, LEVEL_NONE);
  n = fetch(transfer(child, recipient), text, sizeof text);
  cr_assert_eq(arena_new(&arena, 1 << 20), OK);
  cr_assert_eq(package_read(arena, &package, (struct str){text, n}), OK);
  enum err err = package_verify(&proven, &package, &held.log);
  cr_expect_eq(err, OK, "%s", err_name(err));
  cr_expect_gt(proven.head.size, proven.manifest.entry);
  char *place = strstr(text, "full");
  cr_assert_not_null(place);
  *place = 'F';
  cr_assert_eq(package_read(arena, &package, (struct str){text, n}), OK);
  cr_expect_eq(package_verify(&proven, &package, &held.log), ERR_CORRUPT);
  arena_free(&arena);
}

/* ---- refusals ---- */

static struct actor approver(const char *role)
{
  return office_actor(&held.office, role, 7);
}

static const char *body(void)
{
  static char text[1 << 16];

  snprintf(text, sizeof text, "%.*s", (int)answered()->body.len, answered()->body.ptr);
  return text;
}

Test(disclosure_release, names_the_rule_of_a_refusal_that_rests_on_the_request)
{
  struct id child = office_sion(&held.office, handler()), recipient = receiving_officer(child);
  struct disclosure in = asking(child, recipient, "marketing", "child_name");

  (void)ask_for(handler(), &in);
  cr_expect_eq(answered()->status, 403, "%s", body());
  cr_expect_str_eq(office_text(held.office.json, "rule"), "F-04");
}

Test(disclosure_release, names_the_role_that_has_no_grant_for_the_purpose)
{
  struct id child = office_sion(&held.office, handler()), recipient = receiving_officer(child);
  struct disclosure in = asking(child, recipient, "safeguarding_enquiry", "child_name");

  (void)ask_for(handler(), &in);
  cr_expect_eq(answered()->status, 403, "%s", body());
  cr_expect_str_eq(office_text(held.office.json, "rule"), "F-02");
}

Test(disclosure_release, refuses_until_two_people_have_agreed_to_the_recipient)
{
  struct id child = office_sion(&held.office, handler());
  struct id recipient = held_recipient(&held, "other_la_officer", false);
  struct disclosure in = asking(child, recipient, "transfer_between_las", "child_name");

  (void)ask_for(handler(), &in);
  cr_expect_eq(answered()->status, 409, "%s", body());
}

Test(disclosure_release, says_one_sentence_before_the_first_safety_decision)
{
  struct id child = office_sion(&held.office, handler()), recipient = receiving_officer(child);

  (void)transfer(child, recipient);
  cr_expect_eq(answered()->status, 403, "%s", body());
  cr_expect_str_eq(office_text(held.office.json, "rule"), "F-16");
}

/* Who may not handle the child learns nothing from asking. */
Test(disclosure_release, answers_as_for_a_made_up_id_whoever_may_not_know_of_the_child)
{
  struct id child = office_sion(&held.office, handler()), hidden, made_up;
  struct id recipient = receiving_officer(child);
  char expected[1 << 16];

  office_set_level(&held.office, child, LEVEL_NONE);
  hidden = office_sion(&held.office, handler());
  office_set_level(&held.office, hidden, LEVEL_HIDDEN);
  held_relate(&held, hidden, recipient, RELATION_RECEIVING);
  memset(made_up.b, 0x5c, ID_BYTES);
  (void)transfer(made_up, recipient);
  cr_assert_eq(answered()->status, 404);
  cr_expect(answered()->on_tick);
  snprintf(expected, sizeof expected, "%s", body());
  (void)transfer(hidden, recipient);
  cr_expect_str_eq(body(), expected, "hidden");
  struct disclosure in = asking(child, recipient, "transfer_between_las", PACKAGE_FIELDS);
  (void)ask_for(office_actor(&held.office, "case_officer", 2), &in);
  cr_expect_str_eq(body(), expected, "another officer's child");
}

Test(disclosure_release, answers_as_for_a_made_up_id_whoever_has_no_relation)
{
  struct id child = office_sion(&held.office, handler());
  struct id recipient = held_recipient(&held, "other_la_officer", true), made_up;
  char expected[1 << 16];

  office_set_level(&held.office, child, LEVEL_NONE);
  memset(made_up.b, 0x5c, ID_BYTES);
  (void)transfer(made_up, recipient);
  snprintf(expected, sizeof expected, "%s", body());
  (void)transfer(child, recipient);
  cr_expect_str_eq(body(), expected);
}

Test(disclosure_release, refuses_a_role_that_no_rule_lets_disclose)
{
  struct id child = office_sion(&held.office, handler()), recipient = receiving_officer(child);
  struct disclosure in = asking(child, recipient, "transfer_between_las", "child_name");

  (void)ask_for(approver("head_of_service"), &in);
  cr_expect_eq(answered()->status, 403, "%s", body());
}

/* ---- withheld ---- */

/* Whether any file below DIR/register holds these bytes. */
static bool is_in_files(const char *text)
{
  char command[256];

  snprintf(command, sizeof command, "grep -raqF '%s' %s", text, held.office.reg_dir);
  return system(command) == 0;
}

Test(disclosure_release, leaves_a_withheld_address_nowhere)
{
  struct id child = office_sion(&held.office, handler()), recipient = receiving_officer(child);
  char text[1 << 16];
  struct id disclosure;
  size_t n;

  office_set_level(&held.office, child, LEVEL_CONTACT_PROTECTED);
  disclosure = transfer(child, recipient);
  cr_assert_eq(answered()->status, 201, "%s", body());
  cr_expect_str_eq(office_withheld(&held.office, "home_address"), "F-05");
  n = fetch(disclosure, text, sizeof text - 1);
  text[n] = '\0';
  cr_expect_not_null(strstr(text, "ap Rhys"));
  cr_expect_null(strstr(text, "Stryd"));
  cr_expect_null(strstr(text, "home_address"), "not even that it was asked for");
  cr_expect_null(strstr(text, "F-05"));
  cr_expect_not(is_in_files("Stryd yr Enghraifft"));
  cr_expect_not(is_in_files("ap Rhys"));
}

Test(disclosure_release, does_not_leave_once_protection_was_raised)
{
  struct id child = office_sion(&held.office, handler()), recipient = receiving_officer(child);
  struct id disclosure;

  office_set_level(&held.office, child, LEVEL_NONE);
  disclosure = transfer(child, recipient);
  office_set_level(&held.office, child, LEVEL_CONTACT_PROTECTED);
  OFFICE_RUN(&held.office, disclosure_package(office_op(&held.office, handler()), disclosure));
  cr_expect_eq(answered()->status, 409, "%s", body());
  office_set_level(&held.office, child, LEVEL_HIDDEN);
  OFFICE_RUN(&held.office, disclosure_package(office_op(&held.office, handler()), disclosure));
  cr_expect_eq(answered()->status, 404, "%s", body());
}

Test(disclosure_release, leaves_by_its_handler_alone)
{
  struct id child = office_sion(&held.office, handler()), recipient = receiving_officer(child);
  struct actor other = office_actor(&held.office, "safeguarding_lead", 3);
  struct id disclosure, made_up;
  char expected[1 << 16];

  office_set_level(&held.office, child, LEVEL_NONE);
  disclosure = transfer(child, recipient);
  memset(made_up.b, 0x5c, ID_BYTES);
  OFFICE_RUN(&held.office, disclosure_package(office_op(&held.office, other), made_up));
  snprintf(expected, sizeof expected, "%s", body());
  OFFICE_RUN(&held.office, disclosure_package(office_op(&held.office, other), disclosure));
  cr_expect_eq(answered()->status, 404);
  cr_expect_str_eq(body(), expected);
}

/* ---- pending ---- */

static struct id police_case(struct id *ret_child)
{
  struct id recipient = held_recipient(&held, "police_officer", true);
  struct disclosure in;

  *ret_child = office_sion(&held.office, handler());
  office_set_level(&held.office, *ret_child, LEVEL_NONE);
  held_relate(&held, *ret_child, recipient, RELATION_NAMED_CASE);
  in = asking(*ret_child, recipient, "crime_investigation", "child_name date_of_birth");
  in.ask.said.basis = office_word(&held.office, POLICY_BASIS, "statutory_power");
  in.ask.alternatives[0] = (struct ask_alternative){
    .option = {"asked the school", 16}, .why_not = {"it does not know", 16}, .tried = true};
  in.ask.alternative_count = 1;
  return ask_for(handler(), &in);
}

static void agree(struct actor actor, struct id disclosure, bool approve)
{
  OFFICE_RUN(&held.office, disclosure_approve(office_op(&held.office, actor), disclosure, approve));
}

Test(disclosure_release, waits_for_the_people_whom_the_rule_names)
{
  struct id child, disclosure = police_case(&child);
  char text[1 << 16];

  cr_assert_eq(answered()->status, 202, "%s", body());
  cr_expect_str_eq(office_text(held.office.json, "state"), "pending");
  json_t *approval = json_array_get(json_object_get(held.office.json, "approvals"), 0);
  cr_expect_str_eq(office_text(approval, "rule"), "A-01");
  OFFICE_RUN(&held.office, disclosure_package(office_op(&held.office, handler()), disclosure));
  cr_expect_eq(answered()->status, 409, "nothing leaves yet");
  agree(approver("data_protection_officer"), disclosure, true);
  cr_assert_eq(answered()->status, 200, "%s", body());
  cr_expect_str_eq(office_text(held.office.json, "state"), "released");
  cr_expect_gt(fetch(disclosure, text, sizeof text), 0);
  cr_expect_not_null(strstr(text, "G-14"));
}

Test(disclosure_release, is_never_approved_by_the_one_who_asked)
{
  struct id child, disclosure = police_case(&child);
  struct actor both = handler();

  both.roles |= POLICY_BIT(office_word(&held.office, POLICY_ROLE, "data_protection_officer"));
  agree(both, disclosure, true);
  cr_expect_eq(answered()->status, 409, "%s", body());
  agree(approver("case_officer"), disclosure, true);
  cr_expect_eq(answered()->status, 404, "no approver at all");
}

Test(disclosure_release, ends_with_a_refusal)
{
  struct id child, disclosure = police_case(&child);

  agree(approver("safeguarding_lead"), disclosure, false);
  cr_assert_eq(answered()->status, 200, "%s", body());
  cr_expect_str_eq(office_text(held.office.json, "state"), "refused");
  agree(approver("data_protection_officer"), disclosure, true);
  cr_expect_eq(answered()->status, 409, "%s", body());
}

Test(disclosure_release, shows_its_state_to_handler_and_approvers)
{
  struct id child, disclosure = police_case(&child);

  OFFICE_RUN(&held.office, disclosure_get(office_op(&held.office, handler()), disclosure));
  cr_expect_str_eq(office_text(held.office.json, "state"), "pending");
  OFFICE_RUN(&held.office,
             disclosure_get(office_op(&held.office, approver("safeguarding_lead")), disclosure));
  cr_expect_str_eq(office_text(held.office.json, "state"), "pending");
  OFFICE_RUN(&held.office,
             disclosure_get(office_op(&held.office, approver("support_officer")), disclosure));
  cr_expect_eq(answered()->status, 404);
}

Test(disclosure_release, tells_an_approver_who_asks_for_what_and_why)
{
  struct id child, disclosure = police_case(&child);
  json_t *json, *said;

  OFFICE_RUN(&held.office,
             disclosure_get(office_op(&held.office, approver("safeguarding_lead")), disclosure));
  json = held.office.json;
  said = json_object_get(json, "said");
  cr_expect(json_is_true(json_object_get(json, "may_decide")), "%s", body());
  cr_expect_str_eq(office_text(json_object_get(json, "to"), "role"), "police_officer");
  cr_expect_eq(json_array_size(json_object_get(json, "leaves")), 2);
  cr_expect_str_eq(office_text(json_array_get(json_object_get(said, "alternatives"), 0), "option"),
                   "asked the school");
  said = json_object_get(said, "proportionality");
  cr_expect_str_eq(office_text(said, "aim"), "protect_child");
  cr_expect_str_eq(office_text(said, "review_by"), "2099-01-01");
  cr_expect_str_eq(office_text(json_object_get(said, "balance"), "more_harm_by_sharing"), "no");
  OFFICE_RUN(&held.office, disclosure_get(office_op(&held.office, handler()), disclosure));
  cr_expect_not(json_is_true(json_object_get(held.office.json, "may_decide")));
  office_set_level(&held.office, child, LEVEL_HIDDEN);
  OFFICE_RUN(
    &held.office,
    disclosure_get(office_op(&held.office, approver("data_protection_officer")), disclosure));
  cr_expect_null(json_object_get(held.office.json, "said"), "%s", body());
  cr_expect_null(json_object_get(held.office.json, "entry"));
}

Test(disclosure_release, is_made_once_for_one_idempotency_key)
{
  struct id child = office_sion(&held.office, handler()), recipient = receiving_officer(child);
  struct disclosure in = asking(child, recipient, "transfer_between_las", PACKAGE_FIELDS);
  struct id first, second;

  office_set_level(&held.office, child, LEVEL_NONE);
  for (int i = 0; i < 2; i++) {
    struct op *op = office_op(&held.office, handler());

    op->has_idempotency = true;
    memset(op->idempotency.b, 0x77, ID_BYTES);
    in = asking(child, recipient, "transfer_between_las", PACKAGE_FIELDS);
    OFFICE_RUN(&held.office, disclosure_make(op, &in));
    cr_assert(
      id_parse(str_from(office_text(held.office.json, "disclosure")), i == 0 ? &first : &second));
  }
  cr_expect(id_equal(first, second));
}

/* Tickets: one byte string each, signed with the signer's part, nothing can be changed. */
#include "crypto/ticket.h"
#include "tests/unit/crypto_support.h"

TestSuite(ticket, .init = assert_ready);

static struct ticket known_ticket(void)
{
  struct ticket ticket = {.act = TICKET_OPEN,
                          .purpose = "safeguarding_enquiry",
                          .basis = "public_task",
                          .rule_count = 2,
                          .rules = {"G-36", "F-08"},
                          .expiry = {1793577600000000},
                          .entry_index = 73894};
  count_from(ticket.authority, 0xa0, ID_BYTES);
  count_from(ticket.person, 0xb0, ID_BYTES);
  count_from(ticket.record, 0xc0, ID_BYTES);
  count_from(ticket.nonce, 0xd0, ID_BYTES);
  ticket_field_add(&ticket, 7);
  ticket_field_add(&ticket, 255);
  return ticket;
}

static struct signer *signer_from(uint8_t first)
{
  struct signer *signer = NULL;
  struct key seed = key_from(first);
  cr_assert_eq(signer_new(&signer, &seed), OK);
  return signer;
}

Test(ticket, comes_back_from_its_line_of_text)
{
  struct ticket ticket = known_ticket(), back;
  char text[TICKET_TEXT_MAX];
  size_t n = 0;
  cr_assert_eq(ticket_text_write(text, &n, &ticket), OK);
  cr_assert_null(memchr(text, '\n', n));
  cr_assert_eq(ticket_text_parse(&back, bytes_str(text, n)), OK);
  cr_assert_str_eq(back.purpose, "safeguarding_enquiry");
  cr_assert_str_eq(back.rules[1], "F-08");
  cr_assert_eq(back.entry_index, 73894);
  cr_assert(ticket_field(&back, 7) && ticket_field(&back, 255) && !ticket_field(&back, 8));
}

Test(ticket, has_one_byte_string)
{
  struct ticket ticket = known_ticket(), back;
  uint8_t bytes[TICKET_MAX], again[TICKET_MAX];
  size_t n = 0, m = 0, read = 0;
  cr_assert_eq(ticket_write(bytes, &n, &ticket), OK);
  for (size_t i = 0; i < n; i++) {
    bytes[i] ^= 1;
    if (ticket_parse(&back, bytes, n) == OK) {
      read++;
      cr_assert_eq(ticket_write(again, &m, &back), OK);
      cr_assert_eq(m, n);
      cr_assert_arr_eq(again, bytes, n, "byte %zu", i);
    }
    bytes[i] ^= 1;
  }
  cr_assert_gt(read, 100, "the loop compared something");
  cr_assert_eq(ticket_parse(&back, bytes, n - 1), ERR_INPUT);
  cr_assert_eq(ticket_parse(&back, bytes, n + 1), ERR_INPUT);
}

Test(ticket, signature_covers_every_byte)
{
  struct signer *signer = signer_from(1);
  struct ticket ticket = known_ticket(), other;
  struct ticket_signature signature;
  uint8_t bytes[TICKET_MAX];
  size_t n = 0;
  cr_assert_eq(ticket_sign(&signature, &ticket, TICKET_REQUESTS, signer), OK);
  cr_assert_eq(ticket_verify(&ticket, &signature), OK);
  cr_assert_eq(ticket_write(bytes, &n, &ticket), OK);
  for (size_t i = 0; i < n; i++) {
    bytes[i] ^= 1;
    if (ticket_parse(&other, bytes, n) == OK)
      cr_assert_eq(ticket_verify(&other, &signature), ERR_REFUSED, "byte %zu", i);
    bytes[i] ^= 1;
  }
  signer_free(&signer);
}

Test(ticket, request_is_no_approval)
{
  struct signer *signer = signer_from(1);
  struct ticket ticket = known_ticket();
  struct ticket_signature signature;
  cr_assert_eq(ticket_sign(&signature, &ticket, TICKET_REQUESTS, signer), OK);
  signature.role = TICKET_APPROVES;
  cr_assert_eq(ticket_verify(&ticket, &signature), ERR_REFUSED);
  signer_free(&signer);
}

Test(ticket, signature_comes_back_from_its_line_of_text)
{
  struct signer *signer = signer_from(1);
  struct ticket ticket = known_ticket();
  struct ticket_signature signature, back;
  char text[TICKET_SIGNED_TEXT];
  cr_assert_eq(ticket_sign(&signature, &ticket, TICKET_APPROVES, signer), OK);
  ticket_signature_write(text, &signature);
  cr_assert_eq(ticket_signature_parse(&back, bytes_str(text, sizeof text)), OK);
  cr_assert_eq(ticket_verify(&ticket, &back), OK);
  cr_assert_eq(back.role, TICKET_APPROVES);
  text[0] = 'z';
  cr_assert_eq(ticket_signature_parse(&back, bytes_str(text, sizeof text)), ERR_INPUT);
  signer_free(&signer);
}

Test(ticket, refuses_a_text_with_a_byte_beyond_ascii)
{
  struct ticket ticket = known_ticket(), back;
  char text[TICKET_TEXT_MAX];
  size_t n = 0;
  cr_assert_eq(ticket_text_write(text, &n, &ticket), OK);
  for (int byte = 0x80; byte <= 0xff; byte++) {
    text[9] = (char)byte;
    cr_expect_eq(ticket_text_parse(&back, bytes_str(text, n)), ERR_INPUT, "%02x", byte);
  }
}

static void no_field(struct ticket *t)
{
  memset(t->fields, 0, sizeof t->fields);
}
static void no_purpose(struct ticket *t)
{
  memset(t->purpose, 0, sizeof t->purpose);
}
static void spaced_basis(struct ticket *t)
{
  t->basis[2] = ' ';
}
static void endless_basis(struct ticket *t)
{
  memset(t->basis, 'x', sizeof t->basis);
}
static void hidden_tail(struct ticket *t)
{
  t->purpose[TICKET_WORD_MAX - 1] = 'x';
}
static void no_rule(struct ticket *t)
{
  t->rule_count = 0;
}
static void many_rules(struct ticket *t)
{
  t->rule_count = TICKET_RULES + 1;
}
static void no_expiry(struct ticket *t)
{
  t->expiry.us = 0;
}
static void no_act(struct ticket *t)
{
  t->act = 0;
}

Test(ticket, refuses_to_write_what_is_not_whole)
{
  static const struct {
    const char *what;
    void (*change)(struct ticket *ticket);
  } rows[] = {
    {"no field", no_field},     {"no purpose", no_purpose},       {"a space", spaced_basis},
    {"no end", endless_basis},  {"bytes behind it", hidden_tail}, {"no rule", no_rule},
    {"many rules", many_rules}, {"no expiry", no_expiry},         {"no act", no_act}};
  uint8_t bytes[TICKET_MAX];
  size_t n = 0;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct ticket ticket = known_ticket();
    rows[i].change(&ticket);
    cr_assert_eq(ticket_write(bytes, &n, &ticket), ERR_INPUT, "%s", rows[i].what);
  }
}

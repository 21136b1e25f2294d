/* What the chapters of the policy book share; book.c binds them. */
#ifndef CONSOLE_BOOK_PARTS_H
#define CONSOLE_BOOK_PARTS_H

#include "console/html.h"
#include "policy/tell.h"

struct book {
  struct html html;
  const struct policy *policy;
  struct str version;
};

/* How many there are, in the type that counts them. */
static inline uint16_t book_rule_count(const struct policy *policy)
{
  return (uint16_t)policy_rule_count(policy);
}
static inline uint8_t book_word_count(const struct policy *policy, enum policy_kind kind)
{
  return (uint8_t)policy_word_count(policy, kind);
}

void book_word(struct book *book, enum policy_kind kind, uint8_t word);
/* A list of words with commas between; the sentence "nothing" for none. */
void book_words(struct book *book, enum policy_kind kind, uint64_t words);
/* Field names, each with its form where that is not the fullest; `form` NULL: without forms. */
void book_fields(struct book *book, struct fieldset fields, const uint8_t *form);
void book_paragraph(struct book *book, enum text_id id);
void book_heading(struct book *book, enum text_id id); /* of a chapter: begins a page */
/* The head of a table, its columns named; each row ends itself, the table by book_table_end. */
void book_table(struct book *book, const enum text_id *columns, size_t count);
#define BOOK_COLUMNS(...)                                                                          \
  (const enum text_id[]){__VA_ARGS__},                                                             \
    sizeof((const enum text_id[]){__VA_ARGS__}) / sizeof(enum text_id)
void book_table_end(struct book *book);
void book_day(struct book *book, struct day day);

/* Chapters. */
void book_recipients(struct book *book);
void book_parent(struct book *book);
void book_notices(struct book *book);
void book_processing(struct book *book);
void book_assessment(struct book *book);

/* Grants that name this role; their number. */
unsigned book_grants_of(const struct book *book, uint8_t role);
/* The roles that a grant gives this field to. */
uint64_t book_roles_for(const struct book *book, uint8_t field);

#endif

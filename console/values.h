/* Values of an API answer as a person reads them. Each value carries who said it, since when,
 * whether it is as given or disputed; none of that is left out. */
#ifndef CONSOLE_VALUES_H
#define CONSOLE_VALUES_H

#include <jansson.h>

#include "console/html.h"

/* The child's name from "fields" of a view or a hit; a sentence when it is not granted. */
void value_name(struct html *html, const json_t *fields);
/* The first value of a granted word, as a day, and nothing when there is none. */
void value_first_day(struct html *html, const json_t *word);
/* One value with its notes, by the form it is given in and the type of its field. */
void value_write(struct html *html, const json_t *value, struct str form);
/* Every value of a word, one below the other; a sentence when there is none. */
void value_list(struct html *html, const json_t *word);
/* The same, each with a link to change it in this entry. */
void value_list_to_change(struct html *html, const json_t *word, struct str entry);
/* That link alone; nothing for what no field stores. */
void value_change_link(struct html *html, const json_t *value, struct str entry);

struct page;
/* The label of a word of the policy ("home_address"); a word that it lacks comes back as it is. */
struct str value_label(const struct page *page, struct str name);

#endif

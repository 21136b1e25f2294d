/* Relations of recipients as they are kept: ITEM_RELATION, sealed under the record; the text is the
 * account that recorded it (ID_BYTES), then the evidence. */
#ifndef REGISTER_RELATION_H
#define REGISTER_RELATION_H

/* Flag beside the code: it waits for a second person, and such an item is no relation that
 * facts_read knows. */
#define RELATION_WAITS 0x8000u

#endif

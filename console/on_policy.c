/* The policy in force: which it is, who signed it, and the way to its book. */
#include "console/book.h"
#include "console/parts.h"

/* The book has a style of its own inside it, and nothing else: no script, nothing from elsewhere.
 */
static const struct extra_header book_headers[] = {
  {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                              "form-action 'none'; frame-ancestors 'none'"},
};

enum err console_book(struct request *request)
{
  const struct reg *reg = request->op.reg;
  char digits[2 * POLICY_VERSION_BYTES];

  if (reg == NULL) return ERR_BUSY;
  hex_write(digits, reg_policy_version(reg), POLICY_VERSION_BYTES);
  request->extra = book_headers;
  request->extra_count = sizeof book_headers / sizeof book_headers[0];
  return book_write(reg_policy(reg), request->op.arena, request->op.lang,
                    (struct str){digits, sizeof digits}, &request->op.answer.body);
}

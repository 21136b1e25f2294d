/* The files that every page needs beside its HTML: style sheet, script, icon. They are built in
 * (console/assets/make), so that a page and its looks cannot come apart and nothing is loaded from
 * elsewhere. A name carries a hash of the content: what it names never changes and may be kept. */
#ifndef CONSOLE_ASSETS_H
#define CONSOLE_ASSETS_H

#include <stddef.h>

#include "base/str.h"

struct asset {
  const char *name; /* "console-3f2a….css" */
  const char *type; /* for Content-Type */
  struct str plain;
  struct str gzipped; /* the same bytes, for Accept-Encoding: gzip */
};

extern const struct asset asset_table[];
extern const size_t asset_count;

/* The names, for <link> and <script>. */
extern const char asset_css[];
extern const char asset_js[];
extern const char asset_icon[];

/* NULL for any other name, an older build's among them. */
const struct asset *asset_find(struct str name);

#endif

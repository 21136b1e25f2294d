/* The built-in files: no session, no entry, kept by the browser, for what a name names never
 * changes. */
#include <string.h>

#include "console/assets.h"
#include "console/frame.h"

/* Whether the header offers gzip, and not as ";q=0". */
static bool takes_gzip(struct str header)
{
  for (size_t i = 0; i + 4 <= header.len; i++) {
    if (memcmp(header.ptr + i, "gzip", 4) != 0) continue;
    return i + 8 > header.len || memcmp(header.ptr + i + 4, ";q=0", 4) != 0 ||
           (i + 9 < header.len && header.ptr[i + 8] == '.');
  }
  return false;
}

enum err on_asset(struct request *request)
{
  static const struct extra_header zipped[] = {{"Content-Encoding", "gzip"},
                                               {"Vary", "Accept-Encoding"}};
  const struct asset *asset = asset_find(request->args[0]);
  struct answer *answer = &request->op.answer;

  if (asset == NULL) return ERR_ABSENT;
  answer->status = 200;
  answer->type = str_from(asset->type);
  answer->body = asset->plain;
  request->cache = STR("public, max-age=31536000, immutable");
  request->extra = &zipped[1];
  request->extra_count = 1;
  if (takes_gzip(request_header(request, "Accept-Encoding"))) {
    answer->body = asset->gzipped;
    request->extra = zipped;
    request->extra_count = 2;
  }
  return OK;
}

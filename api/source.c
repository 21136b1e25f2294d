/* See source.h. Only a proxy of ours can reach the Unix socket, so that its word is taken there; on
 * loopback any program of this machine could say anything. */
#include "api/source.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "api/state.h"

#define FORWARDED "X-Forwarded-For"

struct str source_last(struct str header)
{
  size_t from = header.len;

  while (from > 0 && header.ptr[from - 1] != ',')
    from--;
  while (from < header.len && header.ptr[from] == ' ')
    from++;
  return (struct str){header.ptr + from, header.len - from};
}

/* Of several headers the last one: those before it may be the caller's own. */
static enum MHD_Result see_forwarded(void *context, enum MHD_ValueKind kind, const char *name,
                                     const char *value)
{
  struct str *last = context;

  (void)kind;
  if (value != NULL && strcasecmp(name, FORWARDED) == 0) *last = source_last(str_from(value));
  return MHD_YES;
}

static struct str address_text(struct request *request, const struct sockaddr *address)
{
  const struct sockaddr_in *four = (const void *)address;
  const struct sockaddr_in6 *six = (const void *)address;
  const void *bytes = NULL;
  char text[INET6_ADDRSTRLEN];
  struct str copy;

  if (address->sa_family == AF_INET && ntohl(four->sin_addr.s_addr) >> 24 != 127)
    bytes = &four->sin_addr;
  if (address->sa_family == AF_INET6 && !IN6_IS_ADDR_LOOPBACK(&six->sin6_addr))
    bytes = &six->sin6_addr;
  if (bytes == NULL || inet_ntop(address->sa_family, bytes, text, sizeof text) == NULL ||
      arena_copy(request->op.arena, &copy, str_from(text)) != OK)
    return (struct str){0};
  return copy;
}

struct str source_of(struct request *request)
{
  const union MHD_ConnectionInfo *info =
    MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  struct str forwarded = {0};

  if (request->is_admin) return forwarded;
  if (request->server->config.socket_path != NULL &&
      request->server->config.socket_path[0] != '\0') {
    (void)MHD_get_connection_values(request->connection, MHD_HEADER_KIND, see_forwarded,
                                    &forwarded);
    return forwarded;
  }
  if (info == NULL || info->client_addr == NULL) return forwarded;
  return address_text(request, info->client_addr);
}

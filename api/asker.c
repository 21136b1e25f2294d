/* Who is asking, and in which language: a token in a header, a page's cookie, or the Unix user at
 * the other end of the admin socket. See state.h. */
#include <sys/socket.h>

#include "api/header.h"
#include "api/state.h"

/* struct ucred of SO_PEERCRED, which the C library shows to GNU sources only. */
struct peer_credentials {
  pid_t pid;
  uid_t uid;
  gid_t gid;
};

/* On the admin socket the kernel says who asks. */
static enum err find_local_actor(struct request *request)
{
  const union MHD_ConnectionInfo *info =
    MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  struct peer_credentials peer;
  socklen_t n = sizeof peer;

  if (info == NULL || getsockopt(info->connect_fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) != 0 ||
      n != sizeof peer) {
    return ERR_UNAUTHENTICATED;
  }
  return session_local(&request->op, peer.uid);
}

/* Who is asking. A route that is open takes a session too, when one is shown. */
enum err asker_find(struct request *request)
{
  struct str header = request_header(request, MHD_HTTP_HEADER_AUTHORIZATION);
  bool is_open = (request->route->flags & ROUTE_OPEN) != 0;
  bool is_page = (request->route->flags & ROUTE_PAGE) != 0;
  struct str token = is_page ? request_cookie(request) : (struct str){0};

  if (request->server->config.reg == NULL) return is_open ? OK : ERR_BUSY;
  request->op.reader = dispatch_reader(request->server);
  if (request->op.reader == NULL) return ERR_BUSY;
  if (is_page) {
    enum err err = session_resume(&request->op, token);
    /* A form that comes too late is kept for its person: the page itself looks (console/). */
    return is_open || (request->route->flags & ROUTE_FORM) != 0 ? OK : err;
  }
  if (is_open && header.len == 0) return OK;
  if (request->is_admin && header.len == 0) return find_local_actor(request);
  if (!header_bearer(header, &token)) return ERR_UNAUTHENTICATED;
  return session_resume(&request->op, token);
}

/* A page's address says its language; everything else is answered in the one asked for. */
enum lang asker_language(const struct request *request)
{
  if (request_path_begins(request, "/cy/")) return LANG_CY;
  if (request_path_begins(request, "/en/")) return LANG_EN;
  return header_language(request_header(request, MHD_HTTP_HEADER_ACCEPT_LANGUAGE), LANG_EN);
}

/* The route table: what meets what, and that the contract names the same set. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/routes.h"

extern const char api_openapi_json[];
extern const size_t api_openapi_json_len;

#define AN_ID "00112233445566778899aabbccddeeff"

static struct route_match find(const char *method, const char *path, bool is_admin)
{
  return route_find(routes, routes_count, is_admin, str_from(method), str_from(path));
}

Test(routes, finds_the_row_and_its_arguments)
{
  struct route_match match =
    find("POST", "/v1/entries/" AN_ID "/protection/" AN_ID "/approvals", false);

  cr_assert_not_null(match.route);
  cr_expect_eq(match.route->call, CALL_PROTECTION_APPROVE);
  cr_expect_eq(match.arg_count, 2);
  cr_expect(str_is(match.args[1], AN_ID));
}

Test(routes, meets_nothing_by_a_path_that_is_almost_right)
{
  static const char *const paths[] = {
    "",
    "/",
    "/v1",
    "/v1/",
    "/v1/entries/",
    "//v1/entries",
    "/V1/entries",
    "/v1/entries/1",
    "/v1/entries/" AN_ID "/",
    "/v1/entries/" AN_ID "0",
    "/v1/entries/00112233445566778899AABBCCDDEEFF",
    "/v1/audit/checkpoint/01",
    "/v1/audit/checkpoint/-1",
    "/v1/users/A",
    "/v1/users/a/b",
    "/v1/./entries",
    "/livez/",
  };

  for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
    cr_expect_eq(find("GET", paths[i], true).allowed, 0, "%s", paths[i]);
  }
}

Test(routes, says_which_methods_a_path_has)
{
  struct route_match match = find("DELETE", "/v1/entries", false);

  cr_expect_null(match.route);
  cr_expect_eq(match.allowed, 1U << METHOD_GET | 1U << METHOD_POST);
  cr_expect_null(find("get", "/livez", false).route, "methods are case-sensitive");
}

Test(routes, shows_readiness_and_metrics_on_the_admin_socket_only)
{
  cr_expect_eq(find("GET", "/readyz", false).allowed, 0);
  cr_expect_eq(find("GET", "/metrics", false).allowed, 0);
  cr_expect_not_null(find("GET", "/readyz", true).route);
  cr_expect_not_null(find("GET", "/metrics", true).route);
}

Test(routes, takes_only_the_query_keys_of_its_row)
{
  struct route_match match = find("POST", "/v1/imports", false);

  cr_assert_not_null(match.route);
  cr_expect(route_takes_query(match.route, STR("dry_run")));
  cr_expect(route_takes_query(match.route, STR("lang")));
  cr_expect_not(route_takes_query(match.route, STR("dry")));
  cr_expect_not(route_takes_query(match.route, STR("")));
  cr_expect_not(route_takes_query(match.route, STR("dry_run on")));
}

Test(routes, that_are_open_are_few_and_everything_else_needs_a_session)
{
  size_t open = 0;

  for (size_t i = 0; i < routes_count; i++)
    open += (routes[i].flags & ROUTE_OPEN) != 0;
  cr_expect_eq(open, 11, "a new open route is a decision: count it here");
}

Test(routes, that_create_or_change_need_an_idempotency_key)
{
  static const char *const free_posts[] = {
    "/v1/sessions",
    "/v1/entries/{id}/views",
    "/v1/searches",
    "/v1/imports",
    "/v1/openings",
    "/v1/disclosures/previews",
    "/v1/disclosures/{id}/comparison", /* asked again, it has left already */
    "/v1/imports/{id}/taking",         /* asked again, it is the same job */
    "/v1/policy/activations",          /* asked again, it waits already */
  };

  for (size_t i = 0; i < routes_count; i++) {
    bool is_free = routes[i].method != METHOD_POST;

    for (size_t k = 0; k < sizeof free_posts / sizeof free_posts[0]; k++) {
      is_free = is_free || strcmp(routes[i].path, free_posts[k]) == 0;
    }
    cr_expect(is_free || (routes[i].flags & ROUTE_ONCE) != 0, "%s", routes[i].path);
  }
}

/* ---- the contract ---- */

/* A path with every parameter written {}. */
static void shape(char *ret, size_t size, const char *path)
{
  size_t len = 0;

  for (; *path != '\0' && len + 1 < size; path++) {
    ret[len++] = *path;
    if (*path != '{') continue;
    while (*path != '}')
      path++;
    ret[len++] = '}';
  }
  ret[len] = '\0';
}

static bool is_method(const char *key)
{
  return strcmp(key, "get") == 0 || strcmp(key, "post") == 0 || strcmp(key, "patch") == 0 ||
         strcmp(key, "delete") == 0 || strcmp(key, "put") == 0;
}

static const struct route *row_of(const char *method, const char *path)
{
  char a[128], b[128];

  shape(a, sizeof a, path);
  for (size_t i = 0; i < routes_count; i++) {
    shape(b, sizeof b, routes[i].path);
    if (strcmp(a, b) == 0 && strcasecmp(method, method_name(routes[i].method)) == 0) {
      return &routes[i];
    }
  }
  return NULL;
}

static json_t *contract(void)
{
  json_t *json = json_loadb(api_openapi_json, api_openapi_json_len, JSON_REJECT_DUPLICATES, NULL);

  cr_assert_not_null(json);
  return json;
}

static bool has_parameter(json_t *operation, const char *reference)
{
  json_t *parameter;
  size_t i;

  json_array_foreach(json_object_get(operation, "parameters"), i, parameter)
  {
    const char *to = json_string_value(json_object_get(parameter, "$ref"));

    if (to != NULL && strcmp(to, reference) == 0) return true;
  }
  return false;
}

Test(contract, names_the_same_methods_and_paths_as_the_table)
{
  json_t *json = contract(), *item, *operation;
  const char *path, *method;
  size_t count = 0;

  json_object_foreach(json_object_get(json, "paths"), path, item)
  {
    json_object_foreach(item, method, operation)
    {
      if (!is_method(method)) continue;
      count++;
      cr_expect_not_null(row_of(method, path), "%s %s is not in the table", method, path);
    }
  }
  cr_expect_eq(count, routes_count);
  json_decref(json);
}

Test(contract, says_of_each_route_what_the_table_says)
{
  json_t *json = contract(), *item, *operation;
  const char *path, *method;

  json_object_foreach(json_object_get(json, "paths"), path, item)
  {
    json_object_foreach(item, method, operation)
    {
      const struct route *row = row_of(method, path);
      json_t *security = json_object_get(operation, "security");
      json_t *answers = json_object_get(operation, "responses");
      bool takes_body = json_object_get(operation, "requestBody") != NULL;

      if (row == NULL) continue;
      cr_expect_eq((row->flags & ROUTE_OPEN) != 0, security != NULL, "%s %s: open", method, path);
      cr_expect_eq((row->flags & ROUTE_ONCE) != 0,
                   has_parameter(operation, "#/components/parameters/IdempotencyKey"), "%s %s: key",
                   method, path);
      cr_expect(!takes_body || row->body_cap > 0, "%s %s: body", method, path);
      cr_expect_not_null(json_object_get(answers, "400"), "%s %s: 400", method, path);
      cr_expect_not_null(json_object_get(answers, "503"), "%s %s: 503", method, path);
      cr_expect((row->flags & ROUTE_OPEN) != 0 || json_object_get(answers, "401") != NULL,
                "%s %s: 401", method, path);
      cr_expect(!takes_body || json_object_get(answers, "413") != NULL, "%s %s: 413", method, path);
    }
  }
  json_decref(json);
}

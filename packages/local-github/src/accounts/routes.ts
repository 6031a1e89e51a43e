import { forbidden, GitHubError, notFound } from "../http/errors.ts";
import { standingOf } from "../http/meter.ts";
import { ok, openRoute, type Route } from "../http/route.ts";
import { accountNamed } from "./account.ts";
import { publicUser } from "./shape.ts";

export const accountRoutes: Route[] = [
  openRoute("get", "/user", (call) => {
    if (call.identity.kind === "anonymous") throw new GitHubError(401, "Requires authentication");
    if (call.identity.kind !== "user") throw forbidden("Resource not accessible by integration");
    return ok(publicUser(call.world, call.identity.account));
  }),
  openRoute("get", "/users/{username}", (call) => {
    const account = accountNamed(call.world, call.params.username);
    if (!account) throw notFound();
    return ok(publicUser(call.world, account));
  }),
  openRoute("get", "/rate_limit", (call) => {
    const core = standingOf(call.world, call.identity, "core");
    const graphql = standingOf(call.world, call.identity, "graphql");
    return ok({ resources: { core, search: core, graphql }, rate: core });
  }),
  openRoute("get", "/meta", () => ok({ verifiable_password_authentication: false })),
];

import { forbidden, GitHubError, notFound } from "../http/errors.ts";
import { ok, openRoute, type Route } from "../http/route.ts";
import { accountNamed } from "./account.ts";
import { publicUser } from "./shape.ts";

const LIMIT = 15_000;
const HOUR_SECONDS = 3600;

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
  openRoute("get", "/rate_limit", () => {
    const core = rateLimit();
    return ok({ resources: { core, search: core, graphql: core }, rate: core });
  }),
  openRoute("get", "/meta", () => ok({ verifiable_password_authentication: false })),
];

/** Requests are counted elsewhere and never run out; a test that needs a limit plants a fault. */
export function rateLimit() {
  const reset = Math.floor(Date.now() / 1000) + HOUR_SECONDS;
  return { limit: LIMIT, used: 0, remaining: LIMIT, reset };
}

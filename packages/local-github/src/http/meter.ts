import type { FastifyRequest } from "fastify";
import type { Identity } from "../world/identity.ts";
import type { Caller, Resource, Standing } from "../world/rates.ts";
import type { World } from "../world/world.ts";
import { GitHubError } from "./errors.ts";
import type { Route } from "./route.ts";

const LIMITS_PAGE = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api";

interface Metered {
  identity: Identity;
  resource: Resource;
}

/** Who made the requests that are under way, for the headers of their answers. */
const metered = new WeakMap<FastifyRequest, Metered>();

/** Whose budget a request is on: docs.github.com "Rate limits for the REST API", one paragraph for each. */
export function callerOf(identity: Identity): { key: string; caller: Caller; named: string } {
  if (identity.kind === "installation") {
    const { id } = identity.installation;
    return { key: `installation ${id}`, caller: "installation", named: `installation ID ${id}` };
  }
  if (identity.kind === "user") {
    const { id } = identity.account;
    return { key: `user ${id}`, caller: "user", named: `user ID ${id}` };
  }
  if (identity.kind === "app") {
    return { key: `app ${identity.app.id}`, caller: "app", named: `app ID ${identity.app.id}` };
  }
  if (identity.kind === "job") {
    const { id } = identity.job.run.repository;
    return { key: `repository ${id}`, caller: "job", named: `repository ID ${id}` };
  }
  return { key: "127.0.0.1", caller: "anonymous", named: "127.0.0.1" };
}

/** Counts one REST request against the caller's hour. Throws GitHub's 403, or 429, with no request left. */
export function meterRest(world: World, request: FastifyRequest, identity: Identity, route: Route): void {
  metered.set(request, { identity, resource: "core" });
  const { key, caller, named } = callerOf(identity);
  // The page "REST API endpoints for rate limits": asking how many are left costs none.
  if (route.template !== "/rate_limit" && !world.rates.take(key, caller, "core")) {
    throw new GitHubError(world.rates.limits.status, exceeded(named, caller), {
      documentation_url: LIMITS_PAGE,
    });
  }
  if (isContent(route)) meterWrite(world, identity);
}

/** As above for GraphQL, where a used-up hour is an answer with status 200; true when it may go on. */
export function meterGraphql(world: World, request: FastifyRequest, identity: Identity): string | undefined {
  metered.set(request, { identity, resource: "graphql" });
  const { key, caller, named } = callerOf(identity);
  return world.rates.take(key, caller, "graphql") ? undefined : exceeded(named, caller);
}

/** Counts one write of content. Throws GitHub's 403, or 429, with `retry-after` when it is one too many. */
export function meterWrite(world: World, identity: Identity): void {
  const wait = world.rates.write(callerOf(identity).key);
  if (wait === undefined) return;
  throw new GitHubError(
    world.rates.limits.status,
    "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later. If you reach out to GitHub Support for help, please include the request ID.",
    { documentation_url: `${LIMITS_PAGE}#about-secondary-rate-limits` },
    { "retry-after": String(wait) },
  );
}

/** GitHub does not publish which requests generate content; the strictest reading is every write in a repository but those that steer Actions. */
function isContent(route: Route): boolean {
  if (route.method === "get" || !route.template.startsWith("/repos/{owner}/{repo}/")) return false;
  return !/\/(?:actions|dispatches)(?:\/|$)/.test(route.template);
}

function exceeded(named: string, caller: Caller): string {
  const hint =
    caller === "anonymous"
      ? " (But here's the good news: Authenticated requests get a higher rate limit. Check out the documentation for more details.)"
      : "";
  return `API rate limit exceeded for ${named}.${hint}`;
}

/** What the answer says of the caller's hour, whether it was a refusal or not. */
export function rateHeaders(world: World, request: FastifyRequest): Record<string, string> {
  const { identity, resource } = metered.get(request) ?? {
    identity: { kind: "anonymous" },
    resource: "core",
  };
  const standing = standingOf(world, identity, resource);
  return {
    "x-ratelimit-limit": String(standing.limit),
    "x-ratelimit-remaining": String(standing.remaining),
    "x-ratelimit-used": String(standing.used),
    "x-ratelimit-reset": String(standing.reset),
    "x-ratelimit-resource": resource,
  };
}

export function standingOf(world: World, identity: Identity, resource: Resource): Standing {
  const { key, caller } = callerOf(identity);
  return world.rates.look(key, caller, resource);
}

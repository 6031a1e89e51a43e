import type { paths } from "@octokit/openapi-types";
import type { Account } from "../world/account.ts";
import type { App, Installation } from "../world/app.ts";
import type { Identity } from "../world/identity.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { invalidRequest } from "./errors.ts";
import type { Method } from "./method.ts";

type Template = keyof paths & string;
type Operation<M extends Method, P extends Template> = M extends keyof paths[P]
  ? NonNullable<paths[P][M]>
  : never;
type Part<T, K extends string> = T extends { [key in K]?: infer V } ? NonNullable<V> : Record<never, never>;
type Parameters<M extends Method, P extends Template> = Part<Operation<M, P>, "parameters">;

/** The document's 64-bit numbers arrive as plain ones: ids stay below 2^53. */
type Params<M extends Method, P extends Template> = {
  [K in keyof Part<Parameters<M, P>, "path">]: Exclude<Part<Parameters<M, P>, "path">[K], bigint>;
};
type Query<M extends Method, P extends Template> = {
  [K in keyof Part<Parameters<M, P>, "query">]?:
    | Exclude<Part<Parameters<M, P>, "query">[K], bigint>
    | undefined;
};
type Body<M extends Method, P extends Template> =
  Operation<M, P> extends { requestBody?: infer R }
    ? NonNullable<R> extends { content: { "application/json": infer B } }
      ? B
      : undefined
    : undefined;

/** What a handler gives back; `effect` is the ledger's sentence when something was written. */
export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  effect?: string;
}

/** One request, authenticated and held against GitHub's schema. */
export interface Call<M extends Method = Method, P extends Template = Template> {
  world: World;
  method: Method;
  identity: Identity;
  params: Params<M, P>;
  query: Query<M, P>;
  body: Body<M, P>;
  accept: string;
  /** Path and query as sent, for links to further pages. */
  url: string;
  /** What is wrong with the input; a route says so only to callers it has let in. */
  problems: readonly string[];
}

export interface Route {
  method: Method;
  template: string;
  handle: (call: Call) => Promise<Reply> | Reply;
}

export type Actor = { account: Account; viaApp: App | undefined };
export type RepositoryCall<M extends Method, P extends Template> = Call<M, P> & {
  repository: Repository;
  actor: Actor;
};
export type AppCall<M extends Method, P extends Template> = Call<M, P> & { app: App };
export type InstallationCall<M extends Method, P extends Template> = Call<M, P> & {
  installation: Installation;
};

/** A route that judges the caller before the input, by calling `insist` in between. */
export function guardedRoute<M extends Method, P extends Template>(
  method: M,
  template: P,
  handle: (call: Call<M, P>) => Promise<Reply> | Reply,
): Route {
  // The server has checked the input against the same document the types come from.
  return { method, template, handle: handle as unknown as Route["handle"] };
}

/** A route that anyone may call; its handler deals with identity itself. */
export function openRoute<M extends Method, P extends Template>(
  method: M,
  template: P,
  handle: (call: Call<M, P>) => Promise<Reply> | Reply,
): Route {
  return guardedRoute(method, template, (call) => {
    insist(call);
    return handle(call);
  });
}

/** Throws GitHub's 422 unless the input fits the published schema. */
export function insist(call: Pick<Call, "problems">): void {
  if (call.problems.length > 0) throw invalidRequest(call.problems);
}

export function ok(body: unknown, headers?: Record<string, string>): Reply {
  return headers ? { status: 200, body, headers } : { status: 200, body };
}

export function updated(body: unknown, effect: string): Reply {
  return { status: 200, body, effect };
}

export function created(body: unknown, effect: string): Reply {
  return { status: 201, body, effect };
}

export function gone(effect: string): Reply {
  return { status: 204, effect };
}

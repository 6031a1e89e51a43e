import type { Readable } from "node:stream";
import type { Permission, Principal } from "@aicd/core";
import type { Scope, TenantTx, Viewer } from "@aicd/db";
import type { z } from "zod";
import type { Deps } from "../deps.ts";
import type { Identity } from "../identity/identity.ts";
import type { ProblemName } from "./problems/problems.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type Media = "application/json" | "text/event-stream" | "application/x-ndjson" | "text/x-patch" | "text/csv";

/** What a handler gets: who asks, for whom, and the checked parts of the request. */
export type Call<P = unknown, Q = unknown, B = unknown> = {
  identity: Identity;
  /** Only in organisations: who the caller is there. */
  principal: Principal;
  /** Whom the handler's database reads for; undefined: they see all of the organisation. */
  viewer: Viewer | undefined;
  scope: Scope;
  params: P;
  query: Q;
  body: B;
  requestId: string;
  ifMatch: string | undefined;
  lastEventId: string | undefined;
  /** Keeps the answer of a write for its repetitions, in the transaction that does it; see `commit`. */
  keep: (tx: TenantTx, answer: Answer<unknown>) => Promise<void>;
  /** Asks identity again, for answers that last longer than a key may after it was revoked. */
  stillAllowed: () => Promise<boolean>;
  /** Aborts when the caller hangs up. */
  signal: AbortSignal;
};

export type Answer<A> = { status?: number; body: A; headers?: Record<string, string> };

type Parts = z.ZodObject | undefined;
type Out<S> = S extends z.ZodType ? z.output<S> : undefined;

/** One row of the table that HTTP, OpenAPI, authorisation, the tests and the SDK are made of. */
export type RouteSpec<P extends Parts, Q extends Parts, B extends z.ZodType | undefined, A> = {
  /** Name of the operation; the SDK's method has it too. */
  id: string;
  tag: string;
  method: Method;
  /** From the root; `{org}` is the tenant. */
  path: string;
  summary: string;
  description?: string;
  /** What the caller must be permitted in the organisation; `null`: being signed in is enough. */
  permission: Permission | null;
  params?: P;
  query?: Q;
  body?: B;
  /** Statuses of success, the usual one first. `undefined`: no body. */
  answers: Record<number, z.ZodType<A> | undefined>;
  media?: Media;
  /** Name under which a browser keeps the answer. */
  file?: string;
  /** Besides those every route has. */
  problems?: ProblemName[];
  /** The answer has something that is shown once: these keys are null when the answer is repeated. */
  once?: string[];
  /** A stream that goes on behind the event that `Last-Event-ID` names. */
  resumes?: true;
  /** GET only: the answer has no ETag, because it is made anew each time. */
  untagged?: true;
};

/** A route whose types are known to its handler only. */
export type Route = RouteSpec<Parts, Parts, z.ZodType | undefined, unknown> & {
  handle(deps: Deps, call: Call): Promise<Answer<unknown> | Readable>;
};

/** Names a route. The handler is the last of its parts, so that its input is typed by the ones before. */
export function route<
  A,
  P extends Parts = undefined,
  Q extends Parts = undefined,
  B extends z.ZodType | undefined = undefined,
>(
  spec: RouteSpec<P, Q, B, A>,
  handle: (deps: Deps, call: Call<Out<P>, Out<Q>, Out<B>>) => Promise<Answer<A> | Readable>,
): Route {
  return { ...spec, handle } as Route;
}

/** The id of the person or key that calls. */
export function callerOf({ principal: { actor } }: Pick<Call, "principal">): string {
  return actor.kind === "user" ? actor.userId : actor.keyId;
}

export function isWrite(method: string): boolean {
  return method !== "GET" && method !== "HEAD" && method !== "OPTIONS";
}

export function inOrganization(spec: { path: string }): boolean {
  return spec.path.includes("{org}");
}

import { Readable } from "node:stream";
import { LIMITS } from "@aicd/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Deps } from "../deps.ts";
import type { Admitted } from "./admit.ts";
import { checkInput, checkWriteKey } from "./check-input.ts";
import { etagOf, matchesAny } from "./etag.ts";
import { type Kept, keptOf, once } from "./idempotency.ts";
import { noteRefusal } from "./problems/note-refusal.ts";
import { Refusal } from "./problems/problems.ts";
import { type Call, inOrganization, isWrite, type Route } from "./route.ts";

type Admit = (route: Route, request: FastifyRequest, reply: FastifyReply) => Promise<Admitted>;

export const PREFIX = "/v1";

/** A path of the table as Fastify's router writes it, below the prefix. */
export function urlOf(path: string): string {
  return path.slice(PREFIX.length).replaceAll(/\{(\w+)\}/g, ":$1");
}

/** A stream has no length to tell, and one of events no end. */
export function hasHead(route: Route): boolean {
  return route.method === "GET" && (route.media ?? "application/json") === "application/json";
}

/** Puts one row of the route table on the server. */
export function serve(server: FastifyInstance, deps: Deps, route: Route, admit: Admit): void {
  const admitted = new WeakMap<FastifyRequest, Admitted>();
  server.route({
    method: route.method,
    url: urlOf(route.path),
    exposeHeadRoute: hasHead(route),
    bodyLimit: LIMITS.apiBodyBytes,
    // Before the body: a stranger's megabytes are not worth reading.
    onRequest: async (request, reply) => {
      admitted.set(request, await admit(route, request, reply));
    },
    handler: async (request, reply) => {
      const who = admitted.get(request);
      if (who === undefined) throw new Error("a request came in unasked");
      const call = callOf(route, request, reply, who);
      // No handler is given a database that shows more than the caller may see.
      const theirs = who.viewer === undefined ? deps : { ...deps, db: deps.db.confinedTo(who.viewer) };
      try {
        return await (isWrite(route.method) ? write : read)(theirs, route, call, request, reply);
      } catch (error) {
        const { principal, requestId } = call;
        if (inOrganization(route)) await noteRefusal(deps, { route, principal, requestId }, error);
        throw error;
      }
    },
  });
}

async function read(
  deps: Deps,
  route: Route,
  call: Call,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const answer = await route.handle(deps, call);
  // What one caller may see is nobody else's business, so no cache in between keeps it.
  reply.header("cache-control", "private, no-cache");
  if (answer instanceof Readable) {
    // A connection that streamed is not used again, so that stopping need not wait for it to be dropped.
    reply.header("connection", "close").header("x-accel-buffering", "no");
    if (route.file !== undefined) reply.header("content-disposition", `attachment; filename="${route.file}"`);
    return reply.header("content-type", route.media).send(answer);
  }
  if (answer.status === 204) return reply.code(204).send();
  const body = JSON.stringify(answer.body);
  reply.headers(answer.headers ?? {});
  const next = nextLink(request, answer.body);
  if (next !== undefined) reply.header("link", next);
  if (route.untagged === undefined) {
    const etag = etagOf(body);
    reply.header("etag", etag);
    if (matchesAny(request.headers["if-none-match"], etag)) return reply.code(304).send();
  }
  return reply.header("content-type", "application/json; charset=utf-8").send(body);
}

async function write(
  deps: Deps,
  route: Route,
  call: Call,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const key = checkWriteKey(request.headers["idempotency-key"]);
  const run = async (keep: Call["keep"]): Promise<Kept> => {
    const answer = await route.handle(deps, { ...call, keep });
    if (answer instanceof Readable) throw new Error("a write answered with a stream");
    return keptOf(route, answer);
  };
  const { status, headers, body } =
    key === undefined || !inOrganization(route)
      ? await run(async () => undefined)
      : await once(deps, call.scope, {
          route,
          principal: call.principal,
          key,
          request: { url: request.url, body: request.body },
          run,
        }).then(({ replayed, ...kept }) => {
          if (replayed) reply.header("idempotency-replayed", "true");
          return kept;
        });
  reply.code(status).headers({ ...headers, "cache-control": "no-store" });
  if (body === undefined || body === null) return reply.send();
  return reply.header("content-type", "application/json; charset=utf-8").send(JSON.stringify(body));
}

function callOf(route: Route, request: FastifyRequest, reply: FastifyReply, who: Admitted): Call {
  const { params, query, body } = request;
  const input = checkInput(route, { params, query, body: route.body === undefined ? undefined : body });
  const { principal } = who;
  if (inOrganization(route) && principal === undefined) throw new Refusal("missing", "No organisation.");
  const end = new AbortController();
  reply.raw.once("close", () => end.abort());
  return {
    identity: who.identity,
    // Routes outside organisations never look at these two; their handlers have no use for a tenant.
    principal: principal as Call["principal"],
    viewer: who.viewer,
    scope: { tenantId: principal?.tenantId } as Call["scope"],
    ...input,
    requestId: request.id,
    ifMatch: headerOf(request, "if-match"),
    lastEventId: headerOf(request, "last-event-id"),
    keep: async () => undefined,
    stillAllowed: who.stillAllowed,
    signal: end.signal,
  };
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}

/** `Link: <…>; rel="next"` beside `next` in the body, for programs that walk links. */
function nextLink(request: FastifyRequest, body: unknown): string | undefined {
  const next = typeof body === "object" && body !== null && "next" in body ? body.next : undefined;
  if (typeof next !== "string") return undefined;
  const url = new URL(request.url, "http://here");
  url.searchParams.set("cursor", next);
  return `<${url.pathname}${url.search}>; rel="next"`;
}

import { setTimeout as wait } from "node:timers/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Identity } from "../world/identity.ts";
import { recordUnexpected, type World } from "../world/world.ts";
import { authenticate } from "./authenticate.ts";
import { GitHubError } from "./errors.ts";
import { takeFault } from "./faults.ts";
import { recordWrite } from "./ledger.ts";
import { meterRest } from "./meter.ts";
import type { Call, Reply, Route } from "./route.ts";

/** One request on its way through; `work` does what was asked and may be done although the answer gets lost. */
export interface Passage {
  world: World;
  /** How faults and traffic know it: a documented path template, `/graphql`, or a git service. */
  template: string;
  request: FastifyRequest;
  reply: FastifyReply;
  work: () => Promise<Reply>;
}

/** Counts the request, plays planted faults, and turns refusals and crashes into GitHub's answers. */
export async function answer(passage: Passage): Promise<unknown> {
  const { world, template, request, reply } = passage;
  const key = `${request.method} ${template}`;
  world.traffic.set(key, (world.traffic.get(key) ?? 0) + 1);
  const [path = "/"] = request.url.split("?");
  const fault = takeFault(world.faults, { method: request.method, template, path, body: rawBody(request) });
  if (fault?.latencyMs) await wait(fault.latencyMs);
  if (fault?.cut === "before") return drop(request, reply);
  const planted: Reply | undefined =
    fault && (fault.status !== undefined || fault.cut)
      ? {
          status: fault.status ?? 502,
          body: fault.answer ?? { message: "Server Error" },
          headers: fault.headers ?? {},
        }
      : undefined;
  if (planted && fault?.cut !== "after") return send(reply, planted);
  const real = await settle(passage);
  if (fault?.answerAfterMs) await wait(fault.answerAfterMs);
  if (planted && fault?.status === undefined) return drop(request, reply);
  return send(reply, planted ?? real);
}

async function settle(passage: Passage): Promise<Reply> {
  const { world, request } = passage;
  try {
    return await passage.work();
  } catch (error) {
    if (error instanceof GitHubError)
      return { status: error.status, body: error.body, headers: error.headers };
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    recordUnexpected(world, { kind: "crash", method: request.method, path: request.url, detail });
    return { status: 500, body: { message: "Server Error", detail } };
  }
}

function send(reply: FastifyReply, answered: Reply): unknown {
  const body = answered.body;
  reply.code(answered.status).headers(answered.headers ?? {});
  if (body === undefined) return reply.send();
  if (Buffer.isBuffer(body)) return reply.send(body);
  if (!reply.hasHeader("content-type")) reply.type("application/json; charset=utf-8");
  return reply.send(JSON.stringify(body));
}

function drop(request: FastifyRequest, reply: FastifyReply): unknown {
  reply.hijack();
  request.raw.socket.destroy();
  return reply;
}

/** JSON bodies are kept as they came, because faults and digests look at the text. */
export function rawBody(request: FastifyRequest): string {
  return Buffer.isBuffer(request.body) ? request.body.toString() : "";
}

/** Media types that change what GitHub answers; one that is asked for and not given must not pass unseen. */
const MEDIA = /vnd\.github\.(?:v3\.)?(raw|diff|patch|sha|html|text|full|object|base64)\b/;

/** Does what a REST endpoint is there for, between two checks against GitHub's description. */
export async function callRoute(world: World, route: Route, request: FastifyRequest): Promise<Reply> {
  const identity = authenticate(world, request.headers.authorization);
  meterRest(world, request, identity, route);
  const body = parseBody(request);
  const { method, template } = route;
  const checked = world.contract.checkRequest(method, template, {
    params: pathParams(request, template),
    query: request.query as Record<string, unknown>,
    body,
  });
  const where = { method: request.method, path: request.url };
  const call = {
    world,
    method,
    identity,
    params: checked.params,
    query: checked.query,
    body,
    accept: request.headers.accept ?? "",
    url: request.url,
    problems: checked.problems,
  } as unknown as Call;
  const reply = await route.handle(call);
  const media = MEDIA.exec(call.accept)?.[1];
  if (media && !Buffer.isBuffer(reply.body)) checked.ignored.push(`the media type ${media}`);
  for (const name of checked.ignored)
    recordUnexpected(world, { ...where, kind: "ignored-input", detail: name });
  if (reply.effect) recordEffect(identity, route, call, reply.effect);
  const problem = Buffer.isBuffer(reply.body)
    ? undefined
    : world.contract.checkResponse(method, template, reply.status, reply.body);
  if (!problem) return reply;
  recordUnexpected(world, { ...where, kind: "invalid-response", detail: problem });
  return { status: 500, body: { message: "The local GitHub answered unlike GitHub", detail: problem } };
}

function recordEffect(identity: Identity, route: Route, call: Call, summary: string): void {
  const { owner, repo }: { owner?: string; repo?: string } = call.params;
  recordWrite(call.world, identity, {
    method: route.method.toUpperCase(),
    route: route.template,
    repo: owner && repo ? `${owner}/${repo}` : undefined,
    // As they stand in the path; the handlers' are numbers where the contract says so.
    params: Object.fromEntries(Object.entries(call.params).map(([name, value]) => [name, String(value)])),
    summary,
    body: call.body,
  });
}

/** The last part of some paths holds slashes and arrives under Fastify's name for the rest. */
function pathParams(request: FastifyRequest, template: string): Record<string, string> {
  const { "*": rest, ...params } = request.params as Record<string, string>;
  const last = /\{([^}]+)\}$/.exec(template)?.[1];
  return rest === undefined || !last ? params : { ...params, [last]: rest };
}

function parseBody(request: FastifyRequest): unknown {
  const text = rawBody(request);
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // What is not JSON never reaches a handler.
    throw new GitHubError(400, "Problems parsing JSON");
  }
}

import { Readable } from "node:stream";
import { AicdError, type AttemptId, LIMITS, priceOf, priceTokens } from "@aicd/core";
import { type Attempt, bookUsage, findAttempt, findTask, type Scope } from "@aicd/db";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { authenticateRunner } from "../runner/authenticate.ts";
import { type Counted, createCounter } from "./usage.ts";
import { chooseModels, type Vendor } from "./vendors.ts";

/** Paths of a vendor that cost what we can count. All else is refused. */
const PATHS = {
  anthropic: new Set(["/v1/messages"]),
  openai: new Set(["/v1/responses", "/v1/chat/completions"]),
} as const;
type VendorName = keyof typeof PATHS;

const ModelCall = z.looseObject({ model: z.string().max(200), stream: z.boolean().optional() });

/** Request headers that travel on. Cookies, addresses and our own key do not. */
const PASSED = ["content-type", "accept", "anthropic-version", "anthropic-beta", "openai-beta"] as const;

/**
 * `/v1/models/<vendor>/*`: the vendor's own wire format, with the lease token for a key. The vendor's
 * key stays here; the answer streams through while its tokens are counted and booked.
 */
export function modelRoutes(deps: Deps) {
  return async function routes(server: FastifyInstance): Promise<void> {
    for (const name of Object.keys(PATHS) as VendorName[]) {
      server.post(`/v1/models/${name}/*`, { bodyLimit: LIMITS.modelBodyBytes }, (request, reply) =>
        forward(deps, name, request, reply),
      );
    }
  };
}

async function forward(
  deps: Deps,
  name: VendorName,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const path = `/${(request.params as { "*": string })["*"]}`;
  if (!PATHS[name].has(path))
    throw new AicdError("missing", `The model gateway does not offer ${path.slice(0, 100)}.`);
  const vendor = deps.vendors[name];
  if (vendor === undefined) {
    throw new AicdError("forbidden", `No key for ${name} is set on this server; an operator must set it.`);
  }
  const call = ModelCall.parse(request.body);
  const { scope, attemptId } = await authenticateRunner(deps, tokenOf(request));
  const attempt = await permit(deps, scope, attemptId, call.model);

  const abort = new AbortController();
  reply.raw.on("close", () => abort.abort());
  const answer = await send(vendor, path, request, call, abort.signal);
  reply.code(answer.status);
  for (const header of ["content-type", "retry-after", "request-id", "x-request-id"]) {
    const value = answer.headers.get(header);
    if (value !== null) reply.header(header, value);
  }
  if (answer.body === null) return reply.send();
  const counter = createCounter(answer.headers.get("content-type") ?? "");
  const key = `${attempt.id}:${deps.mint("usage")}`;
  return reply.send(
    Readable.from(
      counting(answer.body, counter, (counted) => book(deps, scope, attempt, { name, key, call, counted })),
    ),
  );
}

function tokenOf(request: FastifyRequest): string {
  const key = request.headers["x-api-key"];
  const bearer = request.headers.authorization ?? "";
  const token = typeof key === "string" ? key : bearer.replace(/^bearer /i, "");
  if (token === "") throw new AicdError("unauthenticated", "Send the lease token as the API key.");
  return token;
}

/** A living lease, a model that was agreed on, and money left: else the call does not leave the house. */
async function permit(deps: Deps, scope: Scope, id: AttemptId, model: string): Promise<Attempt> {
  const { attempt, task } = await deps.db.withTenant(scope, async (tx) => {
    const found = await findAttempt(tx, id);
    return { attempt: found, task: found === undefined ? undefined : await findTask(tx, found.taskId) };
  });
  if (attempt === undefined) throw new AicdError("unauthenticated", "The lease is not known.");
  const live = attempt.state === "leased" && attempt.leaseUntil !== null && attempt.cancelReason === null;
  if (!live || attempt.context === null) {
    throw new AicdError("unauthenticated", "The lease is over; no model calls are made for it.");
  }
  const choices = Object.values(chooseModels(attempt.context.settings, deps.vendors));
  if (!choices.some((choice) => choice.model === model || choice.fallback === model)) {
    throw new AicdError("forbidden", `The model ${model.slice(0, 100)} is not one this task may use.`);
  }
  if (task === undefined || task.spentMicroUsd >= task.budgetMicroUsd) {
    throw new AicdError("exhausted", "The task's budget is used up.");
  }
  return attempt;
}

async function send(
  vendor: Vendor,
  path: string,
  request: FastifyRequest,
  call: z.infer<typeof ModelCall>,
  signal: AbortSignal,
): Promise<Response> {
  const headers = new Headers();
  for (const name of PASSED) {
    const value = request.headers[name];
    if (typeof value === "string") headers.set(name, value);
  }
  const key = vendor.apiKey.reveal();
  headers.set("x-api-key", key);
  headers.set("authorization", `Bearer ${key}`);
  // A streamed Chat Completions answer counts its tokens only when asked to.
  const body =
    path === "/v1/chat/completions" && call.stream === true
      ? { ...call, stream_options: { include_usage: true } }
      : call;
  try {
    const base = vendor.baseUrl.replace(/\/(v1\/?)?$/, "");
    return await fetch(`${base}${path}`, { method: "POST", headers, body: JSON.stringify(body), signal });
  } catch (cause) {
    throw new AicdError("unavailable", "The model vendor could not be reached.", { cause });
  }
}

async function* counting(
  body: ReadableStream<Uint8Array>,
  counter: ReturnType<typeof createCounter>,
  done: (counted: Counted) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) {
      counter.feed(chunk);
      yield chunk;
    }
  } finally {
    // Also when the caller hung up: what the vendor has counted so far is owed.
    await done(counter.end());
  }
}

async function book(
  deps: Deps,
  scope: Scope,
  attempt: Attempt,
  used: { name: VendorName; key: string; call: { model: string }; counted: Counted },
): Promise<void> {
  const { tokens, model = used.call.model } = used.counted;
  if (tokens.input + tokens.output + tokens.cacheRead + tokens.cacheWrite === 0) return;
  try {
    await deps.db.withTenant(scope, (tx) =>
      bookUsage(tx, deps.mint, {
        key: used.key,
        taskId: attempt.taskId,
        attemptId: attempt.id,
        provider: used.name,
        model,
        tokens,
        price: priceOf(model),
        microUsd: priceTokens(model, tokens),
      }),
    );
  } catch (err) {
    // The caller has its answer already; the row that is missing is an operator's matter.
    deps.log.error(
      { err, ...scope, attemptId: attempt.id, key: used.key, model, tokens },
      "usage not booked",
    );
  }
}

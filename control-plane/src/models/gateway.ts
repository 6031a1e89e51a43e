import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import {
  AicdError,
  type AttemptId,
  type Counted,
  createCounter,
  LIMITS,
  priceOf,
  priceTokens,
} from "@aicd/core";
import { type Attempt, bookUsage, findAttempt, findTask, type Scope } from "@aicd/db";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { authenticateRunner, type Runner } from "../identity/authenticate-runner.ts";
import { createKeyedLimit, type KeyedLimit } from "../keyed-limit.ts";
import { mustGoOn } from "../tasks/organization.ts";
import { refuseCall } from "./refuse.ts";
import { relay } from "./relay.ts";
import { chooseModels, type Vendor, type VendorName, vendorsOf } from "./vendors.ts";

/** Paths of a vendor that cost what we can count. All else is refused. */
const PATHS = {
  anthropic: new Set(["/v1/messages"]),
  openai: new Set(["/v1/responses", "/v1/chat/completions"]),
} as const;

const ModelCall = z.looseObject({ model: z.string().max(200), stream: z.boolean().optional() });

/** How long an answer is read on, to be counted, after its caller hung up. */
const HANG_UP_MS = 10 * 60_000;
/**
 * Calls of one attempt at the same time. Money is looked at before a call and booked after it, so this bounds
 * what can be spent beyond the budget; hanging up does not free a place while the vendor still answers.
 */
const CALLS_AT_ONCE = 8;
/** The key makes a second booking of the same call harmless. */
const BOOKING_TRIES = 3;
const BOOKING_PAUSE_MS = 500;

/** Request headers that travel on. Cookies, addresses and our own key do not. */
const PASSED = ["content-type", "accept", "anthropic-version", "anthropic-beta", "openai-beta"] as const;

/**
 * `/v1/models/<vendor>/*`: the vendor's own wire format, with the lease token for a key. The vendor's
 * key stays here; the answer streams through while its tokens are counted and booked.
 */
export function modelRoutes(deps: Deps) {
  return async function routes(server: FastifyInstance): Promise<void> {
    const calls = createKeyedLimit(CALLS_AT_ONCE);
    for (const name of Object.keys(PATHS) as VendorName[]) {
      server.post(`/v1/models/${name}/*`, { bodyLimit: LIMITS.modelBodyBytes }, (request, reply) =>
        forward({ ...deps, calls }, name, request, reply),
      );
    }
  };
}

async function forward(
  deps: Deps & { calls: KeyedLimit },
  name: VendorName,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const path = `/${(request.params as { "*": string })["*"]}`;
  if (!PATHS[name].has(path))
    throw new AicdError("missing", `The model gateway does not offer ${path.slice(0, 100)}.`);
  const call = ModelCall.parse(request.body);
  const runner = await authenticateRunner(deps, tokenOf(request));
  refuseCall(path, call);
  const leave = deps.calls.tryEnter(runner.attemptId);
  if (leave === undefined) {
    reply.header("retry-after", "1");
    throw new AicdError(
      "limited",
      `An attempt makes at most ${CALLS_AT_ONCE} model calls at once. Try again.`,
    );
  }
  try {
    return await answerCall(deps, { name, path, call, runner, leave }, request, reply);
  } catch (error) {
    // Nothing will be read from the vendor, so nothing else would free the place.
    leave();
    throw error;
  }
}

async function answerCall(
  deps: Deps,
  given: {
    name: VendorName;
    path: string;
    call: z.infer<typeof ModelCall>;
    runner: Runner;
    leave: () => void;
  },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { name, path, call, leave } = given;
  const { scope, attemptId } = given.runner;
  const { attempt, vendor } = await permit(deps, scope, attemptId, name, call.model);
  const body = JSON.stringify(bodyFor(path, call));
  const end = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  let passed: Readable | undefined;
  reply.raw.once("close", () => {
    passed?.destroy();
    if (!ended) timer = setTimeout(() => end.abort(), HANG_UP_MS).unref();
  });
  const answer = await send({ name, vendor, path }, request, body, end.signal);
  reply.code(answer.status);
  for (const header of ["content-type", "retry-after", "request-id", "x-request-id"]) {
    const value = answer.headers.get(header);
    if (value !== null) reply.header(header, value);
  }
  if (answer.body === null) {
    leave();
    return reply.send();
  }
  const counter = createCounter(answer.headers.get("content-type") ?? "", Buffer.byteLength(body));
  const key = `${attempt.id}:${deps.mint("usage")}`;
  passed = relay(answer.body, {
    seen: counter.feed,
    ended: async () => {
      ended = true;
      clearTimeout(timer);
      const counted = counter.end();
      // A refusal of the vendor's costs nothing, so nothing is guessed for it.
      if (answer.ok || !counted.estimated) await book(deps, scope, attempt, { name, key, call, counted });
      leave();
    },
  });
  if (reply.raw.destroyed) passed.destroy();
  return reply.send(passed);
}

function tokenOf(request: FastifyRequest): string {
  const key = request.headers["x-api-key"];
  const bearer = request.headers.authorization ?? "";
  const token = typeof key === "string" ? key : bearer.replace(/^bearer /i, "");
  if (token === "") throw new AicdError("unauthenticated", "Send the lease token as the API key.");
  return token;
}

/** A living lease, a model that was agreed on, and money left: else the call does not leave the house. */
async function permit(
  deps: Deps,
  scope: Scope,
  id: AttemptId,
  name: VendorName,
  model: string,
): Promise<{ attempt: Attempt; vendor: Vendor }> {
  const { attempt, task, vendors } = await deps.db.withTenant(scope, async (tx) => {
    const found = await findAttempt(tx, id);
    await mustGoOn(tx);
    return {
      attempt: found,
      task: found === undefined ? undefined : await findTask(tx, found.taskId),
      vendors: await vendorsOf(deps, tx),
    };
  });
  if (attempt === undefined) throw new AicdError("unauthenticated", "The lease is not known.");
  const live =
    attempt.state === "leased" &&
    attempt.leaseUntil !== null &&
    attempt.leaseUntil.getTime() > deps.now() &&
    attempt.cancelReason === null;
  if (!live || attempt.context === null) {
    throw new AicdError("unauthenticated", "The lease is over; no model calls are made for it.");
  }
  const vendor = vendors[name];
  if (vendor === undefined) {
    throw new AicdError(
      "forbidden",
      `No key for ${name} is set. An operator sets one for the server, or an admin one for the organisation.`,
    );
  }
  const choices = Object.values(chooseModels(attempt.context.settings, vendors));
  if (!choices.some((choice) => choice.model === model || choice.fallback === model)) {
    throw new AicdError("forbidden", `The model ${model.slice(0, 100)} is not one this task may use.`);
  }
  if (task === undefined || task.spentMicroUsd >= task.budgetMicroUsd) {
    throw new AicdError("exhausted", "The task's budget is used up.");
  }
  return { attempt, vendor };
}

/** The caller's words, with the two fields that must not be left to a vendor's default. */
function bodyFor(path: string, call: z.infer<typeof ModelCall>): Record<string, unknown> {
  if (path === "/v1/responses") return { ...call, store: false };
  // A streamed Chat Completions answer counts its tokens only when asked to.
  if (path === "/v1/chat/completions" && call.stream === true) {
    return { ...call, stream_options: { include_usage: true } };
  }
  return call;
}

async function send(
  { name, vendor, path }: { name: VendorName; vendor: Vendor; path: string },
  request: FastifyRequest,
  body: string,
  signal: AbortSignal,
): Promise<Response> {
  const headers = new Headers();
  for (const header of PASSED) {
    const value = request.headers[header];
    if (typeof value === "string") headers.set(header, value);
  }
  const key = vendor.apiKey.reveal();
  if (name === "anthropic") headers.set("x-api-key", key);
  else headers.set("authorization", `Bearer ${key}`);
  try {
    const base = vendor.baseUrl.replace(/\/(v1\/?)?$/, "");
    // A redirect would carry the key and the conversation to an address no operator named.
    return await fetch(`${base}${path}`, { method: "POST", headers, body, signal, redirect: "error" });
  } catch (cause) {
    throw new AicdError("unavailable", "The model vendor could not be reached.", { cause });
  }
}

async function book(
  deps: Deps,
  scope: Scope,
  attempt: Attempt,
  used: { name: VendorName; key: string; call: { model: string }; counted: Counted },
): Promise<void> {
  const { tokens, model = used.call.model, estimated } = used.counted;
  if (tokens.input + tokens.output + tokens.cacheRead + tokens.cacheWrite === 0) return;
  const about = { ...scope, attemptId: attempt.id, key: used.key, model, tokens };
  if (estimated) deps.log.warn(about, "usage estimated: the answer ended without its count");
  for (let tries = 1; tries <= BOOKING_TRIES; tries++) {
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
      return;
    } catch (err) {
      // The caller has its answer already; the row that is missing is an operator's matter.
      deps.log.error({ err, tries, ...about }, "usage not booked");
      if (tries < BOOKING_TRIES) await pause(tries * BOOKING_PAUSE_MS);
    }
  }
}

import type { Readable } from "node:stream";
import { AicdError, createCounter, LIMITS } from "@aicd/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Deps } from "../deps.ts";
import { authenticateRunner, type Runner } from "../identity/authenticate-runner.ts";
import { createKeyedLimit, type KeyedLimit } from "../keyed-limit.ts";
import { askVendor, bodyFor, ModelCall, PATHS } from "./ask-vendor.ts";
import { book } from "./book.ts";
import { passThrough } from "./pass-through.ts";
import { permit } from "./permit.ts";
import { refuseCall } from "./refuse.ts";
import type { VendorName } from "./vendors.ts";

/** How long an answer is read on, to be counted, after its caller hung up. */
const HANG_UP_MS = 10 * 60_000;
/**
 * Calls of one attempt at the same time. Money is looked at before a call and booked after it, so this bounds
 * what can be spent beyond the budget; hanging up does not free a place while the vendor still answers.
 */
const CALLS_AT_ONCE = 8;

/**
 * `/v1/models/<vendor>/*`: the vendor's own wire format, with the lease token for a key. The vendor's
 * key stays here; the answer streams through while its tokens are counted and booked.
 */
export function modelRoutes(deps: Deps) {
  return async function routes(server: FastifyInstance): Promise<void> {
    const calls = createKeyedLimit(CALLS_AT_ONCE);
    const runners = new WeakMap<FastifyRequest, Runner>();
    // Before the body: a stranger's megabytes are not worth reading.
    const onRequest = async (request: FastifyRequest) => {
      runners.set(request, await authenticateRunner(deps, tokenOf(request)));
    };
    for (const name of Object.keys(PATHS) as VendorName[]) {
      const options = { bodyLimit: LIMITS.modelBodyBytes, onRequest };
      server.post(`/v1/models/${name}/*`, options, (request, reply) => {
        const runner = runners.get(request);
        if (runner === undefined) throw new AicdError("unauthenticated", "Send the lease token.");
        return forward({ ...deps, calls }, { name, runner }, request, reply);
      });
    }
  };
}

async function forward(
  deps: Deps & { calls: KeyedLimit },
  { name, runner }: { name: VendorName; runner: Runner },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const path = `/${(request.params as { "*": string })["*"]}`;
  if (!PATHS[name].has(path))
    throw new AicdError("missing", `The model gateway does not offer ${path.slice(0, 100)}.`);
  const call = ModelCall.parse(request.body);
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
    call: ModelCall;
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
  const answer = await askVendor({ name, vendor, path }, request, body, end.signal);
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
  passed = passThrough(answer.body, {
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

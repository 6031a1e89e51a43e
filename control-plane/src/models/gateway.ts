import { type AdmittedCall, AicdError, admitCall, LIMITS, modelProblem } from "@aicd/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Deps } from "../deps.ts";
import { problemOf } from "../http/problems/problem-handler.ts";
import { createKeyedLimit } from "../keyed-limit.ts";
import { authenticateCaller, type Caller } from "./authenticate-caller.ts";
import { makeCall } from "./make-call.ts";
import type { VendorName } from "./vendors.ts";

/**
 * Calls of one attempt at the same time: one tenant's runners must not have all of a server's connections.
 * Hanging up does not free a place while the vendor still answers.
 */
const CALLS_AT_ONCE = 8;
const VENDORS = ["anthropic", "openai"] as const satisfies readonly VendorName[];

/**
 * `/v1/models/<vendor>/*`: the vendor's own wire format, with the lease token for a key. The vendor's key stays here,
 * and errors of ours look like the vendor's, so that its programs understand them.
 */
export function modelRoutes(deps: Deps) {
  return async function routes(server: FastifyInstance): Promise<void> {
    const calls = createKeyedLimit(CALLS_AT_ONCE);
    const callers = new WeakMap<FastifyRequest, Caller>();
    // Before the body: a stranger's megabytes are not worth reading.
    const onRequest = async (request: FastifyRequest) => {
      callers.set(request, await authenticateCaller(deps, request));
    };
    server.setErrorHandler((error: Error, request, reply) => {
      const { kind, ...problem } = problemOf(deps.log, error, request);
      if (problem.status === 429 || problem.status === 503) reply.header("retry-after", "5");
      reply.code(problem.status).send({ ...problem, ...modelProblem(kind, problem.detail) });
    });
    for (const name of VENDORS) {
      const options = { bodyLimit: LIMITS.modelBodyBytes, onRequest };
      server.post(`/v1/models/${name}/*`, options, async (request, reply) => {
        const caller = callers.get(request);
        if (caller === undefined) throw new AicdError("unauthenticated", "Send the lease token.");
        const path = `/${(request.params as { "*": string })["*"]}`;
        const call = admitCall({ wire: name, path, headers: request.headers, body: request.body });
        return forward(deps, { name, path, call, caller, calls }, reply);
      });
    }
  };
}

async function forward(
  deps: Deps,
  given: {
    name: VendorName;
    path: string;
    call: AdmittedCall;
    caller: Caller;
    calls: ReturnType<typeof createKeyedLimit>;
  },
  reply: FastifyReply,
): Promise<FastifyReply> {
  const leave = given.calls.tryEnter(given.caller.attemptId);
  if (leave === undefined) {
    throw new AicdError(
      "limited",
      `An attempt makes at most ${CALLS_AT_ONCE} model calls at once. Try again.`,
    );
  }
  try {
    return await makeCall(deps, { ...given, leave }, reply);
  } catch (error) {
    // Nothing will be read from the vendor, so nothing else would free the place.
    leave();
    throw error;
  }
}

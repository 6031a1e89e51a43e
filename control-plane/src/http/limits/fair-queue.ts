import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Deps } from "../../deps.ts";
import { sessionCookie } from "../../identity/cookies.ts";
import { createKeyedLimit, type Leave } from "../../keyed-limit.ts";
import { neighbourhood } from "./rates.ts";

/** As many as a browser has connections. */
const OF_CALLER = 6;
/** Well below the connections to the database, so that one organisation never has them all. */
const OF_ORGANIZATION = 12;

export type FairQueue = {
  /** Waits until one more of the organisation's requests may be at work. */
  enter(request: FastifyRequest, reply: FastifyReply, organization: string): Promise<void>;
};

/** Who shows the same credentials is the same, before anybody was asked who that is; strangers are their network. */
export function callerName(deps: Pick<Deps, "publicUrl">, request: FastifyRequest): string {
  const credential = request.headers.authorization ?? sessionCookie(deps.publicUrl, request);
  if (credential === undefined) return neighbourhood(request.ip);
  // What was shown is a secret; this is not.
  return createHash("sha256").update(credential).digest("base64");
}

/**
 * Makes everybody wait behind their own requests only: a caller's first, then an organisation's. A request is
 * at work until its answer begins to be sent, so an open stream holds no place.
 */
export function createFairQueue(api: FastifyInstance, deps: Pick<Deps, "publicUrl">): FairQueue {
  const [callers, organizations] = [createKeyedLimit(OF_CALLER), createKeyedLimit(OF_ORGANIZATION)];
  const leaves = new WeakMap<FastifyRequest, Leave[]>();

  async function hold(request: FastifyRequest, reply: FastifyReply, turn: Promise<Leave>): Promise<void> {
    const leave = await turn;
    leaves.set(request, [...(leaves.get(request) ?? []), leave]);
    // Hung up: there may be nothing to send any more. Hung up while it waited: nobody will tell us again.
    if (reply.raw.destroyed) leave();
    else reply.raw.once("close", leave);
  }

  api.addHook("onRequest", (request, reply) =>
    hold(request, reply, callers.enter(callerName(deps, request))),
  );
  api.addHook("onSend", async (request) => {
    for (const leave of leaves.get(request) ?? []) leave();
  });
  return { enter: (request, reply, organization) => hold(request, reply, organizations.enter(organization)) };
}

import type { FastifyReply } from "fastify";
import type { Deps } from "../deps.ts";
import { type Call, openCall } from "./open-call.ts";

/**
 * One call for a runner: the answer streams through while it is counted.
 * @param given.leave runs once, when the vendor is done with it
 */
export async function makeCall(
  deps: Deps,
  given: Call & { leave: () => void },
  reply: FastifyReply,
): Promise<FastifyReply> {
  const gone = (effect: () => void) => void reply.raw.once("close", effect);
  const { status, headers, body } = await openCall(deps, given, gone);
  reply.code(status).headers(headers);
  if (reply.raw.destroyed) body?.destroy();
  return body === undefined ? reply.send() : reply.send(body);
}

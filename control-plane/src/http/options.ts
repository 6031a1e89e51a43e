import { randomUUID } from "node:crypto";
import { LIMITS } from "@aicd/core";
import type { FastifyError, FastifyReply, FastifyRequest, FastifyServerOptions } from "fastify";
import { sendProblem } from "./problems/answer-problem.ts";
import { problemDocument } from "./problems/problems.ts";

/** What every server of ours is made with. */
export const HTTP_OPTIONS = {
  // Of a stranger; routes that ask who it is first name more.
  bodyLimit: LIMITS.strangerBodyBytes,
  onProtoPoisoning: "remove",
  onConstructorPoisoning: "remove",
  // Unique among all processes and restarts: it names what a request did, in the log and in the database.
  genReqId: () => `req_${randomUUID().replaceAll("-", "")}`,
  frameworkErrors: refuseAddress,
} as const satisfies FastifyServerOptions;

/** What the router itself refuses, in our words. An id of that length is no id of ours. */
function refuseAddress(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const tooLong = error.code === "FST_ERR_MAX_PARAM_LENGTH";
  const detail = tooLong
    ? "There is nothing here that you may see. Check the ids in the address."
    : "The address cannot be read. Check how it is encoded.";
  sendProblem(reply, problemDocument(tooLong ? "missing" : "invalid", { detail, requestId: request.id }));
}

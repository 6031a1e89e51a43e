import { AicdError, type ErrorKind } from "@aicd/core";
import type { Logger } from "@aicd/ops";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { isDatabaseAway } from "./database-away.ts";
import { PROBLEMS, type ProblemDocument, type ProblemName, problemDocument, Refusal } from "./problems.ts";

/** What the errors of our own use cases are called here. */
const OF_KIND = {
  invalid: "invalid",
  unauthenticated: "unauthenticated",
  forbidden: "forbidden",
  missing: "missing",
  conflict: "conflict",
  too_large: "too-large",
  exhausted: "conflict",
  limited: "limited",
  unavailable: "unavailable",
  broken: "broken",
} as const satisfies Record<ErrorKind, ProblemName>;

const OF_STATUS: Record<number, ProblemName> = { 413: "too-large", 415: "media-type" };
const RETRY_S = "5";

/** The public API's error handler: every "no" leaves as problem details, and only ours are logged. */
export function createProblemAnswer(log: Logger) {
  return function answer(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
    const { document, headers } = toProblem(error, request.id);
    if (document.status >= 500) {
      const route = request.routeOptions.url;
      log.error({ err: error, route, method: request.method, requestId: request.id }, "request failed");
    }
    sendProblem(reply, document, headers);
  };
}

export function sendProblem(
  reply: FastifyReply,
  document: ProblemDocument,
  headers: Record<string, string> = {},
): void {
  const later = document.status === 503 || document.status === 429;
  const retry = later ? { "retry-after": RETRY_S } : {};
  const challenge = document.status === 401 ? { "www-authenticate": 'Bearer realm="aicd"' } : {};
  reply
    .code(document.status)
    .headers({ ...retry, ...challenge, ...headers, "cache-control": "no-store" })
    .header("content-type", "application/problem+json")
    .send(JSON.stringify(document));
}

function toProblem(
  error: FastifyError | Error,
  requestId: string,
): { document: ProblemDocument; headers?: Record<string, string> } {
  if (error instanceof Refusal) {
    const { problem, message: detail, errors, headers } = error;
    return { document: problemDocument(problem, { detail, requestId, errors }), headers };
  }
  if (error instanceof AicdError) {
    const name = OF_KIND[error.kind];
    const detail = name === "broken" ? AGAIN : error.message;
    return { document: problemDocument(name, { detail, requestId }) };
  }
  if (isDatabaseAway(error)) {
    const detail = "The database is away for the moment. Try again.";
    return { document: problemDocument("unavailable", { detail, requestId }) };
  }
  const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : 500;
  if (status >= 500) return { document: problemDocument("broken", { detail: AGAIN, requestId }) };
  const name = OF_STATUS[status] ?? "invalid";
  return { document: problemDocument(name, { detail: sentenceOf(error, name), requestId }) };
}

const AGAIN = "It is logged under the id of this request. Try again; if it stays, tell the operator.";

/** Fastify's own words are for whoever wrote the server. */
function sentenceOf(error: Error, name: ProblemName): string {
  if (name === "too-large") return "A body may have 1 MB. Send less.";
  if (name === "media-type") return "Send the body as `content-type: application/json`.";
  return `${PROBLEMS.invalid.title}: ${error.message.slice(0, 300).replace(/\.$/, "")}.`;
}

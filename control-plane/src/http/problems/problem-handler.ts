import { AicdError, ERROR_KINDS, type ErrorKind } from "@aicd/core";
import type { Logger } from "@aicd/ops";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { ZodError, z } from "zod";
import { isDatabaseAway } from "./database-away.ts";
import { RefusedChangeSet } from "./refused-change-set.ts";

/** For whoever came with a browser: answers with a page, or leaves it. True: it has answered. */
export type ShowPage = (request: FastifyRequest, reply: FastifyReply, problem: Problem) => boolean;

/** The one place where errors become answers (RFC 9457): what happened, why, what to do. */
export function problemHandler(log: Logger, showPage: ShowPage) {
  return function handle(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
    const { kind: _, ...problem } = problemOf(log, error, request);
    if (problem.status === 503) reply.header("retry-after", "5");
    reply.code(problem.status);
    if (showPage(request, reply, problem)) return;
    reply.header("content-type", "application/problem+json").send(problem);
  };
}

/** What an error is called, and of which kind it is; ours are logged. */
export function problemOf(log: Logger, error: Error, request: FastifyRequest): Problem & { kind: ErrorKind } {
  const problem = toProblem(error);
  // Who hung up in the middle of a stream is no failure of ours.
  if (problem.status >= 500 && (error as { code?: unknown }).code !== "ERR_STREAM_PREMATURE_CLOSE") {
    log.error({ err: error, route: request.routeOptions.url, method: request.method }, "request failed");
  }
  return { ...problem, kind: kindOf(problem.status) };
}

function kindOf(status: number): ErrorKind {
  const kinds = Object.keys(ERROR_KINDS) as ErrorKind[];
  return kinds.find((kind) => ERROR_KINDS[kind].status === status) ?? (status < 500 ? "invalid" : "broken");
}

export type Problem = { type: string; title: string; status: number; detail: string; findings?: unknown };

function toProblem(error: FastifyError | Error): Problem {
  if (error instanceof RefusedChangeSet) {
    return { ...make(422, "The change is refused", error.message), findings: error.findings };
  }
  if (error instanceof AicdError) {
    const { status, sentence } = ERROR_KINDS[error.kind];
    return make(status, sentence, error.kind === "broken" ? "It is logged; try again." : error.message);
  }
  if (error instanceof ZodError)
    return make(400, ERROR_KINDS.invalid.sentence, z.prettifyError(error).slice(0, 2_000));
  if (isDatabaseAway(error))
    return make(503, ERROR_KINDS.unavailable.sentence, "The database is away; try again.");
  const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : 500;
  if (status === 413) return make(413, ERROR_KINDS.too_large.sentence, error.message);
  if (status < 500) return make(status, ERROR_KINDS.invalid.sentence, error.message);
  return make(500, ERROR_KINDS.broken.sentence, "It is logged; try again.");
}

function make(status: number, title: string, detail: string): Problem {
  return { type: "about:blank", title, status, detail };
}

import { AicdError, ERROR_KINDS } from "@aicd/core";
import type { Logger } from "@aicd/ops";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { ZodError, z } from "zod";
import type { Assets } from "../dashboard/assets.ts";
import { problemPage, sendPage, wantsPage } from "../dashboard/page.ts";
import { RefusedChangeSet } from "../runner/change-set.ts";

/** The one place where errors become answers (RFC 9457): what happened, why, what to do. */
export function problemHandler(log: Logger, assets: Assets) {
  return function handle(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
    const problem = toProblem(error);
    // Who hung up in the middle of a stream is no failure of ours.
    if (problem.status >= 500 && (error as { code?: unknown }).code !== "ERR_STREAM_PREMATURE_CLOSE") {
      log.error({ err: error, route: request.routeOptions.url, method: request.method }, "request failed");
    }
    if (problem.status === 503) reply.header("retry-after", "5");
    if (wantsPage(request)) return void sendPage(reply.code(problem.status), problemPage(assets, problem));
    reply.code(problem.status).header("content-type", "application/problem+json").send(problem);
  };
}

type Problem = { type: string; title: string; status: number; detail: string; findings?: unknown };

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

/** Connection failures of pg carry a node error code, or class 08 / 57P0x / 53 of SQLSTATE. */
export function isDatabaseAway(error: Error): boolean {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return (
    /^(ECONNREFUSED|ECONNRESET|EPIPE|08\w{3}|57P0\d|53\w{3})$/.test(code) ||
    /timeout exceeded when trying to connect|Connection terminated/.test(error.message)
  );
}

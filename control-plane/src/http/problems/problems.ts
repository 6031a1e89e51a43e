import { AicdError, type AuditAction, type ErrorKind } from "@aicd/core";

/**
 * Every answer of the public API that is not what was asked for (RFC 9457). The name is the stable part:
 * `type` is `urn:aicd:problem:<name>`, and programs may compare it.
 */
export const PROBLEMS = {
  invalid: { status: 400, kind: "invalid", title: "The request is not valid" },
  unauthenticated: { status: 401, kind: "unauthenticated", title: "The caller could not be identified" },
  forbidden: { status: 403, kind: "forbidden", title: "This is not permitted" },
  missing: { status: 404, kind: "missing", title: "Nothing was found" },
  "method-not-allowed": { status: 405, kind: "invalid", title: "This address does not take that method" },
  conflict: { status: 409, kind: "conflict", title: "The present state does not allow it" },
  "request-running": { status: 409, kind: "conflict", title: "The first request is still at work" },
  changed: { status: 412, kind: "conflict", title: "Somebody else changed it first" },
  "too-large": { status: 413, kind: "too_large", title: "This is larger than the limit" },
  "media-type": { status: 415, kind: "invalid", title: "The body has the wrong type" },
  "key-reused": { status: 422, kind: "invalid", title: "The idempotency key belongs to another request" },
  limited: { status: 429, kind: "limited", title: "Too many requests" },
  broken: { status: 500, kind: "broken", title: "Something went wrong on our side" },
  unavailable: { status: 503, kind: "unavailable", title: "A part of the system is away" },
} as const satisfies Record<string, { status: number; kind: ErrorKind; title: string }>;

export type ProblemName = keyof typeof PROBLEMS;

/** One thing wrong with a request. `pointer` is a JSON pointer into body, query or headers. */
export type Fault = { in: "body" | "query" | "header"; pointer: string; detail: string };

/** What was wished for, as the audit log is to have it. */
export type Wish = { action: AuditAction; target: string };

/** A stated "no" of the public API; the plugin's error handler makes the answer of it. */
export class Refusal extends AicdError {
  readonly problem: ProblemName;
  readonly errors: Fault[] | undefined;
  readonly headers: Record<string, string>;
  /** Written down as refused once nothing of the request is left; see `noteRefusal`. */
  readonly wish: Wish | undefined;
  /** A short word for it in that record. */
  readonly why: string;

  /** @param detail what happened, why, and what to do next; shown to the caller */
  constructor(
    problem: ProblemName,
    detail: string,
    more: { errors?: Fault[] | undefined; headers?: Record<string, string>; wish?: Wish; why?: string } = {},
  ) {
    super(PROBLEMS[problem].kind, detail);
    this.problem = problem;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
    this.wish = more.wish;
    this.why = more.why ?? problem;
  }
}

/** Foreign and missing things get this very answer: nothing tells one from the other. */
export function missing(): Refusal {
  return new Refusal("missing", "There is nothing here that you may see. Check the ids in the address.");
}

export type ProblemDocument = {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** The request, as it stands in our logs and in the `x-request-id` header. */
  instance: string;
  errors?: Fault[];
};

export function problemDocument(
  name: ProblemName,
  fields: { detail: string; requestId: string; errors?: Fault[] | undefined },
): ProblemDocument {
  const { status, title } = PROBLEMS[name];
  return {
    type: `urn:aicd:problem:${name}`,
    title,
    status,
    detail: fields.detail,
    instance: `urn:aicd:request:${fields.requestId}`,
    ...(fields.errors === undefined ? {} : { errors: fields.errors }),
  };
}

import { AicdError, type ErrorKind } from "@aicd/core";
import type { z } from "zod";
import {
  ChangeSetAnswer,
  type ChangeSetRequest,
  CheckpointAnswer,
  type CheckpointRequest,
  EventsAnswer,
  type EventsRequest,
  HeartbeatAnswer,
  LeaseGrant,
  type LeaseRequest,
  PlanAnswer,
  type PlanRequest,
  PROTOCOL_HEADER,
  PROTOCOL_VERSION,
  Problem,
  ResultAnswer,
  type ResultRequest,
  ReviewAnswer,
  SearchAnswer,
  type SearchRequest,
} from "./messages.ts";

/** Another runner holds the attempt, or our lease is over: stop, write nothing more, exit 0. */
export class FencedError extends AicdError {
  constructor(message: string) {
    super("conflict", message, { retryable: false });
  }
}

export type RunnerClient = {
  /** @param oidcToken better a function, asked for each try: a token opens one lease, also when the answer was lost */
  lease(oidcToken: string | (() => Promise<string>), request: LeaseRequest): Promise<LeaseGrant>;
  heartbeat(lease: Lease): Promise<HeartbeatAnswer>;
  events(lease: Lease, events: EventsRequest["events"]): Promise<{ nextSeq: number }>;
  plan(
    lease: Lease,
    plan: z.infer<typeof PlanRequest>["plan"],
    transcript?: z.infer<typeof PlanRequest>["transcript"],
  ): Promise<PlanAnswer>;
  changeSet(lease: Lease, upload: Omit<ChangeSetRequest, "epoch">): Promise<{ changeSetId: string }>;
  review(lease: Lease, changeSetDigest: string): Promise<ReviewAnswer>;
  /** Tried once: the next checkpoint is worth more than a second try of this one. */
  checkpoint(lease: Lease, checkpoint: CheckpointRequest["checkpoint"]): Promise<void>;
  /** Tried once, since the runner can search by itself. Undefined: there is no index of the repository. */
  search(lease: Lease, question: Omit<SearchRequest, "epoch">): Promise<SearchAnswer | undefined>;
  result(lease: Lease, result: ResultRequest["result"]): Promise<void>;
};
export type Lease = { token: string; epoch: number };

const RETRY_DELAYS_MS = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000];

/**
 * Every call is idempotent, so network errors, 429 and 5xx are tried again for about half a lease;
 * then the error goes to the caller. 409 becomes FencedError at once.
 */
export function createRunnerClient(options: {
  url: string;
  fetch?: typeof fetch;
  sleep?: (ms: number) => Promise<void>;
}): RunnerClient {
  const send = options.fetch ?? fetch;
  const sleep = options.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  const base = options.url.replace(/\/$/, "");

  async function post<T>(
    path: string,
    token: string | (() => Promise<string>),
    body: unknown,
    answer: z.ZodType<T>,
    delays: readonly number[] = RETRY_DELAYS_MS,
  ): Promise<T> {
    const text = JSON.stringify(body);
    for (let attempt = 0; ; attempt++) {
      const key = typeof token === "string" ? token : await token();
      const outcome = await tryOnce(`${base}${path}`, key, text, answer);
      if (outcome.kind === "answer") return outcome.value;
      const delay = delays[attempt];
      if (!outcome.error.retryable || delay === undefined) throw outcome.error;
      await sleep(delay);
    }
  }

  async function tryOnce<T>(
    url: string,
    token: string,
    body: string,
    answer: z.ZodType<T>,
  ): Promise<{ kind: "answer"; value: T } | { kind: "error"; error: AicdError }> {
    let response: Response;
    try {
      response = await send(url, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          [PROTOCOL_HEADER]: PROTOCOL_VERSION,
        },
        body,
        signal: AbortSignal.timeout(30_000),
      });
      if (response.ok) return { kind: "answer", value: answer.parse(await response.json()) };
    } catch (cause) {
      const message = `The control plane at ${base} did not answer. Check that it runs and is reachable.`;
      return { kind: "error", error: new AicdError("unavailable", message, { cause }) };
    }
    return { kind: "error", error: await toError(response) };
  }

  return {
    lease: (oidcToken, request) => post("/v1/runner/lease", oidcToken, request, LeaseGrant),
    heartbeat: ({ token, epoch }) => post("/v1/runner/heartbeat", token, { epoch }, HeartbeatAnswer),
    events: ({ token, epoch }, events) => post("/v1/runner/events", token, { epoch, events }, EventsAnswer),
    plan: ({ token, epoch }, plan, transcript) =>
      post("/v1/runner/plan", token, { epoch, plan, transcript }, PlanAnswer),
    changeSet: ({ token, epoch }, upload) =>
      post("/v1/runner/changeset", token, { epoch, ...upload }, ChangeSetAnswer),
    review: ({ token, epoch }, changeSetDigest) =>
      post("/v1/runner/review", token, { epoch, changeSetDigest }, ReviewAnswer),
    async checkpoint({ token, epoch }, checkpoint) {
      await post("/v1/runner/checkpoint", token, { epoch, checkpoint }, CheckpointAnswer, []);
    },
    async search({ token, epoch }, question) {
      try {
        return await post("/v1/runner/search", token, { epoch, ...question }, SearchAnswer, []);
      } catch (error) {
        if (error instanceof AicdError && error.kind === "missing") return undefined;
        throw error;
      }
    },
    async result({ token, epoch }, result) {
      await post("/v1/runner/result", token, { epoch, result }, ResultAnswer);
    },
  };
}

const KIND_OF_STATUS: Record<number, ErrorKind> = {
  400: "invalid",
  401: "unauthenticated",
  402: "exhausted",
  403: "forbidden",
  404: "missing",
  413: "too_large",
  422: "invalid",
  429: "limited",
  503: "unavailable",
};

async function toError(response: Response): Promise<AicdError> {
  const text = await response.text();
  const problem = Problem.safeParse(parseJson(text));
  const detail = problem.success ? problem.data.detail : `The control plane answered ${response.status}.`;
  if (response.status === 409) return new FencedError(detail);
  const kind = KIND_OF_STATUS[response.status] ?? (response.status >= 500 ? "unavailable" : "invalid");
  return new AicdError(kind, detail);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy in between may answer with a page; the status alone then decides.
    return undefined;
  }
}

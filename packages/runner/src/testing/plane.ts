import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Checkpoint,
  changeSetDigest,
  DEFAULT_SETTINGS,
  type Plan,
  planHash,
  type Settings,
  type Snapshot,
  snapshotDigest,
} from "@aicd/core";
import {
  ChangeSetRequest,
  CheckpointRequest,
  EventsRequest,
  Heartbeat,
  LeaseGrant,
  LeaseRequest,
  PlanRequest,
  type ResultRequest,
  ResultRequest as ResultSchema,
  type RunnerEvent,
  type SearchAnswer,
  SearchRequest,
} from "@aicd/protocol";

export type TestPlane = {
  url: string;
  /** All that was accepted, in order. */
  events: RunnerEvent[];
  plans: Plan[];
  changeSets: ChangeSetRequest[];
  checkpoints: Checkpoint[];
  results: ResultRequest["result"][];
  /** The code index; without it searches are answered 404. */
  index?: (query: string) => SearchAnswer;
  /** Names of the calls, in order; what goes beside the story and keeps no order is left out. */
  calls: string[];
  /** Answers `cancel` in the next heartbeat. */
  cancel(reason: string): void;
  /** Answers 409 from now on, as after the lease went to another runner. */
  fence(): void;
  /** Answers these statuses to the next calls of a route before it works. */
  fail(route: string, ...statuses: number[]): void;
  onCall(listener: (route: string) => void): void;
  stop(): Promise<void>;
};

const BESIDE: ReadonlySet<string> = new Set(["heartbeat", "checkpoint", "search"]);
const PERSON = { login: "ada", permission: "write" } as const;

export const SNAPSHOT: Snapshot = {
  issue: {
    number: 7,
    title: "Sum is wrong",
    body: "1 + 1 gives 3",
    author: PERSON,
    url: "https://example.com/7",
  },
  comments: [],
  guidance: [],
  removed: [],
};

export type GrantInput = { startSha: string; baseSha?: string; settings?: Partial<Settings> } & Partial<
  Omit<LeaseGrant, "startSha" | "baseSha" | "settings">
>;

/** A control plane as the protocol describes it: numbered events, fenced epochs, idempotent calls. */
export async function startPlane(input: GrantInput): Promise<TestPlane> {
  const grant: LeaseGrant = LeaseGrant.parse({
    leaseToken: "lease-token-0123456789",
    epoch: 3,
    leaseMs: 60_000,
    heartbeatMs: 50,
    taskId: "tsk_1",
    attemptId: "att_1",
    phase: "plan",
    auto: false,
    repository: { owner: "acme", name: "sums", defaultBranch: "main" },
    snapshot: SNAPSHOT,
    plan: null,
    models: Object.fromEntries(
      ["planner", "coder", "critic"].map((role) => [
        role,
        { provider: "anthropic", model: "claude-sonnet-4" },
      ]),
    ),
    budget: { limitMicroUsd: 1_000_000, deadlineMs: Date.now() + 600_000, maxSteps: 50 },
    gateway: { anthropic: "http://127.0.0.1:1", openai: "http://127.0.0.1:1" },
    nextSeq: 5,
    ...input,
    baseSha: input.baseSha ?? input.startSha,
    // Whatever the machine offers: the levels have tests of their own.
    settings: { ...DEFAULT_SETTINGS, sandbox: "process", ...input.settings },
  });
  let cancelReason: string | undefined;
  let fenced = false;
  let leased = false;
  let nextSeq = grant.nextSeq;
  const failures = new Map<string, number[]>();
  const listeners: ((route: string) => void)[] = [];
  const plane: Omit<TestPlane, "url" | "stop"> = {
    events: [],
    plans: [],
    changeSets: [],
    checkpoints: [],
    results: [],
    calls: [],
    cancel(reason) {
      cancelReason = reason;
    },
    fence() {
      fenced = true;
    },
    fail: (route, ...statuses) => failures.set(route, statuses),
    onCall: (listener) => listeners.push(listener),
  };

  const routes: Record<string, (body: unknown) => unknown> = {
    lease(body) {
      LeaseRequest.parse(body);
      if (leased) throw new Refusal(409, "Another runner has the attempt.");
      leased = true;
      return grant;
    },
    heartbeat(body) {
      Heartbeat.parse(body);
      return { leaseMs: grant.leaseMs, cancel: cancelReason === undefined ? null : { reason: cancelReason } };
    },
    events(body) {
      for (const { seq, event } of EventsRequest.parse(body).events) {
        if (seq > nextSeq) throw new Refusal(400, `Expected event ${nextSeq}, got ${seq}.`);
        if (seq < nextSeq) continue;
        nextSeq += 1;
        plane.events.push(event);
      }
      return { nextSeq };
    },
    plan(body) {
      const { plan } = PlanRequest.parse(body);
      plane.plans.push(plan);
      const hash = planHash({
        plan,
        snapshotDigest: snapshotDigest(grant.snapshot),
        baseSha: grant.baseSha,
        budgetMicroUsd: grant.budget.limitMicroUsd,
      });
      return { hash, next: grant.auto ? "code" : "wait" };
    },
    changeset(body) {
      const upload = ChangeSetRequest.parse(body);
      if (changeSetDigest(upload.changeSet) !== upload.digest) throw new Refusal(422, "The digest is wrong.");
      plane.changeSets.push(upload);
      return { changeSetId: `chg_${plane.changeSets.length}` };
    },
    checkpoint(body) {
      plane.checkpoints.push(CheckpointRequest.parse(body).checkpoint);
      return { accepted: true };
    },
    search(body) {
      const { query } = SearchRequest.parse(body);
      if (plane.index === undefined) throw new Refusal(404, "There is no index.");
      return plane.index(query);
    },
    result(body) {
      plane.results.push(ResultSchema.parse(body).result);
      return { accepted: true };
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = (request.url ?? "").replace("/v1/runner/", "");
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const refuse = (status: number, detail: string) =>
      send(status, { type: "about:blank", title: "Refused", status, detail });
    try {
      const body = await readJson(request);
      if (!BESIDE.has(route)) plane.calls.push(route);
      for (const listener of listeners) listener(route);
      const failure = failures.get(route)?.shift();
      if (failure !== undefined) return refuse(failure, "A fault switched on by the test.");
      if (route !== "lease" && request.headers.authorization !== `Bearer ${grant.leaseToken}`) {
        return refuse(401, "This is not the lease token.");
      }
      if (fenced || (route !== "lease" && (body as { epoch?: unknown }).epoch !== grant.epoch)) {
        return refuse(409, "The lease is lost.");
      }
      const handler = routes[route];
      if (handler === undefined) return refuse(404, `There is no route ${route}.`);
      send(200, handler(body));
    } catch (error) {
      if (error instanceof Refusal) refuse(error.status, error.message);
      else refuse(400, String(error));
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(plane, {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString());
}

import {
  type AgentRole,
  type ChangeSet,
  type Evidence,
  groundDigest,
  type ModelChoice,
  type Plan,
  planHash,
} from "@aicd/core";
import type { LeaseGrant, ResultRequest, RunnerClient, RunnerEvent } from "@aicd/protocol";

export type LocalWork = Pick<LeaseGrant, "snapshot" | "settings" | "budget" | "repository"> & {
  /** Our own loop where no agent is named. */
  models: Record<AgentRole, Omit<ModelChoice, "agent"> & Partial<Pick<ModelChoice, "agent">>>;
  /** Commit to work on; its instructions count too. */
  startSha: string;
};

export type LocalPlane = {
  /** What `runAttempt` speaks to instead of a server. */
  client: RunnerClient;
  /** The change the critic saw last, with its proof. */
  proposed(): { changeSet: ChangeSet; evidence: Evidence } | undefined;
  result(): ResultRequest["result"] | undefined;
};

/** A beat costs nothing here; this only keeps the timer quiet. */
const HEARTBEAT_MS = 60_000;

/**
 * A control plane inside this process, for work without a server: one attempt, one lease that nobody
 * can take away, and a person asked about the plan in place.
 *
 * @param decide shows the plan and answers whether to code it
 */
export function createLocalPlane(options: {
  work: LocalWork;
  decide: (plan: Plan, hash: string) => Promise<boolean>;
  onEvent: (event: RunnerEvent) => void;
}): LocalPlane {
  const { work, decide, onEvent } = options;
  let proposed: { changeSet: ChangeSet; evidence: Evidence } | undefined;
  let result: ResultRequest["result"] | undefined;

  const client: RunnerClient = {
    lease: async () => ({
      ...work,
      models: {
        planner: { agent: "model", ...work.models.planner },
        coder: { agent: "model", ...work.models.coder },
        critic: { agent: "model", ...work.models.critic },
      },
      baseSha: work.startSha,
      leaseToken: "",
      epoch: 1,
      leaseMs: Number.MAX_SAFE_INTEGER,
      heartbeatMs: HEARTBEAT_MS,
      taskId: "local",
      attemptId: "local",
      phase: "plan",
      auto: true,
      plan: null,
      gateway: { anthropic: "", openai: "" },
      nextSeq: 0,
      checkpoint: null,
      transcript: null,
      critic: "runner",
    }),
    heartbeat: async () => ({ leaseMs: Number.MAX_SAFE_INTEGER, cancel: null }),
    async events(_lease, events) {
      for (const { event } of events) onEvent(event);
      return { nextSeq: (events.at(-1)?.seq ?? 0) + 1 };
    },
    async plan(_lease, plan) {
      const hash = planHash({
        plan,
        snapshotDigest: groundDigest(work),
        baseSha: work.startSha,
        budgetMicroUsd: work.budget.limitMicroUsd,
      });
      return { hash, next: (await decide(plan, hash)) ? "code" : "wait" };
    },
    async changeSet(_lease, { changeSet, evidence }) {
      proposed = { changeSet, evidence };
      return { changeSetId: "local" };
    },
    // The critic is asked here, so that nobody waits for another.
    review: async () => ({ kind: "pending" }),
    // Nobody takes this work over: the process that ends has told its person so.
    async checkpoint() {},
    // There is no index but the checkout's own.
    async search() {
      return undefined;
    },
    async result(_lease, said) {
      result = said;
    },
  };
  return { client, proposed: () => proposed, result: () => result };
}

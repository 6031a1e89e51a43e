import {
  ChangeSet,
  Checkpoint,
  CRITICS,
  CriticVerdict,
  Evidence,
  exact,
  FAILURE_REASONS,
  Finding,
  LIMITS,
  ModelChoice,
  PHASES,
  Plan,
  Settings,
  Snapshot,
  ThreadReceipt,
  Transcript,
  text,
} from "@aicd/core";
import { z } from "zod";

/** Bumped when a message changes in a way an older peer cannot read. Sent as `x-aicd-protocol`. */
export const PROTOCOL_VERSION = "1";
export const PROTOCOL_HEADER = "x-aicd-protocol";

const sha = z.string().regex(/^[0-9a-f]{40}$/);
const attemptId = exact(64);

/** `POST /v1/runner/lease`, `authorization: Bearer <OIDC token>`. 409: another runner has the attempt. */
export const LeaseRequest = z.object({ attemptId, runKey: exact(128) });
export type LeaseRequest = z.infer<typeof LeaseRequest>;

/** All a runner needs for one attempt, and nothing that could write or that outlives the lease. */
export const LeaseGrant = z.object({
  /** Key of all further calls, model calls included. Never log it. */
  leaseToken: z.string(),
  epoch: z.int32(),
  leaseMs: z.number().int(),
  heartbeatMs: z.number().int(),
  taskId: z.string(),
  attemptId,
  phase: z.enum(PHASES),
  /** The plan is accepted without a person: the same lease goes on to code. */
  auto: z.boolean(),
  repository: z.object({ owner: z.string(), name: z.string(), defaultBranch: z.string() }),
  /** Commit the attempt works on: the base for `plan` and `code`, the head of the pull request for `revise`. */
  startSha: sha,
  /** Commit whose instructions and settings count. */
  baseSha: sha,
  snapshot: Snapshot,
  settings: Settings,
  plan: Plan.nullable(),
  models: z.object({ planner: ModelChoice, coder: ModelChoice, critic: ModelChoice }),
  budget: z.object({ limitMicroUsd: z.number().int(), deadlineMs: z.number(), maxSteps: z.number().int() }),
  /** Where the vendor SDKs point, with the lease token as their key. */
  gateway: z.object({ anthropic: z.string(), openai: z.string() }),
  /** The next sequence number the control plane expects of this attempt's events. */
  nextSeq: z.int32(),
  /** Where a lost runner left this very work; null to start from nothing. */
  checkpoint: Checkpoint.nullable().default(null),
  /** The conversation the approved plan was made in, or what was coded by it. */
  transcript: Transcript.nullable().default(null),
  /** Whose critic judges the change. Where it is the server's, nobody asks one here. */
  critic: z.enum(CRITICS).default("runner"),
});
export type LeaseGrant = z.infer<typeof LeaseGrant>;

/** Integers that are stored are those the database has room for. */
const fenced = { epoch: z.int32() };

/** `POST /v1/runner/heartbeat`; 409: the lease is lost, stop and exit 0. */
export const Heartbeat = z.object({ ...fenced });
export const HeartbeatAnswer = z.object({
  leaseMs: z.number().int(),
  cancel: z.object({ reason: z.string() }).nullable(),
});
export type HeartbeatAnswer = z.infer<typeof HeartbeatAnswer>;

export const RunnerEvent = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("phase.entered"),
    phase: z.enum(["planning", "coding", "checking", "reviewing"]),
    detail: text(500).optional(),
  }),
  z.object({
    type: z.literal("tool.used"),
    tool: text(100),
    detail: text(500),
    ok: z.boolean(),
  }),
  z.object({ type: z.literal("model.used"), model: exact(200), microUsd: z.number().nonnegative() }),
  z.object({ type: z.literal("note.made"), text: text(2_000) }),
  z.object({
    type: z.literal("check.run"),
    command: text(1_000),
    exitCode: z.int32().nullable(),
  }),
  /** The critic sends the work back: REVIEWING → CODING under the same lease. */
  z.object({
    type: z.literal("review.rejected"),
    changeSetDigest: exact(128),
    findings: z.array(Finding).max(50),
    summary: text(4_000),
  }),
]);
export type RunnerEvent = z.infer<typeof RunnerEvent>;

/** `POST /v1/runner/events`: numbered from `nextSeq`; a repeated number is ignored, a gap is refused. */
export const EventsRequest = z.object({
  ...fenced,
  events: z
    .array(z.object({ seq: z.int32().nonnegative(), event: RunnerEvent }))
    .min(1)
    .max(LIMITS.runnerEventsPerPost),
});
export type EventsRequest = z.infer<typeof EventsRequest>;
export const EventsAnswer = z.object({ nextSeq: z.number().int() });

/** `POST /v1/runner/plan` */
/** `transcript`: the conversation the plan was made in, for whoever carries it out. */
export const PlanRequest = z.object({ ...fenced, plan: Plan, transcript: Transcript.optional() });
export const PlanAnswer = z.object({
  hash: z.string(),
  /** `wait`: this attempt is done. `code`: the plan is accepted and the lease goes on. */
  next: z.enum(["wait", "code"]),
});
export type PlanAnswer = z.infer<typeof PlanAnswer>;

/** `POST /v1/runner/changeset`: idempotent by digest; moves CODING → REVIEWING. 422 with findings when refused. */
export const ChangeSetRequest = z.object({
  ...fenced,
  digest: exact(128),
  changeSet: ChangeSet,
  evidence: Evidence,
});
export type ChangeSetRequest = z.infer<typeof ChangeSetRequest>;
export const ChangeSetAnswer = z.object({ changeSetId: z.string() });

/** `POST /v1/runner/review`: the word of the server's critic on an uploaded change; asked until it is there. */
export const ReviewRequest = z.object({ ...fenced, changeSetDigest: exact(128) });
export type ReviewRequest = z.infer<typeof ReviewRequest>;
/** `rejected`: the task is being coded again, under the same lease. A last "no" is a 409: the attempt is over. */
export const ReviewAnswer = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("pending") }),
  z.object({ kind: z.literal("approved"), verdict: CriticVerdict }),
  z.object({ kind: z.literal("rejected"), verdict: CriticVerdict }),
]);
export type ReviewAnswer = z.infer<typeof ReviewAnswer>;

/** `POST /v1/runner/checkpoint`: the latest one counts. Refused like a ChangeSet; the work goes on regardless. */
export const CheckpointRequest = z.object({ ...fenced, checkpoint: Checkpoint });
export type CheckpointRequest = z.infer<typeof CheckpointRequest>;
export const CheckpointAnswer = z.object({ accepted: z.literal(true) });

/**
 * `POST /v1/runner/search`: asks the code index of the repository, which knows its history too.
 * 404: there is no index yet.
 */
export const SearchRequest = z.object({
  ...fenced,
  query: text(LIMITS.searchCharacters),
  limit: z.number().int().min(1).max(50),
});
export type SearchRequest = z.infer<typeof SearchRequest>;
export const SearchAnswer = z.object({
  /** What was searched; it may be older or newer than the checkout. */
  commit: sha,
  hits: z
    .array(
      z.object({
        path: exact(4_096),
        symbol: text(500).nullable(),
        from: z.int32().min(1),
        to: z.int32().min(1),
        score: z.number(),
        reason: text(1_000),
      }),
    )
    .max(50),
});
export type SearchAnswer = z.infer<typeof SearchAnswer>;

/** `POST /v1/runner/result`: the last word of an attempt. Idempotent. */
export const ResultRequest = z.object({
  ...fenced,
  result: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("planned") }),
    z.object({
      kind: z.literal("approved"),
      changeSetDigest: exact(128),
      verdict: CriticVerdict,
      receipts: z.array(ThreadReceipt).max(200),
      /** The conversation that made it, to answer a review or red checks from. */
      transcript: Transcript.optional(),
    }),
    z.object({ kind: z.literal("question"), questions: z.array(text(4_000)).min(1).max(10) }),
    z.object({ kind: z.literal("failed"), reason: z.enum(FAILURE_REASONS), detail: text(8_000) }),
    z.object({ kind: z.literal("cancelled") }),
  ]),
});
export type ResultRequest = z.infer<typeof ResultRequest>;
export const ResultAnswer = z.object({ accepted: z.literal(true) });

/** Body of every refusal (RFC 9457). */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  findings: z.array(z.unknown()).optional(),
});
export type Problem = z.infer<typeof Problem>;

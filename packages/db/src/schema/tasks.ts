import type {
  AttemptId,
  AttemptState,
  ChangeSetId,
  CiHistory,
  CriticSide,
  Excuse,
  FailedCheck,
  FailureReason,
  Ground,
  IntentSource,
  Phase,
  PlanId,
  RepositoryId,
  Snapshot,
  TaskId,
  TaskState,
  TenantId,
  ThreadReceipt,
} from "@aicd/core";
import type { CommandFlags } from "@aicd/core/command";
import { bigint, customType, integer, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";

const at = (name: string) => timestamp(name, { withTimezone: true });
const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });

export type Actor = { login: string; id: number };
export type Guidance = Snapshot["guidance"];

/** What an attempt works with, frozen when it was made: later edits do not reach it. */
export type AttemptContext = Ground & {
  defaultBranch: string;
  baseBranch: string;
  baseSha: string;
  startSha: string;
  /** Whose critic judges its change: its tenant's word when it was made. Left out by older releases: the runner's. */
  critic?: CriticSide;
};

/** The check run of a pull request, as we last left it at GitHub; or that the App may not write any. */
export type CheckRunNote =
  | {
      kind: "written";
      id: number;
      /** The commit it is on. */
      sha: string;
      /** Of what it shows, so that the same is not written twice. */
      digest: string;
      /** It does not spin. */
      completed: boolean;
    }
  | { kind: "refused" };

/** Red checks of a pull request: what rounds were made of them, and what one that is at work is to mend. */
export type CiNote = CiHistory & { failing: FailedCheck[] };

export const tasks = pgTable("tasks", {
  tenantId: text("tenant_id").$type<TenantId>().notNull(),
  id: text().$type<TaskId>().notNull(),
  repositoryId: text("repository_id").$type<RepositoryId>().notNull(),
  issueNumber: integer("issue_number").notNull(),
  issueTitle: text("issue_title").notNull(),
  state: text().$type<TaskState>().notNull(),
  stateAt: at("state_at").notNull().defaultNow(),
  phase: text().$type<Phase>().notNull(),
  mode: text().$type<"wait" | "auto">().notNull(),
  requestedBy: jsonb("requested_by").$type<Actor>().notNull(),
  source: jsonb().$type<IntentSource>().notNull(),
  flags: jsonb().$type<CommandFlags>().notNull(),
  guidance: jsonb().$type<Guidance>().notNull().default([]),
  /** Of the last review that was taken up; kept for the release before. */
  reviewId: bigint("review_id", { mode: "number" }),
  nextReviewId: bigint("next_review_id", { mode: "number" }),
  /** The reviews a retry works on; empty when it has answered them. */
  reviewIds: bigint("review_ids", { mode: "number" }).array().notNull().default([]),
  /** Those that came meanwhile: the next retry's. */
  waitingReviewIds: bigint("waiting_review_ids", { mode: "number" }).array().notNull().default([]),
  retriesFrom: integer("retries_from").notNull().default(0),
  budgetMicroUsd: bigint("budget_micro_usd", { mode: "number" }).notNull(),
  spentMicroUsd: bigint("spent_micro_usd", { mode: "number" }).notNull().default(0),
  /** Reserved for model calls that are under way. */
  heldMicroUsd: bigint("held_micro_usd", { mode: "number" }).notNull().default(0),
  baseBranch: text("base_branch"),
  branch: text(),
  pullRequestNumber: integer("pull_request_number"),
  pullRequestUrl: text("pull_request_url"),
  headSha: text("head_sha"),
  planId: text("plan_id").$type<PlanId>(),
  changeSetId: text("change_set_id").$type<ChangeSetId>(),
  reason: text().$type<FailureReason>(),
  detail: text(),
  progress: text(),
  statusCommentId: bigint("status_comment_id", { mode: "number" }),
  checkRun: jsonb("check_run").$type<CheckRunNote>(),
  checkClaimedUntil: at("check_claimed_until"),
  ci: jsonb().$type<CiNote>(),
  /** When GitHub was last asked how the open pull request stands. */
  pullRequestAskedAt: at("pull_request_asked_at"),
  threadVersion: integer("thread_version").notNull().default(1),
  threadRendered: integer("thread_rendered").notNull().default(0),
  createdAt: at("created_at").notNull().defaultNow(),
});
export type Task = typeof tasks.$inferSelect;

export const attempts = pgTable("attempts", {
  tenantId: text("tenant_id").$type<TenantId>().notNull(),
  id: text().$type<AttemptId>().notNull(),
  taskId: text("task_id").$type<TaskId>().notNull(),
  number: integer().notNull(),
  phase: text().$type<Phase>().notNull(),
  state: text().$type<AttemptState>().notNull(),
  runKey: text("run_key").notNull(),
  epoch: integer().notNull().default(0),
  context: jsonb().$type<AttemptContext>(),
  tokenHash: bytea("token_hash"),
  leaseUntil: at("lease_until"),
  dispatchedAt: at("dispatched_at"),
  askedAt: at("asked_at"),
  runId: bigint("run_id", { mode: "number" }),
  runAttempt: integer("run_attempt"),
  nextSeq: integer("next_seq").notNull().default(0),
  cancelReason: text("cancel_reason"),
  reason: text().$type<FailureReason>(),
  /** Why its calls are not billed. */
  excused: text().$type<Excuse>(),
  detail: text(),
  receipts: jsonb().$type<ThreadReceipt[]>(),
  createdAt: at("created_at").notNull().defaultNow(),
  endedAt: at("ended_at"),
});
export type Attempt = typeof attempts.$inferSelect;

export const oidcTokens = pgTable("oidc_tokens", {
  jti: text().primaryKey(),
  attemptId: text("attempt_id").notNull(),
  usedAt: at("used_at").notNull().defaultNow(),
});

import type {
  AttemptId,
  ChangeSet,
  ChangeSetId,
  Checkpoint,
  CommentId,
  Difference,
  Evidence,
  Excuse,
  Id,
  Phase,
  Plan,
  PlanId,
  Price,
  RepositoryId,
  TaskId,
  TenantId,
  Tokens,
  UsageId,
} from "@aicd/core";
import {
  bigint,
  boolean,
  customType,
  date,
  doublePrecision,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
} from "drizzle-orm/pg-core";
import type { Actor } from "./tasks.ts";

const at = (name: string) => timestamp(name, { withTimezone: true });
const tenantId = () => text("tenant_id").$type<TenantId>().notNull();
const taskId = () => text("task_id").$type<TaskId>().notNull();
const attemptId = () => text("attempt_id").$type<AttemptId>().notNull();

/** What was edited since a plan was approved: a unified diff of it, cut to what is shown. */
export type Edit = Pick<Difference, "what" | "of"> & { patch: string };

const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });

export const plans = pgTable("plans", {
  tenantId: tenantId(),
  id: text().$type<PlanId>().notNull(),
  taskId: taskId(),
  attemptId: attemptId(),
  hash: text().notNull(),
  body: jsonb().$type<Plan>().notNull(),
  baseSha: text("base_sha").notNull(),
  snapshotDigest: text("snapshot_digest").notNull(),
  /** The hard stop the plan was priced with; part of what an approval speaks of. */
  budgetMicroUsd: bigint("budget_micro_usd", { mode: "number" }).notNull(),
  state: text().$type<"proposed" | "approved" | "void">().notNull(),
  approvedBy: jsonb("approved_by").$type<Actor>(),
  /** Edits from here on do not reach the task; null: an edit still makes the approval void. */
  frozenAt: at("frozen_at"),
  edits: jsonb().$type<Edit[]>().notNull().default([]),
  createdAt: at("created_at").notNull().defaultNow(),
});
export type PlanRow = typeof plans.$inferSelect;

export const changeSets = pgTable("change_sets", {
  tenantId: tenantId(),
  id: text().$type<ChangeSetId>().notNull(),
  taskId: taskId(),
  attemptId: attemptId(),
  digest: text().notNull(),
  body: jsonb().$type<ChangeSet>().notNull(),
  evidence: jsonb().$type<Evidence>().notNull(),
  commitSha: text("commit_sha"),
  /** A person had it published although it was not finished. */
  partial: boolean().notNull().default(false),
  createdAt: at("created_at").notNull().defaultNow(),
});
export type ChangeSetRow = typeof changeSets.$inferSelect;

export const evidence = pgTable("evidence", {
  tenantId: tenantId(),
  id: text().$type<Id<"evidence">>().notNull(),
  taskId: taskId(),
  changeSetId: text("change_set_id").$type<ChangeSetId>().notNull(),
  stage: text().$type<"setup" | "before" | "reproduction" | "after">().notNull(),
  position: integer().notNull(),
  command: text().notNull(),
  exitCode: integer("exit_code"),
  durationMs: doublePrecision("duration_ms").notNull(),
  passed: integer(),
  failed: integer(),
  skipped: integer(),
  outputTail: text("output_tail").notNull(),
});

export const verdicts = pgTable("verdicts", {
  tenantId: tenantId(),
  id: text().$type<Id<"verdict">>().notNull(),
  taskId: taskId(),
  changeSetId: text("change_set_id").$type<ChangeSetId>().notNull(),
  judge: text().$type<"critic" | "policy">().notNull(),
  kind: text().notNull(),
  body: jsonb().$type<unknown>().notNull(),
  createdAt: at("created_at").notNull().defaultNow(),
});

export const usage = pgTable("usage", {
  tenantId: tenantId(),
  id: text().$type<UsageId>().notNull(),
  key: text().notNull(),
  taskId: taskId(),
  attemptId: attemptId(),
  provider: text().notNull(),
  model: text().notNull(),
  tokens: jsonb().$type<Tokens>().notNull(),
  price: jsonb().$type<Price>().notNull(),
  microUsd: bigint("micro_usd", { mode: "number" }).notNull(),
  /** Not the vendor's count: the answer ended without it, or the server did. */
  estimated: boolean().notNull().default(false),
  /** Why it is not billed although it cost something. */
  excused: text().$type<Excuse>(),
  createdAt: at("created_at").notNull().defaultNow(),
});

/** What a tenant's month has cost, and what is held of it for model calls under way. */
export const spendMonths = pgTable("spend_months", {
  tenantId: tenantId(),
  month: date().notNull(),
  spentMicroUsd: bigint("spent_micro_usd", { mode: "number" }).notNull().default(0),
  heldMicroUsd: bigint("held_micro_usd", { mode: "number" }).notNull().default(0),
});

/** Model calls under way; `tokens` are their bounds. */
export const reservations = pgTable("reservations", {
  tenantId: tenantId(),
  id: text().$type<UsageId>().notNull(),
  taskId: taskId(),
  attemptId: attemptId(),
  provider: text().notNull(),
  model: text().notNull(),
  month: date().notNull(),
  heldMicroUsd: bigint("held_micro_usd", { mode: "number" }).notNull(),
  tokens: jsonb().$type<Tokens>().notNull(),
  price: jsonb().$type<Price>().notNull(),
  createdAt: at("created_at").notNull().defaultNow(),
  seenAt: at("seen_at").notNull().defaultNow(),
});

export const events = pgTable("events", {
  tenantId: tenantId(),
  id: text().$type<Id<"event">>().notNull(),
  taskId: taskId(),
  type: text().notNull(),
  body: jsonb().$type<Record<string, unknown>>().notNull(),
  at: at("at").notNull().defaultNow(),
});
export type EventRow = typeof events.$inferSelect;

/** Where a text of ours goes. */
export type CommentTarget =
  | { kind: "issue"; number: number }
  | { kind: "review_comment"; pullRequestNumber: number; commentId: number };

export const comments = pgTable("comments", {
  tenantId: tenantId(),
  id: text().$type<CommentId>().notNull(),
  /** Null: it was said where no task is; then it belongs to `repositoryId`. */
  taskId: text("task_id").$type<TaskId>(),
  repositoryId: text("repository_id").$type<RepositoryId>(),
  key: text().notNull(),
  target: jsonb().$type<CommentTarget>().notNull(),
  body: text().notNull(),
  githubId: bigint("github_id", { mode: "number" }),
  createdAt: at("created_at").notNull().defaultNow(),
});

export const checkpoints = pgTable("checkpoints", {
  tenantId: tenantId(),
  id: text().$type<Id<"checkpoint">>().notNull(),
  taskId: taskId(),
  attemptId: attemptId(),
  phase: text().$type<Phase>().notNull(),
  seq: integer().notNull(),
  body: jsonb().$type<Checkpoint>().notNull(),
  createdAt: at("created_at").notNull().defaultNow(),
});
export type CheckpointRow = typeof checkpoints.$inferSelect;

export const transcripts = pgTable("transcripts", {
  tenantId: tenantId(),
  taskId: taskId(),
  planId: text("plan_id").$type<PlanId>().notNull(),
  masterKey: text("master_key").notNull(),
  wrappedKey: bytea("wrapped_key").notNull(),
  sealed: bytea().notNull(),
  createdAt: at("created_at").notNull().defaultNow(),
});

import type { Permissions } from "../http/permissions.ts";
import type { Account } from "./account.ts";
import type { Repository, Workflow } from "./types.ts";

type RunConclusion = "success" | "failure" | "cancelled" | "timed_out" | "startup_failure";

export interface WorkflowRun {
  id: number;
  nodeId: string;
  repository: Repository;
  workflow: Workflow;
  number: number;
  attempt: number;
  event: "workflow_dispatch" | "repository_dispatch";
  /** What GITHUB_EVENT_PATH holds. */
  payload: Record<string, unknown>;
  inputs: Record<string, string>;
  ref: string;
  sha: string;
  /** GitHub's `simple-commit` of what is run. */
  headCommit: Record<string, unknown>;
  actor: Account;
  /** Who started this attempt, which differs from the actor once somebody runs it again. */
  triggeringActor: Account;
  /** Set when an account ended it; a newer run of its group does so too, in nobody's name. */
  cancelledBy: Account | undefined;
  /** The workflow file as it was when the run began. */
  source: string;
  /** The run as it stood at the end of each attempt before this one. */
  earlier: WorkflowRun[];
  displayTitle: string;
  status: "queued" | "in_progress" | "completed";
  conclusion: RunConclusion | null;
  createdAt: string;
  startedAt: string;
  updatedAt: string;
  jobs: WorkflowJob[];
  /** Why a run that never started did not, in words. */
  problem: string | undefined;
  cancelled: AbortController;
}

export interface WorkflowStep {
  number: number;
  id: string | undefined;
  name: string;
  status: "queued" | "in_progress" | "completed";
  conclusion: "success" | "failure" | "cancelled" | "skipped" | null;
  startedAt: string | null;
  completedAt: string | null;
  outputs: Record<string, string>;
}

export interface JobArtifact {
  id: number;
  nodeId: string;
  name: string;
  files: { path: string; content: Buffer }[];
  createdAt: string;
}

export interface WorkflowJob {
  id: number;
  nodeId: string;
  run: WorkflowRun;
  key: string;
  name: string;
  labels: string[];
  status: "queued" | "in_progress" | "completed";
  conclusion: RunConclusion | "skipped" | null;
  createdAt: string;
  startedAt: string | null;
  completedAt: string | null;
  steps: WorkflowStep[];
  log: string;
  summary: string;
  outputs: Record<string, string>;
  /** The machine of somebody's own that took it. */
  runner: { id: number; name: string } | undefined;
  artifacts: JobArtifact[];
  /** What Actions itself says about the job, in words. */
  annotations: string[];
  permissions: Permissions;
  token: string | undefined;
  oidcRequestToken: string | undefined;
}

import type { AgentScope, AgentTask, IAgent } from "@aicd/core";
import type { LeaseGrant, ResultRequest, RunnerClient, RunnerEvent } from "@aicd/protocol";
import type { Tree } from "../checkout/tree.ts";
import type { CheckedWorkspace } from "../checkout/workspace.ts";
import type { CheckRun } from "../checks/run-checks.ts";
import type { Commands } from "../derive/plan.ts";
import type { EventLog } from "../lease/events.ts";
import type { Checkpoints } from "./checkpoints.ts";

export type Result = ResultRequest["result"];
export type Failed = Extract<Result, { kind: "failed" }>;

/** All that the phases of one attempt share. */
export type Attempt = {
  grant: LeaseGrant;
  client: RunnerClient;
  lease: { token: string; epoch: number };
  events: EventLog;
  agent: IAgent;
  task: AgentTask;
  scope: AgentScope & { workspace: CheckedWorkspace };
  workspaceDir: string;
  tree: Tree;
  /** How the repository prepares and proves itself, for a change that touches these paths; undefined: any. */
  commandsFor: (touched?: readonly string[]) => Commands;
  /** Those in use. */
  commands: Commands;
  checkpoints: Checkpoints;
  checkRun: CheckRun;
};

export function failed(reason: Failed["reason"], detail: string): Failed {
  return { kind: "failed", reason, detail: detail.slice(0, 8_000) };
}

export function enter(
  attempt: Attempt,
  phase: Extract<RunnerEvent, { type: "phase.entered" }>["phase"],
): void {
  attempt.events.add({ type: "phase.entered", phase });
}

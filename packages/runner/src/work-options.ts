import type { AgentProgress, IAgent, SandboxLevel } from "@aicd/core";
import type { LeaseGrant, RunnerClient } from "@aicd/protocol";

/** What work under a lease needs. */
export type WorkOptions = {
  client: RunnerClient;
  /** A clone of the repository with an `origin`. */
  workspaceDir: string;
  /** An empty directory outside the workspace, ours alone. */
  tempDir: string;
  /** PATH for git and for the repository's commands. */
  path: string;
  /** Extra environment for `git fetch`, e.g. access to a private repository. Its values are secrets. */
  gitEnv?: Record<string, string>;
  /** Directories whose content commands of the repository should not see. */
  hidden?: string[];
  /** Files whose lines steer later steps of the job: `GITHUB_ENV` and its like. */
  commandFiles?: string[];
  /** Strongest sandbox that is tried; everything this machine has when left out. */
  atMost?: SandboxLevel | undefined;
  /** What a person can do whose machine has no sandbox as strong as demanded. */
  optOut?: string | undefined;
  createAgent: (grant: LeaseGrant) => IAgent | Promise<IAgent>;
  /** The process is asked to end: children are killed and the lease is left to run out. */
  signal: AbortSignal;
  /** Must not throw. */
  log: (progress: AgentProgress) => void;
  /** Epoch milliseconds. */
  now?: () => number;
};

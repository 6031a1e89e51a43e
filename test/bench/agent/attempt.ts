import { join } from "node:path";
import { issueFromFile } from "../../../packages/cli/src/run/issue.ts";
import { settingsAt } from "../../../packages/cli/src/run/settings.ts";
import {
  type AgentProgress,
  addTokens,
  type ChangeSet,
  type IAgent,
  LIMITS,
  NO_TOKENS,
  type Provider,
  type Tokens,
} from "../../../packages/core/src/index.ts";
import { type AttemptReport, createLocalPlane, runAttempt } from "../../../packages/runner/src/index.ts";
import { checkOut } from "./checkout.ts";
import type { Task } from "./task.ts";

export type Measured = {
  report: AttemptReport;
  /** The last change the agent handed over. */
  changeSet: ChangeSet | undefined;
  /** How commands were shut in; undefined when none was run. */
  sandbox: string | undefined;
  /** Answers of the model. */
  steps: number;
  tokens: Tokens;
  microUsd: number;
};

export type AttemptOptions = {
  createAgent: () => IAgent | Promise<IAgent>;
  choice: { provider: Provider; model: string };
  budgetUsd: number | undefined;
  directory: string;
  path: string;
  /** Where the tasks lie, with their judges. */
  hidden: string[];
  signal: AbortSignal;
  log: (progress: AgentProgress) => void;
};

/** Nobody watches a measurement; a question once asked gets this answer. */
const NOBODY =
  "Nobody is here to answer. Decide yourself what the maintainers would most likely want, say so in the summary, and go on.";
const ME = { login: "you", permission: "admin" } as const;

/** Issue → plan → change → checks → review, on the road of `aicd run`, with all that was used on the way. */
export async function attempt(task: Task, options: AttemptOptions): Promise<Measured> {
  const used = { steps: 0, tokens: NO_TOKENS, microUsd: 0 };
  const log = (progress: AgentProgress) => {
    if (progress.type === "usage") {
      used.steps += 1;
      used.tokens = addTokens(used.tokens, progress.tokens);
      used.microUsd += progress.microUsd;
    }
    options.log(progress);
  };
  const first = await once(task, { ...options, log, directory: join(options.directory, "first") }, []);
  if (first.report.outcome !== "question" || options.signal.aborted) return { ...first, ...used };
  const again = { ...options, log, directory: join(options.directory, "second") };
  return { ...(await once(task, again, [NOBODY], used.microUsd)), ...used };
}

async function once(task: Task, options: AttemptOptions, guidance: string[], spentMicroUsd = 0) {
  const { directory, path, signal, log, createAgent, hidden } = options;
  const { sha, git, directory: workspaceDir } = await checkOut(task, join(directory, "workspace"));
  const settings = await settingsAt(git, sha);
  const { issue } = await issueFromFile(task.issue);
  const limitMicroUsd = Math.round((options.budgetUsd ?? settings.budgetUsd) * 1e6) - spentMicroUsd;
  const plane = createLocalPlane({
    work: {
      snapshot: {
        issue,
        comments: [],
        guidance: guidance.map((text) => ({ author: ME, text })),
        removed: [],
      },
      settings,
      models: { planner: options.choice, coder: options.choice, critic: options.choice },
      budget: { limitMicroUsd, deadlineMs: Date.now() + LIMITS.attemptMs, maxSteps: LIMITS.stepsPerPhase },
      repository: { owner: "local", name: task.name, defaultBranch: "main" },
      startSha: sha,
    },
    decide: async () => true,
    onEvent(event) {
      if (event.type === "phase.entered") log({ type: "phase", phase: event.phase });
    },
  });
  const report = await runAttempt({
    client: plane.client,
    oidcToken: async () => "",
    attemptId: "local",
    runKey: "local",
    workspaceDir,
    tempDir: join(directory, "runner"),
    path,
    hidden,
    createAgent,
    signal,
    log,
  });
  const proposed = plane.proposed();
  return { report, changeSet: proposed?.changeSet, sandbox: proposed?.evidence.sandbox };
}

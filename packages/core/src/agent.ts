import type { FailureReason } from "./attempt.ts";
import type { CodeSearch } from "./code-search.ts";
import type { AicdError } from "./errors.ts";
import type { Evidence } from "./evidence.ts";
import type { Plan } from "./plan.ts";
import type { CriticVerdict, Finding, ThreadReceipt } from "./review.ts";
import type { SandboxLevel, Settings } from "./settings.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Transcript } from "./transcript.ts";
import type { Tokens } from "./usage.ts";

/** Output and exit of one command; `exitCode` is null when it was stopped. Bounded by the workspace. */
export type CommandResult = {
  exitCode: number | null;
  output: string;
  durationMs: number;
  timedOut: boolean;
  /** Which limit of the sandbox ended it, as half a sentence: "it used more than 6 GiB of memory". */
  limit?: string;
};

/**
 * The checkout as an agent sees it. Paths are relative to its root; whatever leads outside, into
 * `.git` or through a symlink is refused with an AicdError of kind `forbidden`, whose message is fit
 * for the model.
 */
export interface Workspace {
  read(path: string): Promise<string>;
  write(path: string, content: string): Promise<void>;
  delete(path: string): Promise<void>;
  /** Names in a directory, directories with a trailing slash. */
  list(path: string): Promise<string[]>;
  /**
   * `path:line:text` of tracked and untracked files, whatever the case; `pattern` is an extended regular expression,
   * or the very text when `literal`.
   */
  search(pattern: string, options: { path?: string; context?: number; literal?: boolean }): Promise<string>;
  run(command: string, options: { timeoutMs: number; signal?: AbortSignal }): Promise<CommandResult>;
  /** Unified diff of the working tree against the commit the attempt started from. */
  diff(): Promise<string>;
}

/** What happens inside an attempt, for the terminal, the thread and the record. */
export type AgentProgress =
  | { type: "phase"; phase: "planning" | "coding" | "checking" | "reviewing"; detail?: string }
  | { type: "tool"; tool: string; detail: string; ok: boolean }
  | { type: "text"; text: string }
  | { type: "usage"; provider: string; model: string; tokens: Tokens; microUsd: number }
  | { type: "note"; text: string };

/** Hard ends of a piece of work. `spentMicroUsd` grows as usage is reported. */
export interface Budget {
  readonly limitMicroUsd: number;
  readonly deadlineMs: number;
  readonly maxSteps: number;
  spentMicroUsd(): number;
}

/** A command line agent, to be started in the sandbox with model calls as its only way out. */
export type ProgramRun = {
  /** `PROGRAM_MODELS` stands for the URL of the model proxy, `PROGRAM_FILES` for the directory of `files`. */
  argv: string[];
  /** Added to a cleared environment; the same two words are filled in. `PROGRAM_KEY` is the proxy's own key. */
  env: Record<string, string>;
  input: string;
  /** Written outside the workspace before the start: schemas, configuration. */
  files: Record<string, string>;
  /** Where model calls go, with the key the program never sees, and the models it may ask. */
  models: { wire: "anthropic" | "openai"; baseURL: string; apiKey: string; allowed: string[] };
  timeoutMs: number;
  signal: AbortSignal;
  /** The program has to look, and can change nothing in the workspace where our sandbox is a wall. */
  readOnly: boolean;
  /** Asked before each model call: its money is held until it is settled, or the call is refused. */
  hold(call: { model: string; worst: { input: number; output: number } }): HeldCall | AicdError;
  onLine(line: string): void;
};
/** `used` is left out when the call cost nothing. */
export type HeldCall = { settle(used?: { model: string; tokens: Tokens }): void };
/** `exitCode` 127: there is no such program. `modelFailure`: why the last model call got no answer. */
export type ProgramEnd = {
  exitCode: number | null;
  errors: string;
  timedOut: boolean;
  modelFailure: { status: number; message: string } | undefined;
};
export interface Programs {
  /** What stands around each program. */
  readonly level: SandboxLevel;
  run(program: ProgramRun): Promise<ProgramEnd>;
}
export const PROGRAM_MODELS = "{{models}}";
export const PROGRAM_FILES = "{{files}}";
export const PROGRAM_KEY = "{{key}}";

export type AgentScope = {
  workspace: Workspace;
  programs: Programs;
  codeSearch: CodeSearch;
  budget: Budget;
  signal: AbortSignal;
  /** Why a path may not be changed by this work, in words for the model; undefined: it may. */
  refusal?: (path: string) => string | undefined;
  /** Must not throw. */
  report(progress: AgentProgress): void;
  now(): number;
};

export type AgentTask = {
  snapshot: Snapshot;
  settings: Settings;
  /** AGENTS.md or its like, from the base commit; empty when the repository has none. */
  instructions: string;
  /** What else the repository wrote for agents, to be read where it is needed. */
  guides?: Guide[] | undefined;
  /** Set when the work goes on from where a lost runner left it; what it had written is in the workspace. */
  handover?: Handover | undefined;
  /** How the repository prepares and proves itself; left out where nobody knows. */
  commands?: { setup: string[]; checks: string[] } | undefined;
  /** Commit the working tree started from. */
  startSha?: string | undefined;
};

/** Instructions of a folder, or a skill; `about` says for what, and is the repository's word. */
export type Guide = { path: string; about: string };

/** Lines of a file as they are now, 1-based and inclusive. */
export type Excerpt = { path: string; from: number; to: number; text: string };

/** What a predecessor left behind. `changed` are the paths it had changed, `learned` its notes. */
export type Handover = { changed: string[]; learned: string };

/** Work that ended early for a stated reason. `detail` is fit for the thread. */
export type Stopped = { kind: "stopped"; reason: FailureReason; detail: string };
export type Asked = { kind: "question"; questions: string[] };

/** `transcript`: the conversation so far, where the agent can go on with it. */
export type PlanOutcome =
  | { kind: "planned"; plan: Plan; transcript?: Transcript | undefined }
  | Asked
  | Stopped;
export type CodeOutcome =
  | {
      kind: "coded";
      title: string;
      summary: string;
      receipts: ThreadReceipt[];
      transcript?: Transcript | undefined;
    }
  | Asked
  | Stopped;
export type ReviewOutcome = { kind: "reviewed"; verdict: CriticVerdict } | Stopped;

/**
 * The only thing the runner knows of an agent. Implementations never throw for what a model or a
 * tool did; they return `stopped` with a named reason.
 */
export interface IAgent {
  readonly name: string;
  plan(task: AgentTask, scope: AgentScope): Promise<PlanOutcome>;
  /**
   * @param task.findings open findings of the critic, or failing checks, to mend; empty at first
   * @param task.transcript the conversation to go on with; left out, the work is described anew
   */
  code(
    task: AgentTask & {
      plan: Plan;
      findings: Finding[];
      evidence: Evidence | undefined;
      transcript?: Transcript | undefined;
    },
    scope: AgentScope,
  ): Promise<CodeOutcome>;
  /**
   * The critic sees issue, plan, diff and evidence, and not what the coder said.
   * @param task.diff with its hunks widened to the functions they change
   */
  review(
    task: AgentTask & { plan: Plan; diff: string; evidence: Evidence },
    scope: AgentScope,
  ): Promise<ReviewOutcome>;
}

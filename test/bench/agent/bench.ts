import { access, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { baseEnv, type ModelEnv } from "../../../packages/cli/src/env.ts";
import { type AgentProgress, AicdError, NO_TOKENS } from "../../../packages/core/src/index.ts";
import { attempt, type Measured } from "./attempt.ts";
import { type Connection, connect } from "./connect.ts";
import { discard } from "./discard.ts";
import { judge } from "./judge.ts";
import type { BenchOptions } from "./options.ts";
import { figures, type Row } from "./row.ts";
import { type BrokenTask, readTasks, type Task } from "./task.ts";

export type Watcher = {
  began(name: string): void;
  progress(progress: AgentProgress): void;
  ended(row: Row): void;
};

/**
 * Runs the tasks one after another. What is wrong with one task is said in its row; the others go on.
 * Throws AicdError only when there is nothing to run at all.
 */
export async function runBench(
  options: BenchOptions,
  deps: { env: ModelEnv; signal: AbortSignal; watcher: Watcher },
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const task of await readTasks(options.tasks, options.only)) {
    if (deps.signal.aborted) break;
    deps.watcher.began(task.name);
    const row = await runTask(task, options, deps);
    deps.watcher.ended(row);
    rows.push(row);
  }
  return rows;
}

type Deps = Parameters<typeof runBench>[1];

async function runTask(task: Task | BrokenTask, options: BenchOptions, deps: Deps): Promise<Row> {
  if ("problem" in task) return notTried(task.name, "bad_task", task.problem);
  const path = pathOf();
  const missing = await missingOf(task.needs, path);
  if (missing.length > 0) {
    return notTried(task.name, "needs_tool", `Its check.sh needs ${missing.join(", ")} on PATH.`);
  }
  const directory = await mkdtemp(join(tmpdir(), "aicd-bench-"));
  let connection: Connection | undefined;
  try {
    connection = await connect(task, options, deps.env);
    return await measure(task, connection, { options, deps, directory, path });
  } catch (error) {
    // An expected "no" has a kind; all else is a fault of ours and shows where. Both end this task only.
    const expected = error instanceof AicdError;
    const text = error instanceof Error && !expected ? error.stack : (error as Error).message;
    const reason = connection === undefined ? "no_model" : "bad_task";
    return notTried(task.name, expected ? reason : "bench_error", text ?? String(error));
  } finally {
    await connection?.stop();
    await discard(directory);
  }
}

async function measure(
  task: Task,
  connection: Connection,
  work: { options: BenchOptions; deps: Deps; directory: string; path: string },
): Promise<Row> {
  const { options, deps, directory, path } = work;
  const { signal, watcher } = deps;
  const started = performance.now();
  const measured = await attempt(task, {
    createAgent: connection.createAgent,
    choice: connection.choice,
    budgetUsd: options.budgetUsd,
    directory,
    path,
    hidden: [resolve(options.tasks)],
    signal,
    log: watcher.progress,
  });
  const used = figures({ ...measured, wallMs: performance.now() - started });
  const { report, changeSet, sandbox = null } = measured;
  const judged =
    changeSet === undefined || signal.aborted
      ? undefined
      : await judge(task, changeSet, { directory, path, signal });
  const verdict = conclude(measured, judged, connection.problem(report.outcome === "approved"));
  return {
    name: task.name,
    solved: verdict.reason === null,
    mode: connection.mode,
    model: connection.choice.model,
    outcome: report.outcome,
    ...verdict,
    checkPassed: judged?.passed ?? null,
    changedFiles: changeSet?.files.map((file) => file.path) ?? [],
    sandbox,
    ...used,
  };
}

/** Solved is what the agent hands over of its own will and the hidden check accepts. */
function conclude(
  { report, changeSet }: Measured,
  judged: { passed: boolean; exitCode: number | null; tail: string } | undefined,
  problem: string | undefined,
): { reason: string | null; detail: string } {
  if (problem !== undefined) return { reason: "replay_diverged", detail: problem };
  if (report.outcome !== "approved")
    return { reason: report.reason ?? report.outcome, detail: report.detail };
  if (changeSet === undefined || judged === undefined) return { reason: "no_changes", detail: report.detail };
  if (judged.passed) return { reason: null, detail: report.detail };
  if (judged.exitCode === 127 || judged.exitCode === 126) {
    return { reason: "check_broken", detail: `check.sh could not run a program: ${judged.tail}` };
  }
  return { reason: "check_failed", detail: judged.tail };
}

function notTried(name: string, reason: string, detail: string): Row {
  return {
    name,
    solved: false,
    mode: null,
    model: null,
    outcome: "error",
    reason,
    detail,
    checkPassed: null,
    changedFiles: [],
    sandbox: null,
    ...figures({ steps: 0, tokens: NO_TOKENS, microUsd: 0, wallMs: 0 }),
  };
}

/** The Node that runs this also runs the tasks, whatever else the machine has. */
function pathOf(): string {
  return [dirname(process.execPath), baseEnv().PATH ?? ""].join(delimiter);
}

async function missingOf(programs: string[], path: string): Promise<string[]> {
  const found = await Promise.all(programs.map((program) => isOnPath(program, path)));
  return programs.filter((_, index) => found[index] !== true);
}

async function isOnPath(program: string, path: string): Promise<boolean> {
  for (const directory of path.split(delimiter)) {
    try {
      await access(join(directory, program));
      return true;
    } catch {
      // Not here; the next directory may have it.
    }
  }
  return false;
}

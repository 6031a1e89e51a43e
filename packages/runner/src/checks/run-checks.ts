import type { CommandResult, CommandRun } from "@aicd/core";
import type { Redact } from "../redact.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { rememberCases } from "./compare.ts";
import { countTests } from "./counts.ts";

const COMMAND_MS = 15 * 60_000;
/** Enough to count the tests of a chatty run before it is cut. */
const PARSED_CHARACTERS = 4_000_000;
const TAIL_CHARACTERS = 6_000;

export type CheckRun = {
  sandbox: Sandbox;
  redact: Redact;
  signal: AbortSignal;
  /** Milliseconds left for the whole attempt. */
  left: () => number;
  ran: (run: CommandRun) => void;
};

/** Runs commands of the repository one after another, all of them, whatever fails. */
export async function runChecks(
  deps: CheckRun,
  commands: readonly string[],
  options: { network?: boolean } = {},
): Promise<CommandRun[]> {
  const runs: CommandRun[] = [];
  for (const command of commands) {
    if (deps.signal.aborted) break;
    const run = await runCheck(deps, command, options.network ?? false);
    deps.ran(run);
    runs.push(run);
  }
  return runs;
}

async function runCheck(deps: CheckRun, command: string, network: boolean): Promise<CommandRun> {
  const result = await deps.sandbox.run(["/bin/sh", "-c", command], {
    timeoutMs: Math.max(1_000, Math.min(COMMAND_MS, deps.left())),
    signal: deps.signal,
    maxCharacters: PARSED_CHARACTERS,
    network,
  });
  const end = endOf(result);
  const run = {
    command,
    exitCode: result.exitCode,
    durationMs: result.durationMs,
    tests: countTests(result.output),
    outputTail: deps.redact(result.output.slice(-TAIL_CHARACTERS)) + end,
  };
  rememberCases(run, deps.redact(result.output));
  return run;
}

function endOf({ limit, timedOut }: CommandResult): string {
  if (limit !== undefined) return `\n[stopped: ${limit}]`;
  return timedOut ? "\n[stopped: out of time]" : "";
}

import { z } from "zod";
import { exact, text } from "./text.ts";

export const TestCounts = z.object({
  passed: z.number().int().nonnegative(),
  failed: z.number().int().nonnegative(),
  skipped: z.number().int().nonnegative(),
});
export type TestCounts = z.infer<typeof TestCounts>;

/** One command as our runner ran it. `exitCode` is null when it was stopped (time, cancel). */
export const CommandRun = z.object({
  command: text(1_000),
  exitCode: z.number().int().nullable(),
  durationMs: z.number().nonnegative(),
  tests: TestCounts.nullable(),
  /** Last part of the output, bounded and redacted. */
  outputTail: text(8_000),
});
export type CommandRun = z.infer<typeof CommandRun>;

/** Machine-run proof: the repo's checks on the base commit and on the result. */
export const Evidence = z.object({
  setup: z.array(CommandRun).max(10),
  before: z.array(CommandRun).max(20),
  after: z.array(CommandRun).max(20),
  /** The checks with the new tests but without the change: red here and green in `after` proves the tests. */
  reproduction: z.array(CommandRun).max(20).optional(),
  /** Test by test, where the checks' output names them: what the change did to each. */
  testChanges: z
    .object({
      /** Failed before, pass now. */
      fixed: z.array(text(300)).max(50),
      /** Fail now, did not before. */
      broken: z.array(text(300)).max(50),
      /** New, and pass. */
      added: z.array(text(300)).max(50),
      /** Were run before, and are not any more. */
      gone: z.array(text(300)).max(50),
      /** Failed before and still do. Left out by older runners. */
      failing: z.array(text(300)).max(50).optional(),
    })
    .optional(),
  /** Tests or checks that the change weakens, for people to judge. */
  weakened: z
    .array(z.object({ path: exact(1_000), what: text(500) }))
    .max(50)
    .optional(),
  /** How the commands were shut in, e.g. "bwrap" or "process". */
  sandbox: exact(40),
});
export type Evidence = z.infer<typeof Evidence>;

export function sumTests(runs: CommandRun[]): TestCounts | null {
  const counted = runs.flatMap((run) => (run.tests === null ? [] : [run.tests]));
  if (counted.length === 0) return null;
  return counted.reduce((a, b) => ({
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  }));
}

export function checksPassed(runs: CommandRun[]): boolean {
  return runs.every((run) => run.exitCode === 0);
}

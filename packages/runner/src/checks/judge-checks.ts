import type { CommandRun, Finding } from "@aicd/core";
import { compareTests } from "./compare.ts";

/**
 * Checks that are worse than before the change, as findings for the coder. A check that failed before
 * and has no more failing tests than then is not the change's doing.
 */
export function judgeChecks(before: readonly CommandRun[], after: readonly CommandRun[]): Finding[] {
  return after.flatMap((run): Finding[] => {
    if (run.exitCode === 0) return [];
    const earlier = before.find((candidate) => candidate.command === run.command);
    const broken = earlier === undefined ? [] : (compareTests([earlier], [run])?.broken ?? []);
    const worse = earlier === undefined || broken.length > 0 || hasMoreFailures(earlier, run);
    if (earlier !== undefined && earlier.exitCode !== 0 && !worse) return [];
    const end = run.exitCode === null ? "did not end" : `ends with exit code ${run.exitCode}`;
    const tests = run.tests === null ? "" : ` (${run.tests.passed} passed, ${run.tests.failed} failed)`;
    return [
      {
        path: null,
        line: null,
        severity: "blocker",
        why: `\`${run.command.slice(0, 200)}\` ${end}${tests}${namesOf(broken)}:\n${run.outputTail.slice(-1_500)}`,
        wanted: "The check passes, without being weakened.",
      },
    ];
  });
}

function namesOf(broken: readonly string[]): string {
  return broken.length === 0 ? "" : `; these did not fail before: ${broken.slice(0, 10).join(", ")}`;
}

/** Without counts on both sides nothing proves that it got worse. */
function hasMoreFailures(before: CommandRun, after: CommandRun): boolean {
  if (before.tests === null || after.tests === null) return false;
  return after.tests.failed > before.tests.failed;
}

import {
  type ChangeSet,
  checksPassed,
  type Evidence,
  isSmall,
  isTestPath,
  type Plan,
  SMALL,
} from "@aicd/core";
import { CODE } from "./unproven.ts";

/**
 * Whether the tests alone speak for a change: it is small and as planned, its new tests fail without it, and with it
 * all that was run passes and is run still.
 */
export function isProven(work: {
  plan: Plan;
  changeSet: ChangeSet;
  evidence: Evidence;
  /** Unified, of the change. */
  diff: string;
}): boolean {
  const { plan, changeSet, evidence, diff } = work;
  const { after, reproduction = [], testChanges, weakened = [] } = evidence;
  const isRed = reproduction.some(({ exitCode, tests }) => exitCode !== 0 && (tests?.failed ?? 0) > 0);
  const isWorse = weakened.length + (testChanges?.broken.length ?? 0) + (testChanges?.gone.length ?? 0) > 0;
  if (!isRed || isWorse || !checksPassed(after)) return false;
  const planned = new Set(plan.files.map(({ path }) => path));
  const rest = changeSet.files.filter(({ path }) => !isTestPath(path));
  const isAsPlanned = rest.every(
    ({ path, kind }) => kind === "write" && CODE.test(path) && planned.has(path),
  );
  return isAsPlanned && isSmall(plan) && rest.length <= SMALL.files && changedLines(diff) <= SMALL.lines;
}

/** Lines taken away and put in, those of tests aside. */
function changedLines(diff: string): number {
  let path = "";
  let isHeader = true;
  let count = 0;
  for (const line of diff.split("\n")) {
    if (line.startsWith("diff --git ")) isHeader = true;
    else if (line.startsWith("@@ ")) isHeader = false;
    else if (isHeader && line.startsWith("+++ b/")) path = line.slice(6).replace(/\t$/, "");
    else if (!isHeader && /^[+-]/.test(line) && !isTestPath(path)) count += 1;
  }
  return count;
}

import { rm, writeFile } from "node:fs/promises";
import { type ChangeSet, type CommandRun, isTestPath } from "@aicd/core";
import { confine } from "../checkout/confine.ts";
import { runChecks } from "../checks/run-checks.ts";
import type { Attempt } from "./attempt.ts";

/** Suites slower than this are not run a third time. */
const SLOWEST_MS = 5 * 60_000;

/**
 * Runs the checks that count tests with the new tests but without the rest of the change. Empty when
 * there is nothing to show: no tests in the change, nothing but tests, or a suite that takes too long.
 */
export async function reproduce(
  attempt: Attempt,
  changeSet: ChangeSet,
  after: readonly CommandRun[],
): Promise<CommandRun[]> {
  const rest = changeSet.files.filter(({ path }) => !isTestPath(path));
  const counted = after.filter(({ tests }) => tests !== null);
  const slow = counted.reduce((sum, { durationMs }) => sum + durationMs, 0) > SLOWEST_MS;
  if (rest.length === 0 || rest.length === changeSet.files.length || slow) return [];
  try {
    for (const { path } of rest) await put(attempt, path, await attempt.tree.bytes(changeSet.baseSha, path));
    return await runChecks(
      { ...attempt.checkRun, ran: (run) => attempt.scope.report({ type: "note", text: describe(run) }) },
      counted.map(({ command }) => command),
    );
  } finally {
    for (const file of rest) {
      await put(
        attempt,
        file.path,
        file.kind === "write" ? Buffer.from(file.contentBase64, "base64") : undefined,
      );
    }
  }
}

/** Failing is what is hoped for here, so it is no failed check to those who watch. */
function describe({ command, exitCode }: CommandRun): string {
  const end = exitCode === 0 ? "passes, so they do not prove it" : "fails, as it should";
  return `With the new tests but without the change \`${command}\` ${end}.`;
}

/** Undefined takes the file away. Modes stay: the policy has refused any change of them. */
async function put({ workspaceDir }: Attempt, path: string, content: Buffer | undefined): Promise<void> {
  const place = await confine(workspaceDir, path, "restore");
  if (content === undefined) await rm(place, { force: true });
  else await writeFile(place, content);
}

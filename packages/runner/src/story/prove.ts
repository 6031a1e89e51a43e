import type { ChangeSet, CommandRun, Evidence } from "@aicd/core";
import { runChecks } from "../checks/run-checks.ts";
import { findWeakened, type Weakened } from "../checks/weakened.ts";
import { type Attempt, enter } from "./attempt.ts";

export type Baseline = Pick<Evidence, "setup" | "before" | "sandbox">;

/** Prepares the checkout and runs the checks on the untouched commit: what "before" means in the evidence. */
export async function baseline(attempt: Attempt): Promise<Baseline> {
  const { checkRun, commands, tree } = attempt;
  enter(attempt, "checking");
  const setup = await runChecks(checkRun, commands.setup, { network: true });
  const before = await runChecks(checkRun, commands.checks);
  await tree.ground();
  return { setup, before, sandbox: checkRun.sandbox.level };
}

/** The same checks on the changed tree. */
export async function after(attempt: Attempt): Promise<CommandRun[]> {
  enter(attempt, "checking");
  return runChecks(attempt.checkRun, attempt.commands.checks);
}

/** What the change does to tests and checks themselves, by comparing each file with the start. */
export async function weakened({ tree }: Attempt, changeSet: ChangeSet): Promise<Weakened[]> {
  const files = changeSet.files.map(async (file) => ({
    path: file.path,
    before: await tree.show(changeSet.baseSha, file.path),
    after: file.kind === "write" ? Buffer.from(file.contentBase64, "base64").toString() : undefined,
  }));
  return findWeakened(await Promise.all(files));
}

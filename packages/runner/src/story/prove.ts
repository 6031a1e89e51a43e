import type { CommandRun, Evidence } from "@aicd/core";
import { runChecks } from "../checks/run-checks.ts";
import { type Attempt, enter } from "./attempt.ts";

export type Baseline = Omit<Evidence, "after">;

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

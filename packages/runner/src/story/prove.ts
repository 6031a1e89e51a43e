import type { ChangeSet, CommandRun, Evidence, Plan } from "@aicd/core";
import { runChecks } from "../checks/run-checks.ts";
import { findWeakened, type Weakened } from "../checks/weakened.ts";
import { type Attempt, enter, type Failed, failed } from "./attempt.ts";
import type { Early } from "./early.ts";
import { setupFailure } from "./setup-failure.ts";

export type Baseline = Pick<Evidence, "setup" | "before" | "sandbox">;

/** What can be known before anything runs: a program without which nothing can be proven is not here. */
export function withoutPrograms({ commands, grant }: Attempt): Failed | undefined {
  if (commands.missing.length === 0 || grant.settings.onSetupFailure === "continue") return undefined;
  return failed("setup_failed", commands.missing.join("\n\n"));
}

/**
 * Prepares the checkout and runs the checks on the untouched commit: what "before" means in the evidence. A
 * setup that fails ends the attempt here, unless the settings say otherwise; checks that fail are evidence.
 */
export async function baseline(attempt: Attempt, plan: Plan, early?: Early): Promise<Baseline | Failed> {
  const { checkRun, tree, grant, scope } = attempt;
  enter(attempt, "checking");
  attempt.commands = attempt.commandsFor(plan.files.map(({ path }) => path));
  const { commands } = attempt;
  for (const note of commands.notes) scope.report({ type: "note", text: note });
  const setup: CommandRun[] = [];
  for (const { run } of commands.setup) {
    setup.push(...(await runChecks(checkRun, [run], { network: true })));
    const failure = setupFailure(setup, commands);
    if (failure === undefined || grant.settings.onSetupFailure === "continue") continue;
    checkRun.signal.throwIfAborted();
    return failure;
  }
  const checks = commands.checks.map(({ run }) => run);
  const before = (await early?.runsOf(checks)) ?? (await runChecks(checkRun, checks));
  await tree.ground();
  return { setup, before, sandbox: checkRun.sandbox.level };
}

/** The same checks on the changed tree. */
export async function after(attempt: Attempt): Promise<CommandRun[]> {
  enter(attempt, "checking");
  return runChecks(
    attempt.checkRun,
    attempt.commands.checks.map(({ run }) => run),
  );
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

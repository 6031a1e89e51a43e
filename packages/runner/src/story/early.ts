import type { CommandRun } from "@aicd/core";
import { runChecks } from "../checks/run-checks.ts";
import type { Attempt } from "./attempt.ts";

/** The checks on the untouched commit, begun while a plan is still being made. */
export type Early = {
  /** Their runs where they are of these very commands; undefined: they have to be run. */
  runsOf(checks: readonly string[]): Promise<CommandRun[] | undefined>;
  /** Nobody needs them any more. Resolves once nothing of them runs. */
  stop(): Promise<void>;
};

/**
 * Begins them where this lease goes on to code, and nothing has to be installed first: what a setup writes would move
 * under the planner's eyes. An agent program may look at the tree by its own means, so for one they wait too.
 */
export function beginEarly(attempt: Attempt): Early | undefined {
  const { grant, checkRun } = attempt;
  const { setup, checks } = attempt.commandsFor();
  if (!grant.auto || grant.models.planner.agent !== "model") return undefined;
  if (setup.length > 0 || checks.length === 0) return undefined;
  const over = new AbortController();
  const commands = checks.map(({ run }) => run);
  const signal = AbortSignal.any([checkRun.signal, over.signal]);
  // Told when they count, in the phase they belong to.
  const running = runChecks({ ...checkRun, signal, ran: () => undefined }, commands);
  // Whoever asks for them hears of it; nobody may.
  running.catch(() => undefined);
  return {
    async runsOf(wanted) {
      if (JSON.stringify(wanted) !== JSON.stringify(commands)) {
        await this.stop();
        return undefined;
      }
      const runs = await running;
      for (const run of runs) checkRun.ran(run);
      return runs;
    },
    async stop() {
      over.abort();
      await running.catch(() => undefined);
    },
  };
}

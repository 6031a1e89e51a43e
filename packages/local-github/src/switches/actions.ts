import { rerun } from "../actions/rerun.ts";
import { cancelRun } from "../actions/run.ts";
import type { WorkflowRun } from "../world/run.ts";
import type { World } from "../world/world.ts";
import { accountNamed, clicking, repositoryNamed } from "./find.ts";

/** What people, runners and plans do to Actions. */
export interface ActionSwitches {
  disableActions(fullName: string): void;
  enableActions(fullName: string): void;
  /** `file` is the workflow's file name. */
  disableWorkflow(fullName: string, file: string): void;
  enableWorkflow(fullName: string, file: string): void;
  /** From now on no runner takes a job: runs stay queued, and `settled()` does not return before they are released. */
  holdRunners(): void;
  releaseRunners(): void;
  /** Cancels a run in the Actions tab. */
  cancelRun(runId: number, by: string): void;
  /** Presses "Re-run all jobs", or "Re-run failed jobs"; an owner of the repository when nobody is named. */
  rerun(runId: number, how?: { by?: string; which?: "all" | "failed" }): void;
  /** The account's plan has no minutes left, or has some again. */
  useUpMinutes(login: string): void;
  refillMinutes(login: string): void;
}

export function createActionSwitches(world: World): ActionSwitches {
  const enable = (fullName: string, enabled: boolean) => {
    repositoryNamed(world, fullName).actionsEnabled = enabled;
  };
  const setState = (fullName: string, file: string, state: "active" | "disabled_manually") => {
    repositoryNamed(world, fullName).workflowStates.set(`.github/workflows/${file}`, state);
  };
  return {
    disableActions: (fullName) => enable(fullName, false),
    enableActions: (fullName) => enable(fullName, true),
    disableWorkflow: (fullName, file) => setState(fullName, file, "disabled_manually"),
    enableWorkflow: (fullName, file) => setState(fullName, file, "active"),
    holdRunners() {
      if (world.switches.runnersHeld) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      world.switches.runnersHeld = { freed: promise, free: resolve };
    },
    releaseRunners() {
      world.switches.runnersHeld?.free();
      world.switches.runnersHeld = undefined;
    },
    cancelRun: (runId, by) => cancelRun(runOf(world, runId), accountNamed(world, by)),
    rerun(runId, { by, which = "all" } = {}) {
      const run = runOf(world, runId);
      rerun(world, run, by ? accountNamed(world, by) : clicking(world, run.repository.owner), which);
    },
    useUpMinutes: (login) => void world.switches.minutesUsedUp.add(accountNamed(world, login).id),
    refillMinutes: (login) => void world.switches.minutesUsedUp.delete(accountNamed(world, login).id),
  };
}

function runOf(world: World, id: number): WorkflowRun {
  const run = world.runs.get(id);
  if (!run) throw new Error(`there is no run ${id}`);
  return run;
}

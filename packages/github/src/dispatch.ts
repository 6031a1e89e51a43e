import type { InstallationClients } from "./clients.ts";
import type { RepositoryName } from "./permission.ts";
import { isStatus } from "./status.ts";

export const WORKFLOW_FILE = "aicd.yml";

export type DispatchOutcome =
  | { kind: "dispatched"; runId: number | null }
  /** The workflow is missing, switched off or not ours to start; `problem` is fit for the thread. */
  | { kind: "refused"; problem: string };

/** Starts the customer's workflow for one attempt. */
export async function dispatchWorkflow(
  { write }: InstallationClients,
  repository: RepositoryName,
  input: {
    ref: string;
    attemptId: string;
    runKey: string;
    controlPlaneUrl: string;
    /** A label of runners; undefined: those the workflow names by itself. */
    runsOn?: string | undefined;
  },
): Promise<DispatchOutcome> {
  try {
    const { data } = await write.request(
      "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
      {
        owner: repository.owner,
        repo: repository.name,
        workflow_id: WORKFLOW_FILE,
        ref: input.ref,
        inputs: {
          "attempt-id": input.attemptId,
          "run-key": input.runKey,
          "control-plane-url": input.controlPlaneUrl,
          ...(input.runsOn === undefined ? {} : { "runs-on": input.runsOn }),
        },
        return_run_details: true,
      },
    );
    return { kind: "dispatched", runId: runIdOf(data) };
  } catch (error) {
    if (!isStatus(error, 404) && !isStatus(error, 422) && !isStatus(error, 403)) throw error;
    const said = error instanceof Error ? error.message.split("\n")[0] : "";
    if (input.runsOn !== undefined && /unexpected inputs/i.test(said ?? "")) {
      const problem = `The organisation's work runs on AI-CD's own servers, and \`.github/workflows/${WORKFLOW_FILE}\` does not take the input \`runs-on\` yet. Add it as in the current version of that file, or set \`execution\` to \`github\`.`;
      return { kind: "refused", problem };
    }
    return {
      kind: "refused",
      problem: `GitHub did not start \`.github/workflows/${WORKFLOW_FILE}\` on \`${input.ref}\` (${said}). Is the file there, and may the App run workflows?`,
    };
  }
}

/** Older servers answer 204 without a body. */
function runIdOf(data: unknown): number | null {
  if (typeof data !== "object" || data === null || !("workflow_run_id" in data)) return null;
  return typeof data.workflow_run_id === "number" ? data.workflow_run_id : null;
}

/** A run that carries the key in its title: an earlier dispatch got through although we saw it fail. */
export async function findRun(
  { read }: InstallationClients,
  repository: RepositoryName,
  input: { runKey: string },
): Promise<number | undefined> {
  try {
    const { data } = await read.rest.actions.listWorkflowRuns({
      owner: repository.owner,
      repo: repository.name,
      workflow_id: WORKFLOW_FILE,
      event: "workflow_dispatch",
      per_page: 50,
    });
    const run = data.workflow_runs.find(({ display_title: title }) => title.includes(input.runKey));
    return run === undefined ? undefined : Number(run.id);
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

export type RunState = { status: string; conclusion: string | null };

/** How a run stands at GitHub now; undefined: there is none of that id (any more). */
export async function fetchRun(
  read: InstallationClients["read"],
  repository: RepositoryName,
  runId: number,
): Promise<RunState | undefined> {
  try {
    const { data } = await read.rest.actions.getWorkflowRun({
      owner: repository.owner,
      repo: repository.name,
      run_id: runId,
    });
    return { status: data.status ?? "queued", conclusion: data.conclusion };
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

/** Ends a run; one that has ended is as good. Harmless to repeat. */
export async function cancelRun(
  { write }: InstallationClients,
  repository: RepositoryName,
  runId: number,
): Promise<void> {
  try {
    await write.rest.actions.cancelWorkflowRun({
      owner: repository.owner,
      repo: repository.name,
      run_id: runId,
    });
  } catch (error) {
    // 409: it has ended by itself.
    if (!isStatus(error, 409) && !isStatus(error, 404)) throw error;
  }
}

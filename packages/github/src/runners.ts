import type { InstallationClients } from "./clients.ts";
import type { RepositoryName } from "./permission.ts";
import { isStatus } from "./status.ts";

/** The runner group every organisation has, which takes no jobs of public repositories unless somebody lets it. */
const DEFAULT_GROUP = 1;

/**
 * A runner of an organisation that takes one job and is then forgotten (docs.github.com "Create configuration for a
 * just-in-time runner for an organization").
 * @returns a text: why GitHub makes none, which asking again does not change
 */
export async function makeJitRunner(
  { write }: InstallationClients,
  input: { org: string; name: string; label: string },
): Promise<{ id: number; config: string } | string> {
  try {
    const { data } = await write.rest.actions.generateRunnerJitconfigForOrg({
      org: input.org,
      name: input.name,
      runner_group_id: DEFAULT_GROUP,
      labels: ["self-hosted", input.label],
      work_folder: "_work",
    });
    return { id: data.runner.id, config: data.encoded_jit_config };
  } catch (error) {
    if (!isStatus(error, 403) && !isStatus(error, 404) && !isStatus(error, 422)) throw error;
    const said = error instanceof Error ? error.message.split("\n")[0] : "";
    return `GitHub makes no runner for ${input.org} (${said}). The App needs the organisation permission "Self-hosted runners: write", and only organisations have it.`;
  }
}

/** Takes a runner away; one that is gone is as good. @returns "busy": it runs a job, and stays */
export async function removeRunner(
  { write }: InstallationClients,
  input: { org: string; runnerId: number },
): Promise<"gone" | "busy"> {
  try {
    await write.rest.actions.deleteSelfHostedRunnerFromOrg({
      org: input.org,
      runner_id: input.runnerId,
    });
    return "gone";
  } catch (error) {
    // docs.github.com "Delete a self-hosted runner from an organization": 422 while it runs a job.
    if (isStatus(error, 422)) return "busy";
    if (isStatus(error, 404)) return "gone";
    throw error;
  }
}

/** How a job stands at GitHub now, and on which runner; undefined: there is none of that id (any more). */
export async function fetchJob(
  { read }: InstallationClients,
  repository: RepositoryName,
  jobId: number,
): Promise<{ status: string; runnerName: string | undefined } | undefined> {
  try {
    const { data } = await read.rest.actions.getJobForWorkflowRun({
      owner: repository.owner,
      repo: repository.name,
      job_id: jobId,
    });
    return { status: data.status, runnerName: data.runner_name ?? undefined };
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

/** Whether a run is of another repository's code; one that is gone is treated as such. */
export async function isRunOfFork(
  { read }: InstallationClients,
  repository: RepositoryName,
  runId: number,
): Promise<boolean> {
  try {
    const { data } = await read.rest.actions.getWorkflowRun({
      owner: repository.owner,
      repo: repository.name,
      run_id: runId,
    });
    return data.head_repository?.id !== data.repository.id;
  } catch (error) {
    if (isStatus(error, 404)) return true;
    throw error;
  }
}

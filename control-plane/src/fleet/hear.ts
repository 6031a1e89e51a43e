import { fleetSizeOf } from "@aicd/core";
import {
  endFleetJob,
  findSettings,
  type Scope,
  startFleetJob,
  storeFleetJob,
  upsertRepository,
} from "@aicd/db";
import type { Deps } from "../deps.ts";
import { serverOfRunner } from "./names.ts";

export type HeardJob = {
  repository: { installationId: number; repositoryId: number; owner: string; name: string };
  jobId: number;
  runId: number;
  labels: readonly string[];
  status: "queued" | "in_progress" | "completed";
  runnerName: string | undefined;
};

const NOT_CHOSEN =
  "The organisation runs its work on GitHub's runners. An owner may set `execution` to `fleet` in its settings.";

/** What GitHub says of a job. Jobs whose labels are not the fleet's are none of its business. */
export async function hearJob(
  deps: Pick<Deps, "db" | "mint" | "now">,
  scope: Scope,
  heard: HeardJob,
): Promise<void> {
  const size = fleetSizeOf(heard.labels);
  if (size === undefined) return;
  const at = new Date(deps.now());
  const { jobId: githubId, runId } = heard;
  await deps.db.withTenant(scope, async (tx) => {
    if (heard.status === "completed") return void (await endFleetJob(tx, { githubId, at }));
    const { installationId: installationGithubId, repositoryId, owner, name } = heard.repository;
    const repository = { installationGithubId, githubId: repositoryId, owner, name };
    const id = await upsertRepository(tx, deps.mint, repository);
    const { execution, paused } = await findSettings(tx);
    const refused = execution !== "fleet" ? NOT_CHOSEN : paused ? "The organisation is paused." : undefined;
    await storeFleetJob(tx, { githubId, runId, repositoryId: id, size, at, refused });
    if (heard.status !== "in_progress") return;
    const serverId = serverOfRunner(heard.runnerName ?? "");
    // Another runner of the tenant's own has it: nothing is owed any more.
    if (serverId === undefined) await endFleetJob(tx, { githubId, at });
    else await startFleetJob(tx, { githubId, serverId, at });
  });
}

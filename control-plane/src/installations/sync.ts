import { LIMITS } from "@aicd/core";
import { noteReconciled, reconcileRepositories, type Scope } from "@aicd/db";
import { isStatus } from "@aicd/github";
import type { Deps } from "../deps.ts";
import { oweIndex } from "../indexing/owe.ts";
import { stopWork } from "../tasks/stop-work.ts";
import { type Known, refreshInstallation } from "./refresh.ts";

const PAGES = 200;

/**
 * Job `sync-installation`: the installation and its repositories as GitHub has them now. Whatever
 * happened, in whatever order it was told, this is where it ends.
 */
export async function syncInstallation(deps: Deps, payload: { installationId: number }): Promise<void> {
  const known = await refreshInstallation(deps, payload.installationId);
  if (known?.state === "active") await syncRepositories(deps, known, payload.installationId);
}

async function syncRepositories(deps: Deps, { tenantId }: Known, installationId: number): Promise<void> {
  const scope: Scope = { tenantId };
  const repositories = await listRepositories(deps, installationId);
  // Suspended or gone since we asked: the event of that does the rest.
  if (repositories === undefined) return;
  const { left } = await deps.db.withTenant(scope, async (tx) => {
    const reconciled = await reconcileRepositories(tx, deps.mint, { installationId, repositories });
    for (const id of reconciled.left) await oweIndex(deps, tx, "drop", id);
    // Whoever installs it everywhere did not ask for a pull request everywhere: there it comes when one is switched on.
    if (reconciled.joined.length <= LIMITS.onboardedAtOnce) {
      for (const repositoryId of reconciled.joined) {
        await deps.enqueue(tx, "onboard-repository", { tenantId, repositoryId });
      }
    }
    return reconciled;
  });
  await deps.db.withSystem((tx) => noteReconciled(tx, installationId));
  if (left.length > 0) {
    await stopWork(deps, tenantId, "The App no longer has access to this repository.", left);
  }
}

type Listed = { githubId: number; owner: string; name: string; private: boolean };

async function listRepositories(deps: Deps, installationId: number): Promise<Listed[] | undefined> {
  const { read } = deps.github.installation(installationId, { power: "list-repositories" });
  const found: Listed[] = [];
  try {
    for (let page = 1; page <= PAGES; page++) {
      const { data } = await read.rest.apps.listReposAccessibleToInstallation({ per_page: 100, page });
      found.push(
        ...data.repositories.map((repository) => ({
          githubId: Number(repository.id),
          owner: repository.owner.login,
          name: repository.name,
          private: repository.private,
        })),
      );
      if (data.repositories.length < 100) break;
    }
    return found;
  } catch (error) {
    if (isStatus(error, 403) || isStatus(error, 404)) return undefined;
    throw error;
  }
}

import {
  type Author,
  type InstalledRepository,
  roleOnThread,
  type ThreadIntent,
  takesReaction,
} from "@aicd/core";
import {
  findRepository,
  locateInstallation,
  noteOutcome,
  type Scope,
  storeIntent,
  upsertRepository,
} from "@aicd/db";
import type { Deps } from "../deps.ts";
import { refreshInstallation } from "../installations/refresh.ts";
import { syncInstallation } from "../installations/sync.ts";
import { applyIntent } from "../intents/apply-intent.ts";

/** What somebody asked for on a thread, once. `permission`: undefined when they may not ask for anything. */
export type Wish = {
  key: string;
  repository: InstalledRepository;
  intent: ThreadIntent;
  permission: Author["permission"] | undefined;
};

/** The tenant of an installation; asked of GitHub when its own delivery has not come yet, or never will. */
export async function scopeFor(deps: Deps, installationId: number): Promise<Scope | undefined> {
  const known =
    (await locateInstallation(deps.db.system, installationId)) ??
    (await refreshInstallation(deps, installationId));
  return known?.state === "active" ? { tenantId: known.tenantId } : undefined;
}

/** Writes a wish down and does what it asks for; or answers with a reaction that it may not be asked for. */
export async function takeWish(deps: Deps, wish: Wish): Promise<void> {
  const { installationId } = wish.repository;
  const scope = await scopeFor(deps, installationId);
  // Suspended or gone: no new work, and nobody to tell.
  if (scope === undefined) return;
  const stored = await storeReached(deps, scope, wish);
  if (stored) return;
  // We hold the repository for one that left the installation: what came may be old, or our list is.
  await syncInstallation(deps, { installationId });
  await storeReached(deps, scope, wish);
}

/** False: the installation does not reach the repository, as far as we know. */
async function storeReached(deps: Deps, scope: Scope, wish: Wish): Promise<boolean> {
  const { key, repository, intent, permission } = wish;
  return deps.db.withTenant(scope, async (tx) => {
    const repositoryId = await upsertRepository(tx, deps.mint, {
      installationGithubId: repository.installationId,
      githubId: repository.repositoryId,
      owner: repository.owner,
      name: repository.name,
    });
    if ((await findRepository(tx, repositoryId))?.active !== true) return false;
    const row = await storeIntent(tx, deps.mint, { key, repositoryId, repository, intent });
    if (row === undefined) return true;
    if (permission !== undefined) {
      await applyIntent(deps, tx, row, roleOnThread(permission));
      return true;
    }
    await noteOutcome(tx, row.id, "not.permitted");
    if (takesReaction(intent.source))
      await deps.enqueue(tx, "react", { ...tx.scope, intentId: row.id, content: "-1" });
    return true;
  });
}

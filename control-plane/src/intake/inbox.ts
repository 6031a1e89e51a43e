import type { Inbox } from "@aicd/app";
import {
  AicdError,
  type Author,
  type InstalledRepository,
  roleOnThread,
  type ThreadIntent,
} from "@aicd/core";
import {
  findAttempt,
  findRepository,
  findRepositoryId,
  findUserByGithubId,
  locateAttempt,
  locateInstallation,
  noteOutcome,
  revokeSessions,
  type Scope,
  storeIntent,
  upsertRepository,
} from "@aicd/db";
import { permissionOf, reviewOpensThread } from "@aicd/github";
import type { Deps } from "../deps.ts";
import { oweIndex } from "../indexing/owe.ts";
import { refreshInstallation } from "../installations/refresh.ts";
import { syncInstallation } from "../installations/sync.ts";
import { applyIntent } from "../intents/apply-intent.ts";
import { cancelByRun } from "../tasks/ask-run.ts";
import { failAttempt } from "../tasks/end-attempt.ts";
import { fateOfRun } from "../tasks/run-fate.ts";

/** Where the app's intents enter the system. */
export function createInbox(deps: Deps): Inbox {
  /** The tenant of an installation; asked of GitHub when its own delivery has not come yet, or never will. */
  async function scopeFor(installationId: number): Promise<Scope | undefined> {
    const known =
      (await locateInstallation(deps.db.system, installationId)) ??
      (await refreshInstallation(deps, installationId));
    return known?.state === "active" ? { tenantId: known.tenantId } : undefined;
  }

  async function store(
    key: string,
    repository: InstalledRepository,
    intent: ThreadIntent,
    permission: Author["permission"] | undefined,
  ): Promise<void> {
    const scope = await scopeFor(repository.installationId);
    // Suspended or gone: no new work, and nobody to tell.
    if (scope === undefined) return;
    const stored = await storeReached(scope, key, repository, intent, permission);
    if (stored) return;
    // We hold the repository for one that left the installation: what came may be old, or our list is.
    await syncInstallation(deps, { installationId: repository.installationId });
    await storeReached(scope, key, repository, intent, permission);
  }

  /** False: the installation does not reach the repository, as far as we know. */
  async function storeReached(
    scope: Scope,
    key: string,
    repository: InstalledRepository,
    intent: ThreadIntent,
    permission: Author["permission"] | undefined,
  ): Promise<boolean> {
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
      await deps.enqueue(tx, "react", { ...tx.scope, intentId: row.id, content: "-1" });
      return true;
    });
  }

  /** A reply in a thread comes as a review too; only a comment that opens one asks for a change. */
  async function opensThread(
    repository: InstalledRepository,
    review: { pullRequestNumber: number; reviewId: number },
  ): Promise<boolean> {
    const { read } = deps.github.installation(repository.installationId);
    return reviewOpensThread(read, repository, review);
  }

  return {
    async permission(repository, login) {
      // Nobody may ask for anything through an installation that is suspended, gone or not ours.
      if ((await scopeFor(repository.installationId)) === undefined) return "none";
      return permissionOf(deps.github.installation(repository.installationId).read, repository, login);
    },
    async accept(key, repository, intent, permission) {
      if (intent.type === "revision.requested" && intent.bare && !(await opensThread(repository, intent)))
        return;
      await store(key, repository, intent, permission);
    },
    refuse: (key, repository, intent) => store(key, repository, intent, undefined),
    async installationChanged({ installationId }) {
      await deps.db.withSystem((tx) => deps.enqueue(tx, "sync-installation", { installationId }));
    },
    async pushed(repository) {
      const scope = await scopeFor(repository.installationId);
      if (scope === undefined) return;
      await deps.db.withTenant(scope, async (tx) => {
        const id = await findRepositoryId(tx, repository.repositoryId);
        if (id !== undefined) await oweIndex(deps, tx, "refresh", id);
      });
    },
    async authorizationRevoked({ githubId }) {
      const user = await findUserByGithubId(deps.db.system, githubId);
      if (user !== undefined) await revokeSessions(deps.db.system, { userId: user.id });
    },
    async runEnded({ runId, conclusion, by }) {
      const located = await locateAttempt(deps.db.system, { runId });
      if (located === undefined) return;
      await deps.db.withTenant({ tenantId: located.tenantId }, async (tx) => {
        const attempt = await findAttempt(tx, located.id);
        if (attempt === undefined) throw new AicdError("broken", "An attempt vanished.");
        const fate = fateOfRun(attempt.state, { status: "completed", conclusion });
        if (fate.kind === "cancelled") {
          const who =
            by === undefined ? "The workflow run was cancelled" : `@${by} cancelled the workflow run`;
          return cancelByRun(deps, tx, attempt, `${who} on GitHub.`);
        }
        if (fate.kind === "lost") await failAttempt(deps, tx, { attempt, state: "lost", ...fate });
      });
    },
  };
}

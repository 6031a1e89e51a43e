import type { Inbox } from "@aicd/app";
import { AicdError, type InstalledRepository } from "@aicd/core";
import {
  findAttempt,
  findRepositoryId,
  findTaskOfBranch,
  findTaskOfThread,
  findUserByGithubId,
  locateAttempt,
  revokeSessions,
} from "@aicd/db";
import { permissionOf, type RepositoryPower, reviewOpensThread } from "@aicd/github";
import type { Deps } from "../deps.ts";
import { hearJob } from "../fleet/hear.ts";
import { oweIndex } from "../indexing/owe.ts";
import { oweJudgement } from "../tasks/ci/judge-checks.ts";
import { failAttempt } from "../tasks/end-attempt.ts";
import { cancelByRun } from "../tasks/fate/ask-run.ts";
import { fateOfRun } from "../tasks/fate/run-fate.ts";
import { oweCheck } from "../tasks/move.ts";
import { scopeFor, takeWish } from "./wishes.ts";

/** Where the app's intents enter the system. */
export function createInbox(deps: Deps): Inbox {
  const readOf = ({ installationId, repositoryId }: InstalledRepository, power: RepositoryPower) =>
    deps.github.installation(installationId, { power, repositoryId }).read;

  return {
    async permission(repository, login) {
      const { installationId } = repository;
      // Nobody may ask for anything through an installation that is suspended, gone or not ours.
      if ((await scopeFor(deps, installationId)) === undefined) return "none";
      return permissionOf(readOf(repository, "ask-people"), repository, login);
    },
    async accept(key, repository, intent, permission) {
      // A reply in a thread comes as a review too; only a comment that opens one asks for a change.
      const isReply =
        intent.type === "revision.requested" &&
        intent.bare &&
        !(await reviewOpensThread(readOf(repository, "read-review"), repository, intent));
      if (!isReply) await takeWish(deps, { key, repository, intent, permission });
    },
    refuse: (key, repository, intent) => takeWish(deps, { key, repository, intent, permission: undefined }),
    async installationChanged({ installationId }) {
      await deps.db.withSystem((tx) => deps.enqueue(tx, "sync-installation", { installationId }));
    },
    async pushed({ installationId, repositoryId }) {
      const scope = await scopeFor(deps, installationId);
      if (scope === undefined) return;
      await deps.db.withTenant(scope, async (tx) => {
        const id = await findRepositoryId(tx, repositoryId);
        if (id !== undefined) await oweIndex(deps, tx, "refresh", id);
      });
    },
    async headMoved({ repository: { installationId, repositoryId }, pullRequestNumber }) {
      const scope = await scopeFor(deps, installationId);
      if (scope === undefined) return;
      await deps.db.withTenant(scope, async (tx) => {
        const id = await findRepositoryId(tx, repositoryId);
        const task =
          id === undefined
            ? undefined
            : await findTaskOfThread(tx, { repositoryId: id, number: pullRequestNumber });
        if (task?.pullRequestNumber === pullRequestNumber) await oweCheck(deps, tx, task);
      });
    },
    async checksEnded({ repository: { installationId, repositoryId }, branch, app }) {
      const scope = `${app}[bot]` === deps.appLogin ? undefined : await scopeFor(deps, installationId);
      if (scope === undefined) return;
      await deps.db.withTenant(scope, async (tx) => {
        const id = await findRepositoryId(tx, repositoryId);
        const task = id === undefined ? undefined : await findTaskOfBranch(tx, { repositoryId: id, branch });
        if (task !== undefined) await oweJudgement(deps, tx, task);
      });
    },
    async authorizationRevoked({ githubId }) {
      const user = await findUserByGithubId(deps.db.system, githubId);
      if (user !== undefined) await revokeSessions(deps.db.system, { userId: user.id });
    },
    async purchaseChanged({ githubId }) {
      if (deps.billing === undefined) return;
      await deps.db.withSystem((tx) => deps.enqueue(tx, "sync-marketplace", { accountId: githubId }));
    },
    async jobChanged(job) {
      if (deps.fleet === undefined) return;
      const scope = await scopeFor(deps, job.repository.installationId);
      if (scope !== undefined) await hearJob(deps, scope, job);
    },
    runEnded: (run) => endByRun(deps, run),
  };
}

/** A run of GitHub's ended; if the attempt it was for has not, it never will by itself. */
async function endByRun(
  deps: Deps,
  { runId, conclusion, by }: Parameters<Inbox["runEnded"]>[0],
): Promise<void> {
  const located = await locateAttempt(deps.db.system, { runId });
  if (located === undefined) return;
  await deps.db.withTenant({ tenantId: located.tenantId }, async (tx) => {
    const attempt = await findAttempt(tx, located.id);
    if (attempt === undefined) throw new AicdError("broken", "An attempt vanished.");
    const fate = fateOfRun(attempt.state, { status: "completed", conclusion });
    if (fate.kind === "cancelled") {
      const who = by === undefined ? "The workflow run was cancelled" : `@${by} cancelled the workflow run`;
      return cancelByRun(deps, tx, attempt, `${who} on GitHub.`);
    }
    if (fate.kind === "lost") await failAttempt(deps, tx, { attempt, state: "lost", ...fate });
  });
}

import type { Inbox } from "@aicd/app";
import { AicdError, type IntentPlace, type ThreadIntent } from "@aicd/core";
import {
  findAttempt,
  locateAttempt,
  locateInstallation,
  noteOutcome,
  type Scope,
  storeIntent,
  upsertRepository,
} from "@aicd/db";
import { permissionOf } from "@aicd/github";
import type { Deps } from "../deps.ts";
import { applyIntent } from "../tasks/apply-intent.ts";
import { failAttempt } from "../tasks/end-attempt.ts";
import { refreshInstallation } from "./installation.ts";

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
    place: IntentPlace,
    intent: ThreadIntent,
    refused: boolean,
  ): Promise<void> {
    const scope = await scopeFor(place.installationId);
    // Suspended or gone: no new work, and nobody to tell.
    if (scope === undefined) return;
    await deps.db.withTenant(scope, async (tx) => {
      const repositoryId = await upsertRepository(tx, deps.mint, {
        installationGithubId: place.installationId,
        githubId: place.repositoryId,
        owner: place.owner,
        name: place.name,
      });
      const row = await storeIntent(tx, deps.mint, { key, repositoryId, place, intent });
      if (row === undefined) return;
      if (!refused) return applyIntent(deps, tx, row);
      await noteOutcome(tx, row.id, "not.permitted");
      await deps.enqueue(tx, "react", { ...tx.scope, intentId: row.id, content: "-1" });
    });
  }

  return {
    async permission(place, login) {
      return permissionOf(deps.github.installation(place.installationId).read, place, login);
    },
    accept: (key, place, intent) => store(key, place, intent, false),
    refuse: (key, place, intent) => store(key, place, intent, true),
    async installationChanged({ installationId }) {
      await refreshInstallation(deps, installationId);
    },
    async runEnded({ runId, conclusion }) {
      const located = await locateAttempt(deps.db.system, { runId });
      if (located === undefined) return;
      await deps.db.withTenant({ tenantId: located.tenantId }, async (tx) => {
        const attempt = await findAttempt(tx, located.id);
        if (attempt === undefined) throw new AicdError("broken", "An attempt vanished.");
        const reason = attempt.state === "leased" ? "runner_lost" : "runner_never_started";
        const detail = `The workflow run ended (${conclusion}) without a result.`;
        await failAttempt(deps, tx, { attempt, state: "lost", reason, detail });
      });
    },
  };
}

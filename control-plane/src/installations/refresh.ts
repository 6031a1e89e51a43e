import type { TenantId } from "@aicd/core";
import { endInstallation, oweErasure, upsertInstallation } from "@aicd/db";
import { isStatus } from "@aicd/github";
import type { Deps } from "../deps.ts";
import { stopWork } from "../tasks/stop-work.ts";

export type Known = { tenantId: TenantId; state: "active" | "suspended" | "deleted" };

/** An uninstall by mistake can be undone until then; a day is what was promised. */
const ERASE_AFTER_HOURS = 12;

/**
 * Brings an installation up to date from GitHub itself: deliveries come late, twice and out of order,
 * so they are hints, and the present state is what counts.
 */
export async function refreshInstallation(deps: Deps, githubId: number): Promise<Known | undefined> {
  try {
    const { data } = await deps.github.app.rest.apps.getInstallation({ installation_id: githubId });
    const { account } = data;
    if (account === null) return undefined;
    const login = "login" in account ? account.login : account.slug;
    const kind = data.target_type === "User" ? ("User" as const) : ("Organization" as const);
    const state = data.suspended_at === null ? ("active" as const) : ("suspended" as const);
    const { tenantId } = await deps.db.withSystem((tx) =>
      upsertInstallation(tx, deps.mint, {
        githubId,
        account: { id: Number(account.id), login, kind },
        state,
        permissions: data.permissions as Record<string, string>,
        selection: data.repository_selection,
      }),
    );
    if (deps.billing !== undefined) {
      // What was bought before the App was installed belongs to nobody until now.
      await deps.db.withSystem((tx) =>
        deps.enqueue(tx, "sync-marketplace", { accountId: Number(account.id) }),
      );
    }
    if (state === "suspended") await stopWork(deps, tenantId, "The App was suspended.");
    return { tenantId, state };
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
    return uninstalled(deps, githubId);
  }
}

async function uninstalled(deps: Deps, githubId: number): Promise<Known | undefined> {
  const tenantId = await deps.db.withSystem(async (tx) => {
    const ended = await endInstallation(tx, githubId);
    if (ended?.last === true) {
      await oweErasure(tx, deps.mint, { tenantId: ended.tenantId, afterHours: ERASE_AFTER_HOURS });
    }
    return ended?.tenantId;
  });
  if (tenantId === undefined) return undefined;
  await stopWork(deps, tenantId, "The App was uninstalled.");
  return { tenantId, state: "deleted" };
}

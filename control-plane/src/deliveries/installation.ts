import type { TenantId } from "@aicd/core";
import { locateInstallation, type SystemTx, upsertInstallation } from "@aicd/db";
import { isStatus } from "@aicd/github";
import type { Deps } from "../deps.ts";

type Known = { tenantId: TenantId; state: "active" | "suspended" | "deleted" };

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
    return deps.db.withSystem(async (tx) => {
      const tenant = await upsertInstallation(tx, deps.mint, {
        githubId,
        account: { id: Number(account.id), login, kind },
        state,
      });
      if (state !== "active") await stopAttempts(tx, tenant.tenantId);
      return { ...tenant, state };
    });
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
    return deps.db.withSystem(async (tx) => {
      const known = await locateInstallation(tx, githubId);
      if (known === undefined) return undefined;
      await tx.query("UPDATE installations SET state = 'deleted', updated_at = now() WHERE github_id = $1", [
        githubId,
      ]);
      await stopAttempts(tx, known.tenantId);
      return { ...known, state: "deleted" as const };
    });
  }
}

/** No work goes on without an installation: runners learn it with their next heartbeat. */
async function stopAttempts(tx: SystemTx, tenantId: TenantId): Promise<void> {
  await tx.query(
    `UPDATE attempts SET cancel_reason = 'the App was suspended or uninstalled'
     WHERE tenant_id = $1 AND state IN ('pending', 'dispatched', 'leased')`,
    [tenantId],
  );
}

import { findSettings } from "@aicd/db";
import type { Deps } from "../../deps.ts";
import { scopeOf } from "../../facts.ts";
import { stopWork } from "../stop-work.ts";

/** Job `pause-tenant`: ends what is under way, unless the pause is over again. Runners hear of it within a heartbeat. */
export async function pauseTenant(deps: Deps, payload: { tenantId: string }): Promise<void> {
  const scope = scopeOf(payload);
  const { paused } = await deps.db.withTenant(scope, (tx) => findSettings(tx));
  if (!paused) return;
  const reason =
    "AI-CD was paused for this organisation. When an owner or admin has ended the pause, `/aicd` starts a new task.";
  await stopWork(deps, scope.tenantId, reason);
}

import { type AttemptId, LIVE_ATTEMPT_STATES, type Settings, type TenantId } from "@aicd/core";
import { and, eq, inArray, sql } from "drizzle-orm";
import type { SystemDb } from "../database.ts";
import { attempts } from "../schema/tasks.ts";

/** Whose attempt it is; a runner knows no more than the id. System work. */
export async function locateAttempt(
  tx: SystemDb,
  key: { id: AttemptId } | { tokenHash: Buffer } | { runId: number },
): Promise<{ tenantId: TenantId; id: AttemptId } | undefined> {
  const where =
    "id" in key
      ? eq(attempts.id, key.id)
      : "tokenHash" in key
        ? eq(attempts.tokenHash, key.tokenHash)
        : and(eq(attempts.runId, key.runId), inArray(attempts.state, [...LIVE_ATTEMPT_STATES]));
  const [row] = await tx.db
    .select({ tenantId: attempts.tenantId, id: attempts.id })
    .from(attempts)
    .where(where);
  return row;
}

/** Who makes a model call with a lease token, and what was agreed on for it. System work. */
export async function locateCaller(
  tx: SystemDb,
  tokenHash: Buffer,
): Promise<{ tenantId: TenantId; id: AttemptId; settings: Settings | null } | undefined> {
  const [row] = await tx.db
    .select({
      tenantId: attempts.tenantId,
      id: attempts.id,
      // The rest of the context is the whole thread, and no matter of a call.
      settings: sql<Settings | null>`${attempts.context} -> 'settings'`,
    })
    .from(attempts)
    .where(eq(attempts.tokenHash, tokenHash));
  return row;
}

import { forgetAudit, forgetSessions, forgetSignIns, forgetTranscripts, forgetWebhookEvents } from "@aicd/db";
import type { Deps } from "../deps.ts";
import { emptyBodies, forgetDeliveries } from "../intake/index.ts";
import { forgetDeadJobs } from "./forget-dead-jobs.ts";

/** So long people can see what their endpoints were sent, and have it sent again. */
const WEBHOOK_LOG_MS = 7 * 24 * 60 * 60_000;

/**
 * Deletes what is of no use any more: bodies of old webhooks, tokens that have long expired, jobs that were given
 * up long ago.
 */
export async function forget(deps: Deps): Promise<void> {
  while ((await forgetDeadJobs(deps.pool)) > 0);
  while ((await emptyBodies(deps.pool)) > 0);
  while ((await forgetDeliveries(deps.pool)) > 0);
  await deps.pool.query("DELETE FROM oidc_tokens WHERE used_at < now() - interval '1 day'");
  await deps.pool.query("DELETE FROM idempotency_keys WHERE created_at < now() - interval '1 day'");
  await forgetSignIns(deps.db.system);
  await deps.db.withEraser(async (tx) => {
    await forgetSessions(tx);
    await forgetAudit(tx);
    await forgetTranscripts(tx);
    await forgetWebhookEvents(tx, new Date(deps.now() - WEBHOOK_LOG_MS));
  });
}

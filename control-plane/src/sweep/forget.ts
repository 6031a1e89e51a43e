import type { Deps } from "../deps.ts";
import { forgetDeliveries } from "../intake/index.ts";

/** Deletes what is of no use any more: bodies of old webhooks, and tokens that have long expired. */
export async function forget(deps: Deps): Promise<void> {
  await forgetDeliveries(deps.pool);
  await deps.pool.query("DELETE FROM oidc_tokens WHERE used_at < now() - interval '1 day'");
}

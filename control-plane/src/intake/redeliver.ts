import type { Deps } from "../deps.ts";
import { missedDeliveries, type Try, WINDOW_MS } from "./missed.ts";

/** Far more than three days of a busy App; a list without an end must not keep us. */
const PAGES = 1_000;
/** Any number that no other lock of ours has: one process of all asks at a time. */
export const LOCK = 7_203_411;
const ANSWER_MS = 5_000;

/**
 * GitHub never sends a failed delivery again by itself. Asks for those of the last three days that were not
 * accepted, by one process at a time, and only while our own address answers: asked for at a time when they cannot
 * arrive, they would use up their tries.
 */
export async function redeliverFailed(
  deps: Pick<Deps, "github" | "log" | "now" | "pool" | "publicUrl">,
): Promise<{ asked: number; lost: number }> {
  const client = await deps.pool.connect();
  try {
    const { rows } = await client.query<{ mine: boolean }>("SELECT pg_try_advisory_lock($1) AS mine", [LOCK]);
    if (rows[0]?.mine !== true) return { asked: 0, lost: 0 };
    try {
      return await redeliver(deps);
    } finally {
      await client.query("SELECT pg_advisory_unlock($1)", [LOCK]);
    }
  } finally {
    client.release();
  }
}

async function redeliver(deps: Pick<Deps, "github" | "log" | "now" | "publicUrl">) {
  const { again, lost } = missedDeliveries(await listTries(deps), deps.now());
  if (lost > 0) deps.log.error({ lost }, "deliveries could not be had from GitHub");
  if (again.length === 0 || !(await answers(deps))) return { asked: 0, lost };
  for (const id of again) {
    try {
      await deps.github.app.rest.apps.redeliverWebhookDelivery({ delivery_id: id });
    } catch (err) {
      // One that GitHub has forgotten must not keep the others from coming.
      deps.log.warn({ err, deliveryId: id }, "a delivery could not be asked for again");
    }
  }
  return { asked: again.length, lost };
}

/** Whether the address that GitHub delivers to is up, seen from here. */
async function answers({ publicUrl, log }: Pick<Deps, "publicUrl" | "log">): Promise<boolean> {
  try {
    const answer = await fetch(new URL("/healthz", publicUrl), { signal: AbortSignal.timeout(ANSWER_MS) });
    if (answer.ok) return true;
    log.warn({ status: answer.status }, "missed deliveries wait: our own address does not answer");
  } catch (err) {
    log.warn({ err }, "missed deliveries wait: our own address does not answer");
  }
  return false;
}

/** The list is newest first, so it is left where the window ends. */
async function listTries({ github, now }: Pick<Deps, "github" | "now">): Promise<Try[]> {
  const since = now() - WINDOW_MS;
  const tries: Try[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const { data, headers } = await github.app.rest.apps.listWebhookDeliveries({
      per_page: 100,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const some = data.map(({ id, guid, delivered_at, status_code }) => ({
      id: Number(id),
      guid,
      deliveredAt: Date.parse(delivered_at),
      accepted: status_code >= 200 && status_code < 300,
    }));
    const fresh = some.filter(({ deliveredAt }) => deliveredAt >= since);
    tries.push(...fresh);
    cursor = /[?&]cursor=([^&>]{1,200})[^>]{0,500}>; rel="next"/.exec(headers.link ?? "")?.[1];
    if (cursor === undefined || fresh.length < some.length) break;
  }
  return tries;
}

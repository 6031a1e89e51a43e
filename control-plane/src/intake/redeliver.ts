import type { Deps } from "../deps.ts";

const WINDOW_MS = 3 * 24 * 60 * 60_000;
const TRIES = 5;
const PAGES = 20;

/**
 * GitHub never sends a failed delivery again by itself. Asks for those that were not accepted, younger
 * than three days, at most five times each; what stays undelivered is an alarm.
 */
export async function redeliverFailed(deps: Deps): Promise<{ asked: number; lost: number }> {
  const byGuid = new Map<string, { id: number; tries: number; accepted: boolean }>();
  const since = deps.now() - WINDOW_MS;
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const { data, headers } = await deps.github.app.rest.apps.listWebhookDeliveries({
      per_page: 100,
      ...(cursor === undefined ? {} : { cursor }),
    });
    let inWindow = 0;
    for (const delivery of data) {
      if (Date.parse(delivery.delivered_at) < since) continue;
      inWindow++;
      const accepted = delivery.status_code >= 200 && delivery.status_code < 300;
      const known = byGuid.get(delivery.guid);
      if (known === undefined) byGuid.set(delivery.guid, { id: Number(delivery.id), tries: 1, accepted });
      else {
        known.tries++;
        known.accepted ||= accepted;
      }
    }
    cursor = /[?&]cursor=([^&>]{1,200})[^>]{0,500}>; rel="next"/.exec(headers.link ?? "")?.[1];
    if (cursor === undefined || inWindow < data.length) break;
  }
  const failed = [...byGuid.values()].filter((delivery) => !delivery.accepted);
  const again = failed.filter((delivery) => delivery.tries < TRIES);
  for (const { id } of again) {
    try {
      await deps.github.app.rest.apps.redeliverWebhookDelivery({ delivery_id: id });
    } catch (err) {
      // One that GitHub has forgotten must not keep the others from coming.
      deps.log.warn({ err, deliveryId: id }, "a delivery could not be asked for again");
    }
  }
  const lost = failed.length - again.length;
  if (lost > 0) deps.log.error({ lost }, "deliveries could not be had from GitHub");
  return { asked: again.length, lost };
}

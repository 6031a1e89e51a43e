import type { Event } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { sign } from "./sign.ts";

const TIMEOUT_MS = 10_000;

/** Posts an event to every endpoint that wants it. What is refused or not heard stays in the list of events. */
export function post(world: World, event: Event): void {
  for (const { url, secret, enabled_events: wanted } of world.endpoints.values()) {
    if (!wanted.includes("*") && !wanted.includes(event.type)) continue;
    const payload = JSON.stringify(event, undefined, 2);
    // A signature is of the sender's real time, whatever a test clock says.
    const signature = sign(payload, secret, Math.floor(Date.now() / 1_000));
    const sent = fetch(url, {
      method: "POST",
      body: payload,
      headers: { "content-type": "application/json; charset=utf-8", "stripe-signature": signature },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).then(
      async (response) => void (await response.arrayBuffer()),
      // Nobody is there: Stripe tries again for days, here a test posts it again.
      () => undefined,
    );
    world.posting.add(sent);
    void sent.finally(() => world.posting.delete(sent));
  }
}

import type { EmitterWebhookEvent, EmitterWebhookEventName } from "@octokit/webhooks";
import published from "@octokit/webhooks-examples" with { type: "json" };

/** One delivery as GitHub publishes it; `event` is `issues.labeled`, or `push` where there is no action. */
export type Example = { event: string; name: string; payload: Record<string, unknown> };

/** Every payload GitHub publishes. */
export const EXAMPLES: readonly Example[] = (
  published as unknown as { name: string; examples: ({ action?: string } & Record<string, unknown>)[] }[]
).flatMap(({ name, examples }) =>
  examples.map((payload) => ({
    event: payload.action === undefined ? name : `${name}.${payload.action}`,
    name,
    payload,
  })),
);

/** A copy of the first published payload of an event, to be changed where a test differs from it. */
export function payloadOf<Event extends EmitterWebhookEventName>(
  event: Event,
): EmitterWebhookEvent<Event>["payload"] {
  const example = EXAMPLES.find((one) => one.event === event);
  if (example === undefined) throw new Error(`GitHub publishes no example of ${event}.`);
  return structuredClone(example.payload) as EmitterWebhookEvent<Event>["payload"];
}

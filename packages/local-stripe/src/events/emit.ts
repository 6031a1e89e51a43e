import { blank } from "../contract/blank.ts";
import type { Event } from "../world/types.ts";
import { mint, nowOf, type World } from "../world/world.ts";
import { post } from "./post.ts";

/** Makes an event of an object as it is now, and posts it to whoever listens. */
export function emit(world: World, type: string, object: object, before?: Record<string, unknown>): void {
  const { customer = null } = object as { customer?: string | null };
  const created = nowOf(world, customer);
  const event = blank<Event>("event", {
    id: mint("evt"),
    object: "event",
    type,
    created,
    api_version: world.apiVersion,
    data: {
      object: structuredClone(object),
      ...(before === undefined ? {} : { previous_attributes: before }),
    },
    request: { id: null, idempotency_key: null },
  });
  world.events.set(event.id, event);
  if (world.held === undefined) post(world, event);
  else world.held.push(event);
}

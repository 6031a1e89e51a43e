import { randomBytes } from "node:crypto";
import { blank } from "../contract/blank.ts";
import { find, list, type Routes } from "../http/call.ts";
import type { Endpoint, Event } from "../world/types.ts";
import { mint } from "../world/world.ts";

export const eventRoutes: Routes = {
  "get /v1/events": (call) => {
    const { type, types, created } = call.asked;
    const fits = (each: Event) =>
      (type === undefined || each.type === type) &&
      (types === undefined || types.includes(each.type)) &&
      (created?.gte === undefined || each.created >= created.gte) &&
      (created?.gt === undefined || each.created > created.gt);
    return list(call, [...call.world.events.values()].filter(fits));
  },
  "get /v1/events/{id}": ({ world, id }) => find(world.events, "event", id),
  "post /v1/webhook_endpoints": ({ world, asked }) => {
    const endpoint = blank<Endpoint>("webhook_endpoint", {
      id: mint("we"),
      object: "webhook_endpoint",
      created: world.clock(),
      metadata: asked.metadata ?? {},
      url: asked.url,
      enabled_events: asked.enabled_events,
      secret: `whsec_${randomBytes(24).toString("hex")}`,
    });
    endpoint.status = "enabled";
    world.endpoints.set(endpoint.id, endpoint);
    return endpoint;
  },
  // The secret is shown once, when the endpoint is made.
  "get /v1/webhook_endpoints": (call) => {
    const shown = [...call.world.endpoints.values()].map(({ secret: _, ...endpoint }) => endpoint);
    return list(call, shown);
  },
};

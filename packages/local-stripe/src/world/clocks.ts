import { blank } from "../contract/blank.ts";
import { emit } from "../events/emit.ts";
import { find, type Routes } from "../http/call.ts";
import { invalid, StripeError } from "../http/errors.ts";
import { tick } from "../subscriptions/tick.ts";
import type { Clock } from "./types.ts";
import { mint } from "./world.ts";

const DAY = 86_400;

/** docs.stripe.com/billing/testing/test-clocks: advancing takes a while, and until then nothing else may be done. */
export const clockRoutes: Routes = {
  "post /v1/test_helpers/test_clocks": ({ world, asked }) => {
    const clock = blank<Clock>("test_helpers.test_clock", {
      id: mint("clock"),
      object: "test_helpers.test_clock",
      created: world.clock(),
      name: asked.name ?? null,
      frozen_time: asked.frozen_time,
      deletes_after: world.clock() + 30 * DAY,
      status: "ready",
    });
    world.clocks.set(clock.id, clock);
    return clock;
  },
  "get /v1/test_helpers/test_clocks/{test_clock}": ({ world, id }) => find(world.clocks, "test clock", id),
  "delete /v1/test_helpers/test_clocks/{test_clock}": ({ world, id }) => {
    find(world.clocks, "test clock", id);
    world.clocks.delete(id);
    for (const each of world.customers.values()) if (each.test_clock === id) each.deleted = true;
    for (const [key, each] of world.subscriptions)
      if (each.test_clock === id) world.subscriptions.delete(key);
    return { id, object: "test_helpers.test_clock", deleted: true };
  },
  "post /v1/test_helpers/test_clocks/{test_clock}/advance": ({ world, id, asked }) => {
    const clock = find(world.clocks, "test clock", id);
    if (clock.status === "advancing")
      throw new StripeError(429, { message: "Test clock advancement underway." });
    if (asked.frozen_time <= clock.frozen_time)
      throw invalid("frozen_time", "A test clock only goes forwards.");
    clock.status = "advancing";
    const shown = structuredClone(clock);
    setImmediate(() => {
      tick(world, clock, asked.frozen_time);
      clock.status = "ready";
      emit(world, "test_helpers.test_clock.ready", clock);
    });
    return shown;
  },
};

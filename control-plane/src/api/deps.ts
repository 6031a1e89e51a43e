import type { Deps } from "../deps.ts";
import type { EventHub } from "./events/hub.ts";

/** What the public API works with: the use cases' own, and the one place that watches for events. */
export type ApiDeps = Deps & { hub: EventHub };

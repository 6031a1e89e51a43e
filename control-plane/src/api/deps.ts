import type { Deps } from "../deps.ts";
import type { TaskFeed } from "./events/feed.ts";
import type { EventHub } from "./events/hub.ts";

/** What the public API works with: the use cases' own, and the places that watch for events and for changed tasks. */
export type ApiDeps = Deps & { hub: EventHub; feed: TaskFeed };

import type { TaskId } from "@aicd/core";
import { type Database, type EventRow, recentEvents, type Scope } from "@aicd/db";

/** Transactions end within this, so an event with an older id cannot turn up later. */
const SETTLED_MS = 30_000;

/** `caller`: the id of the person or key. */
export type Watcher = { scope: Scope; taskId: TaskId; caller: string; end: () => void };
export type Deliver = (events: EventRow[]) => void;

/** A task somebody watches. Every event above `floor` is in `seen`, with the time it was. */
export type Topic = {
  scope: Scope;
  taskId: TaskId;
  floor: string;
  seen: Map<string, number>;
  watchers: Map<Watcher, Deliver>;
  /** Learned what there is already, so that it can tell what is new. */
  ready: Promise<void>;
  primed: boolean;
};

type Deps = { db: Database; now: () => number };

export function openTopic(deps: Deps, { scope, taskId }: Watcher): Topic {
  const ready = Promise.resolve();
  const topic = { scope, taskId, floor: "", seen: new Map(), watchers: new Map(), ready, primed: false };
  topic.ready = prime(deps, topic);
  return topic;
}

async function prime(deps: Deps, topic: Topic): Promise<void> {
  const { taskId, scope } = topic;
  const { floor, ids } = await deps.db.withTenant(scope, (tx) =>
    recentEvents(tx, { taskId, withinMs: SETTLED_MS }),
  );
  topic.floor = floor;
  for (const id of ids) if (id > floor) topic.seen.set(id, deps.now());
  topic.primed = true;
}

/** Hands on what of `found`, a page of at most `full` rows above the floor, nobody has had yet. */
export function tell(topic: Topic, found: EventRow[], { now, full }: { now: number; full: number }): void {
  const fresh = found.filter(({ id }) => !topic.seen.has(id));
  for (const { id } of fresh) topic.seen.set(id, now);
  // A full page of known ones would hide what lies behind it.
  if (fresh.length === 0 && found.length === full) raise(topic, found[full / 2]?.id ?? topic.floor);
  if (fresh.length > 0) for (const deliver of topic.watchers.values()) deliver(fresh);
}

function raise(topic: Topic, floor: string): void {
  topic.floor = floor;
  for (const id of topic.seen.keys()) if (id <= floor) topic.seen.delete(id);
}

/** Raises the floor over what is old enough, so that the next look counts only a few. */
export function settle(topic: Topic, now: number): void {
  for (const [id, at] of [...topic.seen].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (at > now - SETTLED_MS) return;
    topic.seen.delete(id);
    topic.floor = id;
  }
}

import { type Database, findChangedTasks, listFreshEvents } from "@aicd/db";
import type { Logger } from "@aicd/ops";
import { eachLimited } from "../../keyed-limit.ts";
import { createSeats, tooMany } from "./seats.ts";
import { type Deliver, openTopic, settle, type Topic, tell, type Watcher } from "./topic.ts";

/** Pause between two looks; the mean delay of an event is half of it. */
const TICK_MS = 100;
const PAGE = 500;
/** Read side by side, so that a busy moment leaves connections to others. */
const TENANTS_AT_ONCE = 8;

/** One look per tick for all watchers of this process, however many they are. */
export type EventHub = {
  /**
   * Delivers every event that is committed after `ready`; what was before, the watcher reads by itself.
   * @throws Refusal when there are too many watchers
   */
  watch(watcher: Watcher, deliver: Deliver): { ready: Promise<void>; stop: () => void };
  /** Ends every stream; watchers come back to another process. */
  close(): void;
};

type HubDeps = { db: Database; log: Logger; now: () => number };
/** What is watched, by tenant and task. */
type Topics = Map<string, Topic>;

export function createEventHub(deps: HubDeps): EventHub {
  const topics: Topics = new Map();
  const seats = createSeats();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function plan(): void {
    if (timer !== undefined || topics.size === 0 || closed) return;
    timer = setTimeout(() => {
      void look(deps, topics)
        .catch((err: unknown) => deps.log.warn({ err }, "looking for new events failed"))
        .finally(() => {
          timer = undefined;
          plan();
        });
    }, TICK_MS);
  }

  return {
    watch(watcher, deliver) {
      if (closed) throw tooMany();
      const leave = seats.take(watcher);
      const key = keyOf(watcher.scope.tenantId, watcher.taskId);
      const topic = topics.get(key) ?? openTopic(deps, watcher);
      topics.set(key, topic);
      topic.watchers.set(watcher, deliver);
      plan();
      const stop = () => {
        leave();
        topic.watchers.delete(watcher);
        if (topic.watchers.size === 0 && topics.get(key) === topic) topics.delete(key);
      };
      return { ready: topic.ready, stop };
    },
    close() {
      closed = true;
      clearTimeout(timer);
      for (const topic of topics.values()) for (const { end } of [...topic.watchers.keys()]) end();
    },
  };
}

/** One question to Postgres which of the tasks have news, and one more for each tenant that has. */
async function look(deps: HubDeps, topics: Topics): Promise<void> {
  const all = [...topics.values()].filter(({ primed }) => primed);
  if (all.length === 0) return;
  const watched = all.map(({ scope, taskId, floor, seen }) => ({
    tenantId: scope.tenantId,
    taskId,
    floor,
    known: seen.size,
  }));
  const changed = await findChangedTasks(deps.db.system, watched);
  const busy = changed.flatMap(({ tenantId, taskId }) => topics.get(keyOf(tenantId, taskId)) ?? []);
  const byTenant = Map.groupBy(busy, ({ scope }) => scope.tenantId);
  await eachLimited([...byTenant.values()], TENANTS_AT_ONCE, (some) => refresh(deps, some));
  for (const topic of all) settle(topic, deps.now());
}

/** What is new in the watched tasks of one tenant; a task with more than a page is read on at the next look. */
async function refresh(deps: HubDeps, some: Topic[]): Promise<void> {
  const [first] = some;
  if (first === undefined) return;
  const rows = await deps.db.withTenant(first.scope, (tx) =>
    listFreshEvents(tx, { tasks: some.map(({ taskId, floor }) => ({ taskId, floor })), limit: PAGE }),
  );
  const byTask = Map.groupBy(rows, ({ taskId }) => taskId);
  for (const topic of some) tell(topic, byTask.get(topic.taskId) ?? [], { now: deps.now(), full: PAGE });
}

function keyOf(tenantId: string, taskId: string): string {
  return `${tenantId} ${taskId}`;
}

import type { TaskId } from "@aicd/core";
import {
  type Database,
  type EventRow,
  findChangedTasks,
  listFreshEvents,
  recentEvents,
  type Scope,
} from "@aicd/db";
import type { Logger } from "@aicd/ops";
import { Refusal } from "../../http/problems/problems.ts";
import { eachLimited } from "../../keyed-limit.ts";

/** Pause between two looks; the mean delay of an event is half of it. */
const TICK_MS = 100;
/** Transactions end within this, so an event with an older id cannot turn up later. */
const SETTLED_MS = 30_000;
/** Of the 1,000 connections that a process takes: the rest is for requests, runners and GitHub's webhooks. */
const WATCHERS = 600;
/** One organisation must not take the streams of all the others, nor one caller those of its organisation. */
const WATCHERS_PER_TENANT = 200;
const WATCHERS_PER_CALLER = 50;
const PAGE = 500;
/** Read side by side, so that a busy moment leaves connections to others. */
const TENANTS_AT_ONCE = 8;

/** `caller`: the id of the person or key. */
type Watcher = { scope: Scope; taskId: TaskId; caller: string; end: () => void };
type Deliver = (events: EventRow[]) => void;

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

/** A task somebody watches. Every event above `floor` is in `seen`, with the time it was. */
type Topic = {
  scope: Scope;
  taskId: TaskId;
  floor: string;
  seen: Map<string, number>;
  watchers: Map<Watcher, Deliver>;
  /** Learned what there is already, so that it can tell what is new. */
  ready: Promise<void>;
  primed: boolean;
};

export function createEventHub(deps: { db: Database; log: Logger; now: () => number }): EventHub {
  const topics = new Map<string, Topic>();
  const open = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function count(of: string, by: 1 | -1): void {
    const now = (open.get(of) ?? 0) + by;
    if (now === 0) open.delete(of);
    else open.set(of, now);
  }

  function plan(): void {
    if (timer !== undefined || topics.size === 0 || closed) return;
    timer = setTimeout(() => {
      void look()
        .catch((err: unknown) => deps.log.warn({ err }, "looking for new events failed"))
        .finally(() => {
          timer = undefined;
          plan();
        });
    }, TICK_MS);
  }

  async function look(): Promise<void> {
    const all = [...topics.values()].filter(({ primed }) => primed);
    if (all.length === 0) return;
    const watched = all.map(({ scope, taskId, floor, seen }) => ({
      tenantId: scope.tenantId,
      taskId,
      floor,
      known: seen.size,
    }));
    const changed = await findChangedTasks(deps.db.system, watched);
    const busy = new Map<string, Topic[]>();
    for (const { tenantId, taskId } of changed) {
      const topic = topics.get(keyOf(tenantId, taskId));
      if (topic !== undefined) busy.set(tenantId, [...(busy.get(tenantId) ?? []), topic]);
    }
    await eachLimited([...busy.values()], TENANTS_AT_ONCE, refresh);
    for (const topic of all) settle(topic);
  }

  /** What is new in the watched tasks of one tenant; a task with more than a page is read on at the next look. */
  async function refresh(some: Topic[]): Promise<void> {
    const [first] = some;
    if (first === undefined) return;
    const rows = await deps.db.withTenant(first.scope, (tx) =>
      listFreshEvents(tx, { tasks: some.map(({ taskId, floor }) => ({ taskId, floor })), limit: PAGE }),
    );
    const byTask = Map.groupBy(rows, ({ taskId }) => taskId);
    for (const topic of some) {
      const found = byTask.get(topic.taskId) ?? [];
      const fresh = found.filter(({ id }) => !topic.seen.has(id));
      for (const { id } of fresh) topic.seen.set(id, deps.now());
      // A full page of known ones would hide what lies behind it.
      if (fresh.length === 0 && found.length === PAGE) raise(topic, found[PAGE / 2]?.id ?? topic.floor);
      if (fresh.length > 0) for (const deliver of topic.watchers.values()) deliver(fresh);
    }
  }

  function raise(topic: Topic, floor: string): void {
    topic.floor = floor;
    for (const id of topic.seen.keys()) if (id <= floor) topic.seen.delete(id);
  }

  async function prime(topic: Topic): Promise<void> {
    const { taskId, scope } = topic;
    const { floor, ids } = await deps.db.withTenant(scope, (tx) =>
      recentEvents(tx, { taskId, withinMs: SETTLED_MS }),
    );
    topic.floor = floor;
    for (const id of ids) if (id > floor) topic.seen.set(id, deps.now());
    topic.primed = true;
  }

  function newTopic({ scope, taskId }: Watcher): Topic {
    const ready = Promise.resolve();
    const topic = { scope, taskId, floor: "", seen: new Map(), watchers: new Map(), ready, primed: false };
    topic.ready = prime(topic);
    return topic;
  }

  /** Raises the floor over what is old enough, so that the next look counts only a few. */
  function settle(topic: Topic): void {
    const old = deps.now() - SETTLED_MS;
    for (const [id, at] of [...topic.seen].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (at > old) return;
      topic.seen.delete(id);
      topic.floor = id;
    }
  }

  return {
    watch(watcher, deliver) {
      const { tenantId } = watcher.scope;
      const limits = [
        ["all", WATCHERS],
        [tenantId, WATCHERS_PER_TENANT],
        [`${tenantId} ${watcher.caller}`, WATCHERS_PER_CALLER],
      ] as const;
      if (closed || limits.some(([of, most]) => (open.get(of) ?? 0) >= most)) {
        const detail = "Too many streams are open. Close some, or ask for events as pages.";
        throw new Refusal("limited", detail, { headers: { "retry-after": "30" } });
      }
      const key = keyOf(tenantId, watcher.taskId);
      const topic = topics.get(key) ?? newTopic(watcher);
      topics.set(key, topic);
      topic.watchers.set(watcher, deliver);
      for (const [of] of limits) count(of, 1);
      plan();
      const stop = () => {
        if (!topic.watchers.delete(watcher)) return;
        for (const [of] of limits) count(of, -1);
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

function keyOf(tenantId: string, taskId: string): string {
  return `${tenantId} ${taskId}`;
}

import type { TaskId, TenantId } from "@aicd/core";
import { type Database, listLivingVersions, type Scope } from "@aicd/db";
import type { Logger } from "@aicd/ops";
import { Refusal } from "../../http/problems/problems.ts";

/** Pause between two looks at one organisation; a list need not be quicker than the eye. */
const TICK_MS = 700;
/** Newest tasks that are looked at; older ones that are not over for so long change seldom. */
const LOOKED_AT = 500;
/** Besides those of single tasks, of the 1,000 connections that a process takes. */
const WATCHERS = 150;
const WATCHERS_PER_TENANT = 75;
const WATCHERS_PER_CALLER = 20;

/** `caller`: the id of the person or key. */
type ListWatcher = { scope: Scope; caller: string; end: () => void };
type Deliver = (ids: TaskId[]) => void;

/** One look per tick for all watchers of an organisation's tasks, however many they are. */
export type TaskFeed = {
  /**
   * Delivers the ids of tasks that changed after it was called; which of them a watcher may see is for
   * its own database to say.
   * @throws Refusal when there are too many watchers
   */
  watch(watcher: ListWatcher, deliver: Deliver): { ready: Promise<void>; stop: () => void };
  /** Ends every stream; watchers come back to another process. */
  close(): void;
};

type Topic = {
  scope: Scope;
  watchers: Map<ListWatcher, Deliver>;
  versions: Map<TaskId, number>;
  ready: Promise<void>;
  timer: NodeJS.Timeout | undefined;
};

export function createTaskFeed(deps: { db: Database; log: Logger }): TaskFeed {
  const topics = new Map<TenantId, Topic>();
  let closed = false;

  async function read({ scope }: Topic): Promise<Map<TaskId, number>> {
    const rows = await deps.db.withTenant(scope, (tx) => listLivingVersions(tx, LOOKED_AT));
    return new Map(rows.map(({ id, version }) => [id, version]));
  }

  async function look(topic: Topic): Promise<void> {
    const before = topic.versions;
    const now = await read(topic);
    topic.versions = now;
    const changed = changedBetween(before, now);
    if (changed.length > 0) for (const deliver of topic.watchers.values()) deliver(changed);
  }

  function plan(topic: Topic): void {
    if (closed || topic.watchers.size === 0) return;
    topic.timer = setTimeout(() => {
      void look(topic)
        .catch((err: unknown) => deps.log.warn({ err }, "looking for changed tasks failed"))
        .finally(() => plan(topic));
    }, TICK_MS);
  }

  function begin(scope: Scope): Topic {
    const ready = Promise.resolve();
    const topic: Topic = { scope, watchers: new Map(), versions: new Map(), ready, timer: undefined };
    topic.ready = read(topic).then((versions) => {
      topic.versions = versions;
      plan(topic);
    });
    return topic;
  }

  return {
    watch(watcher, deliver) {
      if (closed || isCrowded(topics, watcher)) throw crowded();
      const { tenantId } = watcher.scope;
      const topic = topics.get(tenantId) ?? begin(watcher.scope);
      topics.set(tenantId, topic);
      topic.watchers.set(watcher, deliver);
      const stop = () => {
        topic.watchers.delete(watcher);
        if (topic.watchers.size > 0 || topics.get(tenantId) !== topic) return;
        clearTimeout(topic.timer);
        topics.delete(tenantId);
      };
      return { ready: topic.ready, stop };
    },
    close() {
      closed = true;
      for (const topic of topics.values()) {
        clearTimeout(topic.timer);
        for (const { end } of [...topic.watchers.keys()]) end();
      }
    },
  };
}

/** One that is there no more is over; a new one pushes the oldest out, which is told once for nothing. */
function changedBetween(before: Topic["versions"], now: Topic["versions"]): TaskId[] {
  const changed = new Set<TaskId>();
  for (const [id, version] of now) if (before.get(id) !== version) changed.add(id);
  for (const id of before.keys()) if (!now.has(id)) changed.add(id);
  return [...changed];
}

function isCrowded(topics: ReadonlyMap<TenantId, Topic>, { scope, caller }: ListWatcher): boolean {
  const all = [...topics.values()].flatMap(({ watchers }) => [...watchers.keys()]);
  const mates = all.filter((other) => other.scope.tenantId === scope.tenantId);
  const own = mates.filter((other) => other.caller === caller);
  return all.length >= WATCHERS || mates.length >= WATCHERS_PER_TENANT || own.length >= WATCHERS_PER_CALLER;
}

function crowded(): Refusal {
  const detail = "Too many streams are open. Close some, or ask for the list as pages.";
  return new Refusal("limited", detail, { headers: { "retry-after": "30" } });
}

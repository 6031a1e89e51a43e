import { Readable } from "node:stream";
import { isTerminal, parseId, type TaskId } from "@aicd/core";
import { countEvents, type EventRow, findTaskRow, listEvents, type Scope } from "@aicd/db";
import type { Deps } from "../../deps.ts";
import { missing, Refusal } from "../../http/problems/problems.ts";
import { type Answer, type Call, callerOf } from "../../http/route.ts";
import { eventOf } from "../shapes/tasks.ts";

const BEAT_MS = 15_000;
/** Told to browsers: how long to wait before coming back. */
const RETRY_MS = 2_000;
const PAGE = 500;
/** Unread bytes at which a watcher is too slow; it is cut off and comes back with `Last-Event-ID`. */
const BACKLOG_BYTES = 1024 * 1024;
/** Events before the last one seen that are sent again when one among them was committed late. */
const LATE = 50;

/** Where a watcher is: the highest event it was sent, how many it was sent in all, and how many when the task was over. */
type Position = { last: string; count: number; overAt?: number };

/**
 * One watcher: what there is already, then what the hub brings. Sent at least once, in order of commit. Of a task that
 * is over it ends behind the last event; who comes back to one that it has whole is told 204, which ends an EventSource.
 */
export async function followTask(
  deps: Deps,
  call: Call<{ task: TaskId }, unknown, unknown>,
): Promise<Readable | Answer<never>> {
  const { scope, signal } = call;
  const taskId = call.params.task;
  const resumed = call.lastEventId === undefined ? undefined : readPosition(call.lastEventId);
  const row = await deps.db.withTenant(scope, (tx) => findTaskRow(tx, taskId));
  if (row === undefined) throw missing();

  const stream = new Readable({ read() {} });
  const position: Position = { last: "", count: 0 };
  const sent = new Set<string>();
  const waiting: EventRow[] = [];
  let live = false;

  function send(event: EventRow): void {
    if (sent.has(event.id) || stream.destroyed) return;
    sent.add(event.id);
    position.count++;
    if (event.id > position.last) position.last = event.id;
    const data = JSON.stringify(eventOf(event));
    stream.push(`id: ${position.last}.${position.count}\nevent: ${event.type}\ndata: ${data}\n\n`);
    if (stream.readableLength > BACKLOG_BYTES) stream.destroy();
  }

  // The hub first, so that nothing falls between the reading and the watching.
  const { ready, stop } = deps.hub.watch(
    { scope, taskId, caller: callerOf(call), end: () => stream.push(null) },
    (events) => {
      if (live) for (const event of events) send(event);
      else waiting.push(...events);
    },
  );
  const beat = setInterval(() => void keepAlive(deps, call, { stream, position }), BEAT_MS);
  const close = () => {
    clearInterval(beat);
    stop();
  };
  stream.once("close", close);
  signal.addEventListener("abort", () => stream.destroy(), { once: true });
  if (signal.aborted) stream.destroy();
  try {
    await ready;
    stream.push(`retry: ${RETRY_MS}\n\n`);
    if (resumed !== undefined) await goBackTo(deps, scope, taskId, { resumed, position, sent });
    for await (const event of stored(deps, scope, taskId, position.last)) send(event);
    live = true;
    for (const event of waiting.splice(0)) send(event);
  } catch (error) {
    close();
    throw error;
  }
  if (isTerminal(row.state)) {
    stream.push(null);
    const isWhole = resumed?.count === position.count;
    if (isWhole) return nothingMore(stream);
  }
  return stream;
}

/**
 * Takes up a watcher where it was. The count tells whether an event was committed behind its back, with
 * an id below one it had: then the last ones are sent once more rather than one never.
 */
async function goBackTo(
  deps: Deps,
  scope: Scope,
  taskId: TaskId,
  state: { resumed: Position; position: Position; sent: Set<string> },
): Promise<void> {
  const { resumed, position, sent } = state;
  const known = await deps.db.withTenant(scope, (tx) => countEvents(tx, { taskId, upTo: resumed.last }));
  if (known === resumed.count) {
    Object.assign(position, resumed);
    sent.add(resumed.last);
    return;
  }
  const all: string[] = [];
  for await (const { id } of stored(deps, scope, taskId, "")) if (id <= resumed.last) all.push(id);
  const before = all.slice(0, -LATE);
  for (const id of before) sent.add(id);
  Object.assign(position, { last: before.at(-1) ?? "", count: before.length });
}

async function* stored(
  deps: Deps,
  scope: Scope,
  taskId: TaskId,
  from: string,
): AsyncGenerator<EventRow, void> {
  let after: string | undefined = from === "" ? undefined : from;
  for (;;) {
    const start = after;
    const page: EventRow[] = await deps.db.withTenant(scope, (tx) =>
      listEvents(tx, { taskId, after: start, limit: PAGE }),
    );
    yield* page;
    after = page.at(-1)?.id;
    if (page.length < PAGE) return;
  }
}

function nothingMore(stream: Readable): Answer<never> {
  stream.destroy();
  return { status: 204, body: undefined as never };
}

/** A sign of life, and a look whether the watcher's key or session still counts and there is more to come for them. */
async function keepAlive(
  deps: Deps,
  call: Call<{ task: TaskId }>,
  { stream, position }: { stream: Readable; position: Position },
): Promise<void> {
  if (stream.destroyed) return;
  if (!(await call.stillAllowed()) || (await isOver(deps, call, position))) stream.push(null);
  else if (!stream.destroyed && !stream.readableEnded) stream.push(": still here\n\n");
}

/** Not theirs to see any more; or ended, and nothing said since the beat before, because a late word may come. */
async function isOver(
  deps: Deps,
  { scope, params }: Call<{ task: TaskId }>,
  position: Position,
): Promise<boolean> {
  try {
    const row = await deps.db.withTenant(scope, (tx) => findTaskRow(tx, params.task));
    if (row === undefined) return true;
    if (!isTerminal(row.state)) return false;
    const wasOver = position.overAt === position.count;
    position.overAt = position.count;
    return wasOver;
  } catch {
    // The database is away for a moment; it is asked again at the next beat.
    return false;
  }
}

function readPosition(text: string): Position {
  const [last = "", count = ""] = text.split(".");
  if (parseId("event", last) !== undefined && /^\d{1,9}$/.test(count)) return { last, count: Number(count) };
  const detail = "`Last-Event-ID` is none of this stream's ids. Leave it out to begin with the first event.";
  throw new Refusal("invalid", detail, { errors: [{ in: "header", pointer: "/last-event-id", detail }] });
}

import { Readable } from "node:stream";
import { listTasksById } from "@aicd/db";
import type { z } from "zod";
import type { Deps } from "../../deps.ts";
import { type Call, callerOf } from "../../http/route.ts";
import { summaryOf, type TaskChanges } from "../shapes/tasks.ts";

const BEAT_MS = 15_000;
const RETRY_MS = 2_000;
/** Unread bytes at which a watcher is too slow; it is cut off, comes back and reads the list anew. */
const BACKLOG_BYTES = 1024 * 1024;

/**
 * One watcher of an organisation's tasks. What is sent is how tasks are now, not what happened: the first
 * message of every connection says that the list is to be read, so that a gap between two needs no memory.
 */
export async function followTasks(deps: Deps, call: Call): Promise<Readable> {
  const { scope, signal } = call;
  const stream = new Readable({ read() {} });
  const send = (changes: Omit<z.infer<typeof TaskChanges>, "id">) => {
    if (stream.destroyed || stream.readableEnded) return;
    const id = deps.mint("event");
    stream.push(`id: ${id}\nevent: tasks.changed\ndata: ${JSON.stringify({ id, ...changes })}\n\n`);
    if (stream.readableLength > BACKLOG_BYTES) stream.destroy();
  };
  const { ready, stop } = deps.feed.watch(
    { scope, caller: callerOf(call), end: () => stream.push(null) },
    (ids) => {
      // Read with the caller's own eyes: what they may not see is not in it.
      deps.db
        .withTenant(scope, (tx) => listTasksById(tx, ids))
        .then(
          (rows) =>
            rows.length > 0 &&
            send({ missed: false, tasks: rows.map((row) => summaryOf(row, deps.serverUrl)) }),
          (err: unknown) => {
            deps.log.warn({ err }, "changed tasks could not be read");
            send({ missed: true, tasks: [] });
          },
        );
    },
  );
  const beat = setInterval(() => void keepAlive(call, stream), BEAT_MS);
  const close = () => {
    clearInterval(beat);
    stop();
  };
  stream.once("close", close);
  signal.addEventListener("abort", () => stream.destroy(), { once: true });
  if (signal.aborted) stream.destroy();
  try {
    await ready;
  } catch (error) {
    close();
    throw error;
  }
  stream.push(`retry: ${RETRY_MS}\n\n`);
  send({ missed: true, tasks: [] });
  return stream;
}

async function keepAlive(call: Call, stream: Readable): Promise<void> {
  if (stream.destroyed) return;
  if (!(await call.stillAllowed())) stream.push(null);
  else if (!stream.destroyed && !stream.readableEnded) stream.push(": still here\n\n");
}

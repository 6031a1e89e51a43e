import { Worker } from "node:worker_threads";
import type { BatchWritten, DeliveryHead, WriteBatch } from "./messages.ts";

/** A dead writer is replaced, but one that cannot even start is not started in a loop. */
const RESTART_MS = 500;

export interface Written {
  /** The arena, empty again; undefined when it was lost with the thread. */
  readonly arena: ArrayBuffer | undefined;
  readonly result: BatchWritten["result"];
}

export interface Writer {
  /** Calls back exactly once, also when the thread dies. The arena is out of reach until then. */
  write(arena: ArrayBuffer, deliveries: readonly DeliveryHead[], done: (written: Written) => void): void;
  close(): Promise<void>;
}

/**
 * Runs the thread that makes batches durable.
 * @param options.onDeath told when it died and is being replaced
 * @param options.program for tests; by default the writer beside this file
 */
export function startWriter(options: {
  connectionString: string;
  onDeath: (error: Error) => void;
  program?: URL;
}): Writer {
  const { connectionString, onDeath, program = new URL("./writer.ts", import.meta.url) } = options;
  const open = new Map<number, (written: Written) => void>();
  let number = 0;
  let closing = false;
  let thread: Worker | undefined;
  let restart: NodeJS.Timeout | undefined;

  function start(): void {
    thread = new Worker(program, { workerData: { connectionString }, name: "intake-writer" });
    thread.on("message", (answer: BatchWritten) => {
      const done = open.get(answer.number);
      open.delete(answer.number);
      done?.(answer);
    });
    thread.on("error", (error) => onDeath(error instanceof Error ? error : new Error(String(error))));
    thread.once("exit", () => {
      thread = undefined;
      if (!closing) restart = setTimeout(start, RESTART_MS);
      const lost = [...open.values()];
      open.clear();
      for (const done of lost) done({ arena: undefined, result: DIED });
    });
  }

  start();
  return {
    write(arena, deliveries, done) {
      if (!thread) return done({ arena, result: DIED });
      number++;
      open.set(number, done);
      const batch: WriteBatch = { number, arena, deliveries };
      thread.postMessage(batch, [arena]);
    },
    async close() {
      closing = true;
      clearTimeout(restart);
      await thread?.terminate();
    },
  };
}

const DIED = { kind: "failed", reason: "the writer thread died" } as const;

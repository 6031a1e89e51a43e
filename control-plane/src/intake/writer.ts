import { parentPort, workerData } from "node:worker_threads";
import { createPool } from "@aicd/db";
import { isJson } from "./json.ts";
import type { BatchWritten, DeliveryHead, Verdict, WriteBatch } from "./messages.ts";
import { insertDeliveries } from "./store.ts";

/**
 * The intake's second thread: checks, packs and writes batches, so that the thread that speaks HTTP is free
 * to read the next ones. It ends when its port is closed.
 */
const STATEMENT_MS = 8_000;
const CONNECT_MS = 3_000;
/** One batch on its way while the next one is packed. */
const CONNECTIONS = 2;

const { connectionString } = workerData as { connectionString: string };
const port = parentPort;
if (!port) throw new Error("The intake's writer runs as a worker thread only.");

const pool = createPool({
  connectionString,
  applicationName: "aicd-intake",
  max: CONNECTIONS,
  statementTimeoutMs: STATEMENT_MS,
  connectTimeoutMs: CONNECT_MS,
  onError: () => {}, // the batch that meets the lost connection reports it
});

port.on("message", (batch: WriteBatch) => {
  void write(batch).then((result) => {
    const answer: BatchWritten = { number: batch.number, arena: batch.arena, result };
    port.postMessage(answer, [batch.arena]);
  });
});

async function write({ arena, deliveries }: WriteBatch): Promise<BatchWritten["result"]> {
  try {
    const { good, bodies, verdicts } = judge(arena, deliveries);
    if (good.length > 0) await insertDeliveries(pool, good, bodies);
    return { kind: "judged", verdicts };
  } catch (error) {
    return { kind: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Keeps what is JSON and closes the gaps that the rest leaves: what is stored must always parse. */
function judge(
  arena: ArrayBuffer,
  deliveries: readonly DeliveryHead[],
): { good: DeliveryHead[]; bodies: Uint8Array; verdicts: Verdict[] } {
  const all = new Uint8Array(arena);
  const good: DeliveryHead[] = [];
  const verdicts: Verdict[] = [];
  let start = 0;
  let kept = 0;
  for (const delivery of deliveries) {
    const end = start + delivery.bytes;
    if (isJson(all.subarray(start, end))) {
      if (kept < start) all.copyWithin(kept, start, end);
      kept += delivery.bytes;
      good.push(delivery);
      verdicts.push("stored");
    } else verdicts.push("not-json");
    start = end;
  }
  return { good, bodies: all.subarray(0, kept), verdicts };
}

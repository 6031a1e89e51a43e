import type { z } from "zod";
import type { Jobs } from "./catalog.ts";

/** Anything that runs SQL in the caller's transaction and tells when it is committed. */
type OutboxTx = {
  query: (text: string, values: unknown[]) => Promise<unknown>;
  afterCommit: (effect: () => void) => void;
};

/** Owes a job: the row is written with the caller's transaction, the queue is nudged after its commit. */
export type Enqueue = <J extends keyof Jobs>(
  tx: OutboxTx,
  job: J,
  payload: z.input<Jobs[J]["payload"]>,
  options?: { delayMs?: number },
) => Promise<void>;

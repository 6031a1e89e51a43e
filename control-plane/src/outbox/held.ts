import type { Logger } from "@aicd/ops";
import { type ClaimedJob, type Claims, RENEW_MS } from "./claims.ts";

/** Jobs this process has claimed, and the claims on them, renewed while it has them. */
export type Held = {
  add(jobs: readonly ClaimedJob[]): void;
  /** Aborted when another worker has the job, or by `interrupt`. */
  signalOf(job: ClaimedJob): AbortSignal;
  drop(job: ClaimedJob): void;
  /** Tells all of them to stop. */
  interrupt(): void;
  /** Renews no more. */
  close(): void;
};

export function createHeld(claims: Pick<Claims, "renew">, log: Logger): Held {
  const held = new Map<ClaimedJob, AbortController>();

  async function renew(): Promise<void> {
    const jobs = [...held.keys()];
    if (jobs.length === 0) return;
    try {
      const kept = await claims.renew(jobs);
      for (const job of jobs) {
        if (!kept.has(job.id)) held.get(job)?.abort(new Error("another worker took the job over"));
      }
    } catch (error) {
      log.warn({ err: error }, "renewing claims failed");
    }
  }

  const renewing = setInterval(() => void renew(), RENEW_MS);
  return {
    add(jobs) {
      for (const job of jobs) held.set(job, new AbortController());
    },
    signalOf: (job) => (held.get(job) ?? new AbortController()).signal,
    drop: (job) => held.delete(job),
    interrupt() {
      for (const controller of held.values()) controller.abort(new Error("the process shuts down"));
    },
    close: () => clearInterval(renewing),
  };
}

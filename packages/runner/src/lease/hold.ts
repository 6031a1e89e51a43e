import { FencedError, type LeaseGrant, type RunnerClient } from "@aicd/protocol";
import { createEventLog, type EventLog } from "./events.ts";
import { startHeartbeat } from "./heartbeat.ts";

/** Why work under a lease had to stop before it was done. */
export type Cut = { kind: "cancelled" | "fenced" | "interrupted"; why: string };

export type HeldLease = {
  lease: { token: string; epoch: number };
  events: EventLog;
  /** Fires once, when the work must stop. */
  signal: AbortSignal;
  cut(): Cut | undefined;
  /** Sorts an error of a call under this lease: losing it is a cut, not a fault. */
  notice(error: unknown): void;
  release(): void;
};

/** Keeps a lease alive and watches for all that ends it: cancel, loss, and our own process going away. */
export function holdLease(client: RunnerClient, grant: LeaseGrant, outside: AbortSignal): HeldLease {
  const lease = { token: grant.leaseToken, epoch: grant.epoch };
  const controller = new AbortController();
  let cut: Cut | undefined;

  function stop(how: Cut): void {
    cut ??= how;
    controller.abort();
  }

  function notice(error: unknown): void {
    if (error instanceof FencedError) stop({ kind: "fenced", why: error.message });
  }

  function interrupt(): void {
    stop({ kind: "interrupted", why: "The runner was asked to end." });
  }

  const events = createEventLog({
    nextSeq: grant.nextSeq,
    send: (batch) => client.events(lease, batch),
    onError: notice,
  });
  const heartbeat = startHeartbeat({
    beat: () => client.heartbeat(lease),
    everyMs: grant.heartbeatMs,
    leaseMs: grant.leaseMs,
    // A clock that is set back or forward must not end or prolong a lease.
    now: () => performance.now(),
    onCancel: (why) => stop({ kind: "cancelled", why }),
    onLost: (why) => stop({ kind: "fenced", why }),
  });
  outside.addEventListener("abort", interrupt);
  if (outside.aborted) interrupt();

  return {
    lease,
    events,
    signal: controller.signal,
    cut: () => cut,
    notice,
    release() {
      heartbeat.stop();
      events.close();
      outside.removeEventListener("abort", interrupt);
    },
  };
}

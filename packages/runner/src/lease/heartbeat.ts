import { FencedError, type HeartbeatAnswer } from "@aicd/protocol";

export type Heartbeat = { stop(): void };

/**
 * Beats until stopped. `onLost` is called once, when another runner has the attempt or when nobody has
 * answered for a whole lease; `onCancel` once, when a person cancels.
 */
export function startHeartbeat(options: {
  beat: () => Promise<HeartbeatAnswer>;
  everyMs: number;
  leaseMs: number;
  now: () => number;
  onCancel: (reason: string) => void;
  onLost: (why: string) => void;
}): Heartbeat {
  const { beat, everyMs, now, onCancel, onLost } = options;
  let leaseMs = options.leaseMs;
  let heardAt = now();
  let beating = false;
  let over = false;

  async function tick(): Promise<void> {
    if (over) return;
    if (now() - heardAt > leaseMs) return lose("The control plane has not answered for a whole lease.");
    if (beating) return;
    beating = true;
    try {
      const answer = await beat();
      heardAt = now();
      leaseMs = answer.leaseMs;
      if (answer.cancel !== null && !over) {
        over = true;
        onCancel(answer.cancel.reason);
      }
    } catch (error) {
      // Anything else may pass within the lease.
      if (error instanceof FencedError) lose(error.message);
    } finally {
      beating = false;
    }
  }

  function lose(why: string): void {
    if (over) return;
    over = true;
    onLost(why);
  }

  const timer = setInterval(tick, everyMs);
  return {
    stop() {
      over = true;
      clearInterval(timer);
    },
  };
}

import type { WorkflowRun } from "../world/run.ts";
import type { World } from "../world/world.ts";
import { runContext } from "./context.ts";
import { interpolate } from "./expression.ts";
import type { Concurrency } from "./workflow.ts";

/**
 * Puts a run at the end of its concurrency group; `turn` settles when it may go on or was cancelled.
 * As on GitHub, one run may wait: a newer one cancels it, unless the queue is `max`.
 */
export function joinQueue(
  world: World,
  run: WorkflowRun,
  rule: Concurrency,
): { group: string; turn: Promise<void> } {
  const group = `${run.repository.id} ${interpolate(rule.group, runContext(world, run)).toLowerCase()}`;
  const queue = world.queues.get(group) ?? [];
  const earlier = [...queue];
  queue.push(run);
  world.queues.set(group, queue);
  for (const other of earlier) {
    const waiting = other.status === "queued";
    if (waiting ? !rule.keepAll : rule.cancelInProgress) other.cancelled.abort();
  }
  const ended = Promise.all(earlier.map((other) => world.pendingRuns.get(other.id)));
  const cancelled = new Promise<void>((resolve) => {
    if (run.cancelled.signal.aborted) resolve();
    run.cancelled.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  return { group, turn: Promise.race([ended.then(() => undefined), cancelled]) };
}

export function leaveQueue(world: World, run: WorkflowRun, group: string): void {
  const rest = (world.queues.get(group) ?? []).filter((other) => other !== run);
  if (rest.length === 0) world.queues.delete(group);
  else world.queues.set(group, rest);
}

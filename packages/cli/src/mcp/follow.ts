import type { Event } from "@aicd/sdk";
import { isResting, isWaiting } from "../tasks.ts";
import type { Server } from "./tools.ts";

/** More would fill a conversation. */
const MOST_EVENTS = 60;

/** What happens to a task until it rests, waits for somebody, or the time is over; the last of it, and its state. */
export async function follow(
  { client, org }: Server,
  { task, seconds }: { task: string; seconds: number },
  signal: AbortSignal,
): Promise<unknown> {
  const events: Pick<Event, "at" | "type" | "body">[] = [];
  const over = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1_000)]);
  const found = () => client.getTask({ org, task });
  try {
    for await (const { at, type, body } of client.streamEvents({ org, task }, { signal: over })) {
      if (type.startsWith("tool.") || type.startsWith("model.")) continue;
      events.push({ at, type, body });
      const { state } = await found();
      if (isResting(state) || isWaiting(state)) break;
    }
  } catch (error) {
    // The time is over; what is known until now is the answer.
    if (!over.aborted || signal.aborted) throw error;
  }
  return { task: await found(), events: events.slice(-MOST_EVENTS) };
}

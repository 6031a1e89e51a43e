import { TASK_TRIGGERS, type TaskState, type TaskTrigger, targetOf } from "@aicd/core";
import { ApiError, type Client, type Event, each, type Task } from "@aicd/sdk";

const LOOK_MS = 100;

/** A task came to a state. `task` is read right after: it may be a step further already. */
export type Move = { state: TaskState; trigger: TaskTrigger | "task.queued"; task: Task };

export type Following = {
  /** Resolves when every move that was made until now has been told. */
  caughtUp(): Promise<void>;
  /** Rejects when the API says no, or whoever is told fails. */
  failed: Promise<never>;
};

/**
 * Tells every move of a task once and in order: those there were, then each as the API's stream brings it.
 * Ends with `signal`.
 */
export function followTask(
  client: Client,
  { signal, ...where }: { org: string; task: string; signal: AbortSignal },
  onMove: (move: Move) => void,
): Following {
  const seen = new Set<string>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  let last: Promise<void> = Promise.resolve();

  /** One teller at a time, or a page and the stream would tell the same moves across each other. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    last = last.then(() => (signal.aborted ? undefined : work()));
    last.catch(failed.reject);
    return last;
  }

  async function tell(event: Event): Promise<void> {
    if (seen.has(event.id)) return;
    seen.add(event.id);
    const trigger = triggerOf(event);
    if (trigger === undefined) return;
    const state = trigger === "task.queued" ? "QUEUED" : targetOf(trigger);
    const task = await whileAway(() => client.getTask(where), signal);
    onMove({ state, trigger, task });
  }

  async function listen(): Promise<void> {
    for await (const event of client.streamEvents(where, { signal })) {
      await inTurn(() => tell(event));
    }
  }

  listen().catch(failed.reject);
  return {
    caughtUp: () =>
      inTurn(async () => {
        const pages = each((page) =>
          whileAway(() => client.listEvents({ ...where, limit: 100, ...page }), signal),
        );
        for await (const event of pages) await tell(event);
      }),
    failed: failed.promise,
  };
}

/** The newest task of an issue, waited for until there is one. */
export async function taskOfIssue(
  client: Client,
  where: { org: string; repo: string; issueNumber: number; signal?: AbortSignal },
): Promise<string> {
  for (;;) {
    where.signal?.throwIfAborted();
    const { items } = await client.listTasks({ org: where.org, limit: 100 });
    const found = items.find(
      ({ issueNumber, repository: { owner, name } }) =>
        issueNumber === where.issueNumber && `${owner}/${name}` === where.repo,
    );
    if (found !== undefined) return found.id;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** A server that is being started again answers nothing; its "no" is an answer. */
async function whileAway<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof ApiError || signal.aborted) throw error;
    }
  }
}

function triggerOf({ type }: Event): Move["trigger"] | undefined {
  return type === "task.queued" ? type : TASK_TRIGGERS.find((trigger) => trigger === type);
}

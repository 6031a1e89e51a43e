import type { Octokit } from "@octokit/core";
import type Bottleneck from "bottleneck";
import { currentCaller, isWrite, kindOf, pauseAfter, type WriteLane } from "./lane.ts";
import { statusOf } from "./status.ts";

type Options = { method: string; url: string; query?: unknown; request?: { signal?: AbortSignal } };

/**
 * How one installation's clients behave: at most so many calls in flight, writes in their turn, nothing sent for
 * a caller who has gone, and a limit taken as a pause for everybody rather than an answer to this call.
 */
export function mindManners(
  client: Octokit,
  own: { installationId: number; lane: WriteLane; inFlight: Bottleneck; secondMs: number | undefined },
): void {
  const { installationId, lane, inFlight, secondMs } = own;
  // Registered last, so it is around the retries of a reader: a caller who has gone does not wait for them.
  client.hook.wrap("request", async (request, options) => {
    const caller = currentCaller();
    const { method, url, query } = options as Options;
    lane.insistOnOpen(installationId);
    if (isWrite({ method, url, query }) && caller?.turns.delete(installationId) !== true) {
      await lane.turn(installationId, kindOf({ method, url, query }));
    }
    // Asked again at its turn: the wait may have outlived the one who waits.
    caller?.signal.throwIfAborted();
    if (caller !== undefined) Object.assign(options.request, { signal: caller.signal });
    try {
      return await inFlight.schedule(async () => {
        caller?.signal.throwIfAborted();
        return request(options);
      });
    } catch (error) {
      if (caller?.signal.aborted) throw caller.signal.reason;
      if (statusOf(error) !== 429) throw error;
      throw await lane.pause(installationId, pauseAfter(headersOf(error), Date.now(), secondMs));
    }
  });
}

function headersOf(error: unknown): Record<string, string | number | undefined> {
  const { response, headers } = error as {
    response?: { headers?: Record<string, string> };
    headers?: Record<string, string>;
  };
  return response?.headers ?? headers ?? {};
}

import { estimate, hearing } from "./estimate.ts";
import type { Model, ModelEvent, ModelFailure, ModelRequest } from "./model.ts";

/** Waits between tries when the vendor names none. Five tries bridge half a minute of overload. */
const DELAYS_MS = [1_000, 2_000, 4_000, 8_000, 16_000] as const;
/** Tries of a model that stays silent: each costs minutes. */
const SILENT_TRIES = 3;
/** A vendor that asks for a longer wait than this is not available for this attempt. */
const LONGEST_WAIT_MS = 120_000;
const PASSING: ReadonlySet<ModelFailure["kind"]> = new Set([
  "limited",
  "overloaded",
  "unavailable",
  "timeout",
  "cut",
]);

export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/**
 * The reactions to a failing vendor, once for all adapters: wait as asked or ever longer, give the
 * answer again, then hand over to the fallback model, then fail. A `restart` event voids what the
 * consumer has gathered of the answer.
 */
export function resilient(models: { model: Model; fallback?: Model | undefined; sleep?: Sleep }): Model {
  const { model, fallback, sleep = wait } = models;

  async function* stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
    let failure: ModelFailure | undefined;
    for (const candidate of fallback === undefined ? [model] : [model, fallback]) {
      if (failure !== undefined) {
        yield { type: "restart", failure, delayMs: 0, model: candidate.name };
      }
      failure = yield* persist(candidate, request, sleep);
      if (failure === undefined) return;
      if (!PASSING.has(failure.kind) && failure.kind !== "rejected") break;
    }
    if (failure !== undefined) yield { type: "failure", failure };
  }

  const contextTokens = Math.min(model.contextTokens, fallback?.contextTokens ?? model.contextTokens);
  return { provider: model.provider, name: model.name, contextTokens, stream };
}

async function* persist(
  model: Model,
  request: ModelRequest,
  sleep: Sleep,
): AsyncGenerator<ModelEvent, ModelFailure | undefined> {
  for (let attempt = 0; ; attempt++) {
    let failure: ModelFailure | undefined;
    const heard = hearing();
    for await (const event of model.stream(request)) {
      heard.note(event);
      // The vendor's own count goes before ours, and ours before the end of the answer.
      if (event.type === "failure" || event.type === "stop") yield* estimate(model, request, heard);
      if (event.type === "failure") failure = event.failure;
      else yield event;
    }
    if (failure === undefined || request.signal.aborted) return failure;
    const ours = DELAYS_MS[attempt];
    if (ours === undefined || !PASSING.has(failure.kind)) return failure;
    if (failure.kind === "timeout" && attempt + 1 >= SILENT_TRIES) return failure;
    const delayMs = failure.retryAfterMs ?? ours;
    if (delayMs > LONGEST_WAIT_MS) return failure;
    yield { type: "restart", failure, delayMs, model: model.name };
    await sleep(delayMs, request.signal);
    if (request.signal.aborted) return { kind: "aborted", message: "The work was stopped." };
  }
}

/** Ends early, without an error, when the signal fires. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, ms);
    function finish() {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    }
    if (signal.aborted) return finish();
    signal.addEventListener("abort", finish);
  });
}

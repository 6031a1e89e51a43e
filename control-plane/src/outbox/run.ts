import { AicdError } from "@aicd/core";
import type { Catalog, DeadHandlers, Handlers, JobContext, JobName, JobSpec, Payload } from "./catalog.ts";
import type { ClaimedJob } from "./claims.ts";
import { postponementOf } from "./postponed.ts";

/** What became of one run, and so of its row. */
export type Outcome =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly error: string; readonly delayMs: number; readonly cause: unknown }
  | { readonly kind: "dead"; readonly error: string; readonly cause: unknown }
  /** Not yet: the run does not count, and the job comes back then. */
  | { readonly kind: "postponed"; readonly delayMs: number; readonly hasTurn: boolean }
  /** The process shuts down or the claim is lost: the run does not count. */
  | { readonly kind: "interrupted" }
  /** Not ours to run: a newer release knows this job. */
  | { readonly kind: "unknown" };

/** Once a dead job's last words have failed this often, it is buried without them. */
const LAST_WORDS_TRIES = 5;
/** A job that takes its process with it also takes what runs beside it there. */
const DEATHS = 3;
/** Which of the jobs of a dead process killed it shows when they do not run together again. */
const APART_MS = 60_000;
const DIED = "The process ended while the job ran.";

/**
 * Runs one claimed job to an outcome; never throws.
 * @param signal aborts when the claim is lost or the process shuts down
 * @param redact hides secrets in error texts, which are stored
 */
export async function runJob<C extends Catalog>(
  deps: { catalog: C; handlers: Handlers<C>; onDead: DeadHandlers<C>; redact: (text: string) => string },
  claimed: ClaimedJob,
  signal: AbortSignal,
): Promise<Outcome> {
  const { catalog, handlers, onDead, redact } = deps;
  if (!Object.hasOwn(catalog, claimed.job)) return { kind: "unknown" };
  const name: JobName<C> = claimed.job;
  const spec: JobSpec = catalog[name] as JobSpec;
  const parsed = spec.payload.safeParse(claimed.payload);
  if (!parsed.success) {
    return { kind: "dead", error: redact(`Payload: ${parsed.error.message}`), cause: parsed.error };
  }
  const payload = parsed.data as Payload<C, JobName<C>>;

  if (claimed.died && claimed.deaths === DEATHS - 1)
    return { kind: "postponed", delayMs: Math.random() * APART_MS, hasTurn: false };

  const used = claimed.tries - 1;
  if (claimed.deaths < DEATHS && used < spec.tries) {
    const failure = await attempt(
      (context) => handlers[name](payload, context),
      contextOf(claimed, signal),
      spec.timeoutMs,
    );
    if (!failure) return { kind: "done" };
    if (signal.aborted) return { kind: "interrupted" };
    const later = postponementOf(failure.cause);
    if (later !== undefined) return { kind: "postponed", delayMs: later.delayMs, hasTurn: later.hasTurn };
    const error = redact(describe(failure.cause));
    const last = claimed.tries >= spec.tries || isFinal(failure.cause);
    if (!last) return { kind: "failed", error, delayMs: spec.backoffMs(claimed.tries), cause: failure.cause };
    return end(error, failure.cause);
  }
  return end(claimed.deaths < DEATHS ? (claimed.error ?? DIED) : DIED, undefined);

  async function end(error: string, cause: unknown): Promise<Outcome> {
    const say = onDead[name];
    // Last words that take the process with them too are not tried for ever.
    const silent = used >= spec.tries + LAST_WORDS_TRIES || claimed.deaths > DEATHS;
    if (!say || silent) return { kind: "dead", error, cause };
    const failure = await attempt(
      () => say(payload, { error, words: wordsOf(cause) }),
      contextOf(claimed, signal),
      spec.timeoutMs,
    );
    if (!failure) return { kind: "dead", error, cause };
    if (signal.aborted) return { kind: "interrupted" };
    // The row stays due, with its tries used up: the next claim comes straight here.
    return { kind: "failed", error, delayMs: spec.backoffMs(claimed.tries), cause: failure.cause };
  }
}

function contextOf({ id, tries, tenantId, hasTurn }: ClaimedJob, signal: AbortSignal): JobContext {
  return { id, tries, tenantId: tenantId || undefined, hasTurn, signal };
}

async function attempt(
  work: (context: JobContext) => Promise<void>,
  context: JobContext,
  timeoutMs: number,
): Promise<{ cause: unknown } | undefined> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([context.signal, timeout]);
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    signal.throwIfAborted();
    // A handler that ignores its signal must not hold its slot for ever.
    await Promise.race([work({ ...context, signal }), aborted.promise]);
    return undefined;
  } catch (cause) {
    return { cause };
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Probot runs all handlers of an event and throws their failures together: one that may pass is worth a try. */
function isFinal(error: unknown): boolean {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every(isFinal);
  return typeof error === "object" && error !== null && "retryable" in error && error.retryable === false;
}

/** The message of an error of ours is made to be read; of any other, nobody knows. */
function wordsOf(cause: unknown): string | undefined {
  return cause instanceof AicdError ? cause.message : undefined;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return `${error.name}: ${error.message}${cause}`;
}

import { ConnectionError, RateLimitError, ServerError } from "./problem.ts";
import { type Request, send, type Transport } from "./send.ts";
import { readMessages } from "./server-sent.ts";

const COME_BACK_MS = 1_000;
/** A server says something every 15 s; a line that is silent for three times that is dead. */
const SILENCE_MS = 45_000;
/** Ids of events passed on; what is sent twice lies close together. */
const REMEMBERED = 2_000;

const MUTE = "The stream breaks off whenever it is opened, without a word.";

/** One JSON value a line. */
export async function* readLines(answer: Response): AsyncGenerator<unknown, void> {
  let rest = "";
  for await (const piece of textOf(answer)) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") yield JSON.parse(line);
  }
  if (rest !== "") yield JSON.parse(rest);
}

/**
 * Server-sent events, each once: a cut stream is taken up behind the last event. Ends when the server says that no
 * more will come (204), or when `signal` aborts.
 * @throws ApiError when the API says no, ConnectionError when there was no sign of life for `totalTimeoutMs`
 */
export async function* readEvents<E extends { id: string }>(
  transport: Transport,
  request: Request,
): AsyncGenerator<E, void> {
  const position: Position = { last: undefined, comeBackMs: COME_BACK_MS };
  const seen = new Set<string>();
  let aliveAt = Date.now();
  while (!isAborted(request.signal)) {
    const begun = await begin(transport, request, position.last);
    if (begun.kind === "over") return;
    const pieces = begun.kind === "away" ? [] : heard<E>(begun.answer, position);
    for await (const event of pieces) {
      aliveAt = Date.now();
      if (event === undefined || seen.has(event.id)) continue;
      seen.add(event.id);
      const [oldest] = seen;
      if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
      yield event;
    }
    if (isAborted(request.signal)) return;
    if (Date.now() - aliveAt >= request.limits.totalTimeoutMs)
      throw begun.kind === "away" ? begun.error : new ConnectionError(MUTE);
    await transport.sleep(position.comeBackMs, request.signal);
  }
}

/** The last `id` that was read, and how long the server wants one to wait before coming back. */
type Position = { last: string | undefined; comeBackMs: number };

type Begun = { kind: "answer"; answer: Response } | { kind: "over" } | { kind: "away"; error: unknown };

/** `over`: there is nothing more to come, or the signal has aborted. */
async function begin(transport: Transport, request: Request, last: string | undefined): Promise<Begun> {
  const headers = { ...request.headers, ...(last === undefined ? {} : { "last-event-id": last }) };
  try {
    const answer = await send(transport, { ...request, headers }, async (begun) => begun);
    return answer.status === 204 ? { kind: "over" } : { kind: "answer", answer };
  } catch (error) {
    if (isAborted(request.signal)) return { kind: "over" };
    const isAway = error instanceof ConnectionError && !error.isFinal;
    if (isAway || error instanceof ServerError || error instanceof RateLimitError)
      return { kind: "away", error };
    throw error;
  }
}

/** Events until the line is cut; undefined for a sign of life. What is no event at all is the caller's to know. */
async function* heard<E>(answer: Response, position: Position): AsyncGenerator<E | undefined, void> {
  for await (const message of readMessages(textOf(answer, SILENCE_MS))) {
    position.last = message.id ?? position.last;
    position.comeBackMs = message.retryMs ?? position.comeBackMs;
    yield message.data === undefined ? undefined : (JSON.parse(message.data) as E);
  }
}

/** With a reader, because not every browser lets a stream be walked. A line that is cut or silent ends it. */
async function* textOf(answer: Response, silenceMs?: number): AsyncGenerator<string, void> {
  if (answer.body === null) return;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const read = await orSilence(reader.read(), silenceMs);
      if (read === undefined || read.done) return;
      yield read.value;
    }
  } catch (error) {
    // A cut line is what coming back is for; a list that is cut is not whole.
    if (silenceMs === undefined) throw error;
  } finally {
    // Whoever stops listening hangs up as well.
    await reader.cancel().catch(() => undefined);
  }
}

async function orSilence<T>(reading: Promise<T>, ms: number | undefined): Promise<T | undefined> {
  if (ms === undefined) return reading;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  return Promise.race([reading, silence]).finally(() => clearTimeout(timer));
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

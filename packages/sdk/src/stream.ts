import { ApiError } from "./problem.ts";
import { type Request, send, type Transport } from "./send.ts";

const COME_BACK_MS = 1_000;
/** Ids of events passed on; what is sent twice lies close together. */
const REMEMBERED = 2_000;

/** One JSON value a line. */
export async function* readLines(answer: Response): AsyncGenerator<unknown, void> {
  for await (const line of split(answer, "\n")) if (line !== "") yield JSON.parse(line);
}

/**
 * Server-sent events, each once, for ever: a cut stream is taken up behind the last event. Ends when
 * `signal` aborts. @throws ApiError when the API says no
 */
export async function* readEvents<E extends { id: string }>(
  transport: Transport,
  request: Request,
): AsyncGenerator<E, void> {
  let last: string | undefined;
  const seen = new Set<string>();
  while (!isAborted(request.signal)) {
    const resume = last === undefined ? {} : { "last-event-id": last };
    try {
      const answer = await send(transport, { ...request, headers: { ...request.headers, ...resume } });
      for await (const block of split(answer, "\n\n")) {
        const { id, data } = fieldsOf(block);
        if (data === undefined) continue;
        last = id ?? last;
        const event = JSON.parse(data) as E;
        if (seen.has(event.id)) continue;
        seen.add(event.id);
        const [oldest] = seen;
        if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
        yield event;
      }
    } catch (error) {
      // A cut line is what this is for; a "no" is for the caller.
      if (error instanceof ApiError) throw error;
    }
    if (isAborted(request.signal)) return;
    await transport.sleep(COME_BACK_MS);
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function fieldsOf(block: string): { id?: string; data?: string } {
  const fields: { id?: string; data?: string } = {};
  for (const line of block.split("\n")) {
    if (line.startsWith("id: ")) fields.id = line.slice(4);
    else if (line.startsWith("data: ")) fields.data = line.slice(6);
  }
  return fields;
}

/** With a reader, because not every browser lets a stream be walked. */
async function* split(answer: Response, mark: string): AsyncGenerator<string, void> {
  if (answer.body === null) return;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      text += read.value;
      const parts = text.split(mark);
      text = parts.pop() ?? "";
      yield* parts;
    }
    if (text !== "") yield text;
  } finally {
    // Whoever stops listening hangs up as well.
    await reader.cancel().catch(() => undefined);
  }
}

import type { Tokens } from "./usage.ts";

/** What a vendor's answer says of itself. `estimated`: it ended without its final count, so bytes were counted. */
export type Counted = { model: string | undefined; tokens: Tokens; estimated: boolean };

/** Four bytes a token: near enough for the end of an answer that nobody told us. */
const BYTES_PER_TOKEN = 4;
/** The strings in which vendors send an answer piece by piece. */
const PIECE =
  /"(?:text|thinking|partial_json|delta|content|reasoning_content|arguments|refusal)"\s*:\s*"((?:[^"\\]|\\.)*)"/g;

type Usage = Record<string, unknown>;

/**
 * Reads token counts out of a vendor's answer without holding it back: feed it the bytes as they pass.
 * Understands Anthropic Messages, OpenAI Responses and Chat Completions, streamed or whole.
 */
export function createCounter(
  contentType: string,
  requestBytes: number,
): { feed(chunk: Uint8Array): void; end(): Counted } {
  const state: State = {
    model: undefined,
    tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    final: false,
  };
  const decoder = new TextDecoder();
  const streamed = contentType.includes("text/event-stream");
  let rest = "";
  let answerBytes = 0;

  function feed(chunk: Uint8Array): void {
    rest += decoder.decode(chunk, { stream: true });
    if (!streamed) return;
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith("data:")) continue;
      // Only events that can carry usage are parsed; deltas are most of a stream.
      if (line.includes('"usage"')) read(line.slice(5), state);
      answerBytes += pieceBytes(line);
    }
  }

  return {
    feed,
    end() {
      if (streamed) feed(new TextEncoder().encode("\n"));
      else {
        read(rest, state);
        answerBytes = Buffer.byteLength(rest);
      }
      const { model, tokens, final } = state;
      return final
        ? { model, tokens, estimated: false }
        : { model, tokens: estimate(tokens, { requestBytes, answerBytes }), estimated: true };
    },
  };
}

type State = { model: string | undefined; tokens: Tokens; final: boolean };

/** Bytes a streamed event adds to the answer; `.done` events repeat what was sent. */
function pieceBytes(line: string): number {
  if (!line.includes("delta") || /"type"\s*:\s*"[a-z_.]*\.done"/.test(line)) return 0;
  let bytes = 0;
  for (const match of line.matchAll(PIECE)) bytes += Buffer.byteLength(match[1] ?? "");
  return bytes;
}

function estimate(told: Tokens, seen: { requestBytes: number; answerBytes: number }): Tokens {
  const inputTold = told.input + told.cacheRead + told.cacheWrite > 0;
  return {
    ...told,
    input: inputTold ? told.input : Math.ceil(seen.requestBytes / BYTES_PER_TOKEN),
    output: Math.max(told.output, Math.ceil(seen.answerBytes / BYTES_PER_TOKEN)),
  };
}

function read(text: string, state: State): void {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // A cut answer: what was counted before it stands.
    return;
  }
  const holders = [json, field(json, "message"), field(json, "response")];
  for (const holder of holders) {
    const model = field(holder, "model");
    if (typeof model === "string") state.model = model;
    const usage = field(holder, "usage");
    if (!isRecord(usage)) continue;
    addUsage(usage, state.tokens);
    // Anthropic opens with a first count; every other count comes with the end of an answer.
    if (field(json, "type") !== "message_start") state.final = true;
  }
}

/** Vendors repeat cumulative counts, so the largest seen is the count. */
function addUsage(usage: Usage, tokens: Tokens): void {
  const max = (name: keyof Tokens, value: number) => {
    tokens[name] = Math.max(tokens[name], value);
  };
  const cachedOpenAi =
    number(field(usage.input_tokens_details, "cached_tokens")) +
    number(field(usage.prompt_tokens_details, "cached_tokens"));
  const writtenOpenAi =
    number(field(usage.input_tokens_details, "cache_write_tokens")) +
    number(field(usage.prompt_tokens_details, "cache_write_tokens"));
  const input = number(usage.input_tokens) + number(usage.prompt_tokens);
  max("input", Math.max(0, input - cachedOpenAi - writtenOpenAi));
  max("output", number(usage.output_tokens) + number(usage.completion_tokens));
  max("cacheRead", number(usage.cache_read_input_tokens) + cachedOpenAi);
  max("cacheWrite", number(usage.cache_creation_input_tokens) + writtenOpenAi);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function field(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}

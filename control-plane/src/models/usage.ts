import type { Tokens } from "@aicd/core";

/** What a vendor's answer says of itself; filled as the answer streams by. */
export type Counted = { model: string | undefined; tokens: Tokens };

type Usage = Record<string, unknown>;

/**
 * Reads token counts out of a vendor's answer without holding it back: feed it the bytes as they pass.
 * Understands Anthropic Messages, OpenAI Responses and Chat Completions, streamed or whole.
 */
export function createCounter(contentType: string): { feed(chunk: Uint8Array): void; end(): Counted } {
  const counted: Counted = { model: undefined, tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 } };
  const decoder = new TextDecoder();
  const streamed = contentType.includes("text/event-stream");
  let rest = "";

  function feed(chunk: Uint8Array): void {
    rest += decoder.decode(chunk, { stream: true });
    if (!streamed) return;
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      // Only events that can carry usage are parsed; deltas are most of a stream.
      if (line.startsWith("data:") && line.includes('"usage"')) read(line.slice(5), counted);
    }
  }

  return {
    feed,
    end() {
      if (streamed) feed(new TextEncoder().encode("\n"));
      else read(rest, counted);
      return counted;
    },
  };
}

function read(text: string, counted: Counted): void {
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
    if (typeof model === "string") counted.model = model;
    const usage = field(holder, "usage");
    if (isRecord(usage)) addUsage(usage, counted.tokens);
  }
}

/** Vendors repeat cumulative counts, so the largest seen is the count. */
function addUsage(usage: Usage, tokens: Tokens): void {
  const max = (name: keyof Tokens, value: number) => {
    tokens[name] = Math.max(tokens[name], value);
  };
  const cachedOpenAi =
    number(field(usage["input_tokens_details"], "cached_tokens")) +
    number(field(usage["prompt_tokens_details"], "cached_tokens"));
  const input = number(usage["input_tokens"]) + number(usage["prompt_tokens"]);
  max("input", Math.max(0, input - cachedOpenAi));
  max("output", number(usage["output_tokens"]) + number(usage["completion_tokens"]));
  max("cacheRead", number(usage["cache_read_input_tokens"]) + cachedOpenAi);
  max("cacheWrite", number(usage["cache_creation_input_tokens"]));
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

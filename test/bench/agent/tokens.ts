import { NO_TOKENS, type Tokens } from "../../../packages/core/src/index.ts";

type Json = Record<string, unknown>;

/**
 * The usage of one event of a vendor's stream, whichever the wire format: Anthropic's message_start and
 * message_delta, OpenAI's response.completed, the last chunk of Chat Completions. Undefined when the
 * event carries none.
 */
export function usageOf(event: Json): Json | undefined {
  const holders = [event.message, event.response, event];
  for (const holder of holders) {
    if (isObject(holder) && isObject(holder.usage)) return holder.usage;
  }
  return undefined;
}

/** Adds what an event says to what earlier ones said; later counts replace earlier ones. */
export function readTokens(before: Tokens = NO_TOKENS, usage: Json): Tokens {
  const details = usage.input_tokens_details ?? usage.prompt_tokens_details;
  const cached = isObject(details) ? count(details.cached_tokens) : undefined;
  const written = isObject(details) ? count(details.cache_write_tokens) : undefined;
  const cacheRead = count(usage.cache_read_input_tokens) ?? cached ?? before.cacheRead;
  const cacheWrite = count(usage.cache_creation_input_tokens) ?? written ?? before.cacheWrite;
  const all = count(usage.input_tokens) ?? count(usage.prompt_tokens);
  // OpenAI counts cached tokens as input, Anthropic beside it.
  const input = all === undefined ? before.input : all - (cached ?? 0) - (written ?? 0);
  const output = count(usage.output_tokens) ?? count(usage.completion_tokens) ?? before.output;
  return { input, output, cacheRead, cacheWrite };
}

/** Puts recorded counts in place of those of the replaying server, which knows no caches. */
export function writeTokens(usage: Json, tokens: Tokens): void {
  const { input, output, cacheRead, cacheWrite } = tokens;
  const total = input + cacheRead + cacheWrite;
  if ("prompt_tokens" in usage) {
    usage.prompt_tokens = total;
    usage.completion_tokens = output;
    usage.total_tokens = total + output;
    usage.prompt_tokens_details = { cached_tokens: cacheRead };
    return;
  }
  usage.output_tokens = output;
  if (!("input_tokens" in usage)) return;
  if ("total_tokens" in usage) {
    usage.input_tokens = total;
    usage.total_tokens = total + output;
    usage.input_tokens_details = { cached_tokens: cacheRead, cache_write_tokens: cacheWrite };
    return;
  }
  usage.input_tokens = input;
  usage.cache_read_input_tokens = cacheRead;
  usage.cache_creation_input_tokens = cacheWrite;
}

function count(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

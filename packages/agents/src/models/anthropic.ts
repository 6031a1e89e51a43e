import { type Effort, NO_TOKENS, type Thinking, type Tokens } from "@aicd/core";
import type Anthropic from "@anthropic-ai/sdk";
import { toCall } from "./arguments.ts";
import { toFailure } from "./failure.ts";
import type { Message, Model, ModelEvent, ModelRequest, StopReason } from "./model.ts";
import { newPulse, STALL_MS, watch, within } from "./watch.ts";
import { anthropicEvents, isWhole } from "./whole.ts";

export type ConnectionOptions = {
  baseURL: string;
  apiKey: string;
  model: string;
  contextTokens?: number;
  /** How much the model puts into an answer, where its vendor has such a setting. */
  effort?: Effort | undefined;
  /** Whether it thinks before it answers; the model's own way when left out. Anthropic's only. */
  thinking?: Thinking | undefined;
  /** Silence after which an answer counts as stalled. */
  stallMs?: number;
  /** Another way to the vendor than the network of this process. */
  fetch?: typeof fetch | undefined;
};

/** Claude by the Messages API. The SDK is loaded at the first call: it costs start-up time. */
export function anthropic(options: ConnectionOptions): Model {
  const stallMs = options.stallMs ?? STALL_MS;
  let client: Promise<Anthropic> | undefined;

  async function* stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
    const controller = new AbortController();
    const signal = AbortSignal.any([request.signal, controller.signal]);
    const abort = () => controller.abort();
    try {
      client ??= connect(options);
      const pulse = newPulse(options.fetch);
      const caller = (await client).withOptions({ fetch: pulse.fetch });
      const answer = caller.messages.create(toParams(options, request), { signal });
      const { data, response } = await within(answer.withResponse(), stallMs);
      const source = isWhole(response) ? anthropicEvents(response) : data;
      yield* read(watch(source, { stallMs, abort, pulse }), options.model);
    } catch (thrown) {
      // The port promises events, never exceptions: vendors' errors end here.
      yield { type: "failure", failure: toFailure(thrown, request.signal) };
    } finally {
      abort();
    }
  }

  return {
    provider: "anthropic",
    name: options.model,
    contextTokens: options.contextTokens ?? 200_000,
    stream,
  };
}

async function connect(options: ConnectionOptions): Promise<Anthropic> {
  const { default: Client } = await import(/* webpackMode: "eager" */ "@anthropic-ai/sdk");
  return new Client({
    baseURL: options.baseURL,
    apiKey: options.apiKey,
    // Reactions to failures are ours, in one place for all vendors.
    maxRetries: 0,
    openTelemetry: false,
    logLevel: "off",
  });
}

function toParams(
  { model, effort, thinking }: ConnectionOptions,
  request: ModelRequest,
): Anthropic.MessageCreateParamsStreaming {
  return {
    model,
    max_tokens: request.maxTokens,
    stream: true,
    ...(effort === undefined ? {} : { output_config: { effort } }),
    ...(thinking === undefined ? {} : { thinking: { type: thinking === "on" ? "adaptive" : "disabled" } }),
    system: [{ type: "text", text: request.system, ...(request.isLast ? {} : CACHED) }],
    tools: request.tools.map((tool) => ({
      name: tool.name,
      description: tool.description,
      input_schema: { ...tool.inputSchema, type: "object" },
    })),
    messages: request.isLast ? request.messages.map(toParam) : withCacheMarks(request.messages.map(toParam)),
  };
}

const CACHED = { cache_control: { type: "ephemeral" } } as const;

type Turn = { role: "user" | "assistant"; content: Anthropic.ContentBlockParam[] };

function toParam(message: Message): Turn {
  const content = message.parts.flatMap((part): Anthropic.ContentBlockParam[] => {
    if (part.type === "text") return [{ type: "text", text: part.text }];
    if (part.type === "call") return [{ type: "tool_use", id: part.id, name: part.name, input: part.input }];
    if (part.type === "result") {
      return [
        { type: "tool_result", tool_use_id: part.callId, content: part.content, is_error: part.isError },
      ];
    }
    return part.provider === "anthropic" ? [part.value as Anthropic.ContentBlockParam] : [];
  });
  return { role: message.role, content };
}

/** Marks the ends of the two latest user turns: the older one is read from the cache, the newer written. */
function withCacheMarks(messages: Turn[]): Turn[] {
  const latest = messages.filter((message) => message.role === "user").slice(-2);
  for (const message of latest) {
    const last = message.content.at(-1);
    if (last?.type === "text" || last?.type === "tool_result") Object.assign(last, CACHED);
  }
  return messages;
}

const STOPS: Record<string, StopReason> = {
  end_turn: "end",
  stop_sequence: "end",
  pause_turn: "end",
  tool_use: "calls",
  max_tokens: "length",
  refusal: "refusal",
};

async function* read(
  source: AsyncIterable<Anthropic.RawMessageStreamEvent>,
  model: string,
): AsyncGenerator<ModelEvent> {
  const open = new Map<number, { block: Anthropic.ContentBlock; json: string }>();
  let tokens: Tokens = NO_TOKENS;
  let stop: string | undefined;
  let ended = false;
  try {
    for await (const event of source) {
      if (event.type === "message_start") tokens = readUsage(tokens, event.message.usage);
      if (event.type === "content_block_start") {
        const block = structuredClone(event.content_block);
        open.set(event.index, { block, json: "" });
        if (block.type === "text" && block.text !== "") yield { type: "text", text: block.text };
      }
      if (event.type === "content_block_delta") {
        const part = open.get(event.index);
        if (part !== undefined) yield* grow(part, event.delta);
      }
      if (event.type === "content_block_stop") {
        const part = open.get(event.index);
        open.delete(event.index);
        if (part !== undefined) yield* close(part);
      }
      if (event.type === "message_delta") {
        tokens = readUsage(tokens, event.usage);
        stop = event.delta.stop_reason ?? stop;
      }
      if (event.type === "message_stop") ended = true;
    }
  } catch (thrown) {
    // What was produced until the stream broke is billed, so it is counted.
    yield { type: "usage", provider: "anthropic", model, tokens };
    throw thrown;
  }
  yield { type: "usage", provider: "anthropic", model, tokens };
  if (stop === "model_context_window_exceeded") {
    yield { type: "failure", failure: { kind: "context", message: "The context window is full." } };
    return;
  }
  // With a reason to stop everything is there, also where the last event is missing.
  if (stop === undefined && !ended) {
    yield { type: "failure", failure: { kind: "cut", message: "The answer ended in the middle." } };
    return;
  }
  yield { type: "stop", reason: STOPS[stop ?? ""] ?? "end" };
}

function* grow(
  part: { block: Anthropic.ContentBlock; json: string },
  delta: Anthropic.RawContentBlockDelta,
): Generator<ModelEvent> {
  const { block } = part;
  if (delta.type === "input_json_delta") part.json += delta.partial_json;
  if (delta.type === "thinking_delta" && block.type === "thinking") block.thinking += delta.thinking;
  if (delta.type === "signature_delta" && block.type === "thinking") block.signature += delta.signature;
  if (delta.type === "text_delta") yield { type: "text", text: delta.text };
}

function* close(part: { block: Anthropic.ContentBlock; json: string }): Generator<ModelEvent> {
  const { block, json } = part;
  // Some servers send the arguments whole, in the first event.
  if (block.type === "tool_use")
    yield toCall(block.id, block.name, json || JSON.stringify(block.input ?? {}));
  if (block.type === "thinking" || block.type === "redacted_thinking") {
    yield { type: "opaque", provider: "anthropic", value: block };
  }
}

/** Later events repeat or complete earlier counts, so fields are replaced, not summed. */
function readUsage(
  before: Tokens,
  usage:
    | {
        input_tokens?: number | null;
        output_tokens?: number | null;
        cache_read_input_tokens?: number | null;
        cache_creation_input_tokens?: number | null;
      }
    | undefined,
): Tokens {
  if (usage === undefined) return before;
  return {
    input: usage.input_tokens ?? before.input,
    output: usage.output_tokens ?? before.output,
    cacheRead: usage.cache_read_input_tokens ?? before.cacheRead,
    cacheWrite: usage.cache_creation_input_tokens ?? before.cacheWrite,
  };
}
